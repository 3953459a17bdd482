/** Flags a program that listens on the loopback address of its container while nginx connects from another one. */
import { spell } from '../../project/address';
import { linkedAddresses } from '../../project/links';
import { type Container, hasOwnNetwork, systemOf } from '../../project/system';
import { defineRule } from '../rule';

export default defineRule({
  id: 'links/service-loopback',
  language: 'nginx',
  severity: 'error',
  title: 'The service listens inside its container only',
  why: `A program with \`--bind 127.0.0.1:8000\` takes connections from its own container and from no other: nginx, in another one, gets
\`connect() failed (111: Connection refused)\`, the client **502**, although the program answers when it is asked inside. Let it listen on
\`0.0.0.0\`. uvicorn, \`flask run\`, Django's \`runserver\` and \`php artisan serve\` listen on \`127.0.0.1\` where nothing is said, which is
only a warning: a variable of the environment may say something else. Told from \`command\`, \`entrypoint\` and the Dockerfile's \`CMD\`.`,
  references: ['https://docs.docker.com/compose/how-tos/networking/'],
  *check(source, project) {
    const system = systemOf(project);
    const own = system.containers.length > 0 ? system.containersOf(source.file) : [];
    if (own.length === 0) return;
    for (const { endpoint } of linkedAddresses(project, source)) {
      const { address } = endpoint;
      if (address.kind !== 'tcp' || address.port === null) continue;
      const services = system.named(address.host, own);
      const [service, ...others] = services;
      if (!service || others.length > 0 || own.includes(service) || !hasOwnNetwork(service, system.containers))
        continue;
      const bound = boundTo(service);
      if (!bound || (bound.port !== null && bound.port !== address.port)) continue;
      yield {
        span: endpoint.span,
        severity: bound.option === null ? 'warning' : 'error',
        message: `Service "${service.service.name}" listens on 127.0.0.1 (${bound.option ?? `${bound.program} does, unless told otherwise`}), which only its own container reaches: connecting to ${spell(address)} is refused (502). Let it listen on 0.0.0.0.`,
        related: [{ file: service.file, span: service.service.span, message: `Runs ${bound.program}.` }],
      };
    }
  },
});

interface Bound {
  readonly program: string;
  /** What says so; null where it is the program's default. */
  readonly option: string | null;
  readonly port: number | null;
}

/** Programs, the options that say where they listen, and whether that is the loopback address by default. */
const PROGRAMS: readonly { name: string; at: RegExp; option: RegExp; loopback: boolean; variable: RegExp }[] = [
  {
    name: 'gunicorn',
    at: /\bgunicorn3?\s/,
    option: /(?:^|\s)(?:-b|--bind)[= ]?(\S+)/g,
    loopback: false,
    variable: /GUNICORN_|gunicorn\.conf/,
  },
  {
    name: 'hypercorn',
    at: /\bhypercorn\s/,
    option: /(?:^|\s)(?:-b|--bind)[= ]?(\S+)/g,
    loopback: true,
    variable: /hypercorn\.toml|\s(?:-c|--config)\b/,
  },
  {
    name: 'uvicorn',
    at: /(?:^|[\s/])uvicorn\s/,
    option: /\s--(?:host|uds|fd)[= ](\S+)/g,
    loopback: true,
    variable: /UVICORN_|gunicorn/,
  },
  {
    name: 'flask run',
    at: /\bflask\s(?:.*\s)?run\b/,
    option: /\s(?:-h|--host)[= ](\S+)/g,
    loopback: true,
    variable: /FLASK_RUN_/,
  },
  {
    name: 'runserver',
    at: /\bmanage\.py\s+runserver\b/,
    option: /\brunserver\s+(?:--\S+\s+)*(\S+:\d+)/g,
    loopback: true,
    variable: /\b$/,
  },
  {
    name: 'php artisan serve',
    at: /\bartisan\s+serve\b/,
    option: /\s--host[= ](\S+)/g,
    loopback: true,
    variable: /SERVER_HOST|sail/i,
  },
  { name: 'php -S', at: /\bphp[\d.]*\s+-S\s/, option: /\s-S\s*(\S+)/g, loopback: false, variable: /\b$/ },
];

/** Where the program of a container listens, if that is the loopback address; null else, and where nothing tells. */
function boundTo({ service, dockerfile }: Container): Bound | null {
  if (service.extended) return null;
  const command = (service.command ?? dockerfile?.command ?? '').slice(0, 2000);
  const program = PROGRAMS.find(({ at }) => at.test(`${command} `));
  if (!program) return null;
  const said = [...command.matchAll(program.option)].map(([whole, value]) => ({ whole: whole.trim(), value: value! }));
  if (said.length === 0) {
    const around = service.text + (dockerfile?.text ?? '');
    // A file of settings may be read in, and an entrypoint may add what is missing.
    const isPlain = program.loopback && !program.variable.test(around) && !/env_file|entrypoint|\$/i.test(around);
    return isPlain ? { program: program.name, option: null, port: null } : null;
  }
  const bound = said.map(({ value }) => /^["']?(127\.0\.0\.1|localhost|\[::1\])(?::(\d{1,5}))?["']?$/.exec(value));
  const [first] = bound;
  if (bound.some((each) => !each) || !first) return null;
  return {
    program: program.name,
    option: said[0]!.whole,
    port: bound.length === 1 && first[2] ? Number(first[2]) : null,
  };
}
