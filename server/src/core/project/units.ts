/** Where the programs of systemd units listen, and in what they speak, as far as their command lines tell. */
import { type ListenAddress, parseListen } from '../php-fpm/address';
import type { Project } from './project';
import { systemOf, type Unit, type UnitValue } from './system';

export type Protocol = 'http' | 'fastcgi' | 'uwsgi';

export interface Listener {
  readonly unit: Unit;
  readonly address: ListenAddress;
  /** Null where nothing tells. */
  readonly protocol: Protocol | null;
  /** The setting that says so. */
  readonly at: UnitValue;
  /** The socket unit that holds the socket open; null where the program makes it. */
  readonly socket: Unit | null;
}

const known = new WeakMap<ReadonlyMap<string, unknown>, readonly Listener[]>();

/** Everything that units in view listen on. */
export function unitListeners(project: Project): readonly Listener[] {
  let found = known.get(project.neighbours);
  if (!found) {
    const { units, unit } = systemOf(project);
    found = units.flatMap((each) => {
      if (each.name.endsWith('.service')) return ofService(each);
      const service = unit(each.get('Socket', 'Service')?.value ?? each.name.replace(/\.socket$/, '.service'));
      const found = service && programOf(service);
      return each.list('Socket', 'ListenStream').map((at) => ({
        unit: service ?? each,
        address: isSpecified(at.value) ? parseListen(at.value) : { kind: 'unknown' as const },
        protocol: found ? protocolOf(found) : null,
        at,
        socket: each,
      }));
    });
    known.set(project.neighbours, found);
  }
  return found;
}

interface Program {
  /** A function of the arguments where these decide. */
  readonly protocol: Protocol | ((args: readonly string[]) => Protocol | null);
  /** Options with an address; those with only a host or a port. */
  readonly bind: readonly string[];
  readonly host?: readonly string[];
  readonly port?: readonly string[];
  readonly fallback?: string;
}

/** What the programs' own documentation says of their options. */
const PROGRAMS: Readonly<Record<string, Program>> = {
  gunicorn: { protocol: 'http', bind: ['-b', '--bind'], fallback: '127.0.0.1:8000' },
  gunicorn3: { protocol: 'http', bind: ['-b', '--bind'], fallback: '127.0.0.1:8000' },
  hypercorn: { protocol: 'http', bind: ['-b', '--bind'], fallback: '127.0.0.1:8000' },
  uvicorn: { protocol: 'http', bind: ['--uds'], host: ['--host'], port: ['--port'], fallback: '127.0.0.1:8000' },
  daphne: {
    protocol: 'http',
    bind: ['-u'],
    host: ['-b', '--bind'],
    port: ['-p', '--port'],
    fallback: '127.0.0.1:8000',
  },
  'waitress-serve': { protocol: 'http', bind: ['--listen', '--unix-socket'], host: ['--host'], port: ['--port'] },
  puma: { protocol: 'http', bind: ['-b', '--bind'], port: ['-p', '--port'] },
  unicorn: { protocol: 'http', bind: ['-l', '--listen'], port: ['-p', '--port'] },
  'php-cgi': { protocol: 'fastcgi', bind: ['-b', '--bindpath'] },
  fcgiwrap: { protocol: 'fastcgi', bind: ['-s'] },
  uwsgi: {
    protocol: (args) => {
      const has = (pattern: RegExp): boolean => args.some((word) => pattern.test(word));
      if (has(/^--(?:protocol|plugins?|ini|xml|yaml|json|emperor|\w+-router)\b|\.(?:ini|xml|ya?ml)$/)) return null;
      const http = has(/^--http(?:-socket)?(?:=|$)/);
      return http === has(/^(?:-s|--(?:uwsgi-)?socket(?:=|$))/) ? null : http ? 'http' : 'uwsgi';
    },
    bind: ['-s', '--socket', '--uwsgi-socket', '--http', '--http-socket'],
  },
  'spawn-fcgi': { protocol: 'fastcgi', bind: ['-s'], port: ['-p'] },
};

/** The program of a unit with its arguments; null where a shell or a file of settings decides. */
function programOf(unit: Unit): (Command & { at: UnitValue }) | null {
  const at = unit.get('Service', 'ExecStart');
  const found = at && programIn(at.value);
  return found ? { ...found, at } : null;
}

interface Command {
  readonly program: Program;
  readonly args: readonly string[];
}

function programIn(command: string): Command | null {
  const words = command.split(/\s+/).map((word) => word.replace(/^["']|["']$/g, ''));
  if (words.length > 200 || !isSpecified(command)) return null;
  // An interpreter may stand in front: /srv/app/venv/bin/python -m gunicorn …
  const index = words.slice(0, 4).findIndex((word) => Object.hasOwn(PROGRAMS, nameOf(word)));
  if (index < 0) return null;
  const args = words.slice(index + 1);
  if (args.some((word) => /^(?:-c|--config|-C|--env-file)(?:=|$)/.test(word))) return null;
  return { program: PROGRAMS[nameOf(words[index]!)]!, args };
}

function nameOf(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1);
}

function ofService(unit: Unit): Listener[] {
  const found = programOf(unit);
  if (!found) return [];
  const protocol = protocolOf(found);
  return addressesOf(found).map((address) => ({ unit, address, protocol, at: found.at, socket: null }));
}

function protocolOf({ program, args }: Command): Protocol | null {
  return typeof program.protocol === 'string' ? program.protocol : program.protocol(args);
}

/** Where the last program of a shell's command line says that it listens; none where it does not say so. */
export function commandListeners(command: string): readonly Pick<Listener, 'address' | 'protocol'>[] {
  const last = command
    .slice(0, 4000)
    .split(/&&|\|\||;/)
    .at(-1)!;
  const found = programIn(last.trim().replace(/^(?:exec|(?:ba|z)?sh\s+-[a-z]*c)\s+/, ''));
  return found ? addressesOf(found).map((address) => ({ address, protocol: protocolOf(found) })) : [];
}

function addressesOf({ program, args }: Command): ListenAddress[] {
  const values = (names: readonly string[] = []): string[] =>
    args.flatMap((word, i) => {
      if (names.includes(word)) return args[i + 1] ?? [];
      const long = names.find((name) => word.startsWith(`${name}=`));
      if (long) return word.slice(long.length + 1);
      const short = names.find(
        (name) => name.length === 2 && word.startsWith(name) && word.length > 2 && word[2] !== '-',
      );
      return short ? word.slice(2) : [];
    });
  const written = values(program.bind).map((value) => value.replace(/^(?:unix|tcp|http):(?:\/\/)?(?=[^/]|\/[^/])/, ''));
  const [port] = values(program.port);
  const [host] = values(program.host);
  const fallbackPort = program.fallback?.split(':')[1];
  if (written.length === 0 && (port || (host && fallbackPort))) {
    written.push(`${host ?? (program.host ? '127.0.0.1' : '0.0.0.0')}:${port ?? fallbackPort}`);
  }
  // Where systemd hands over a socket, nothing is said here.
  const addresses = written.length > 0 ? written : [];
  return addresses.map((value) => parseListen(value.startsWith('fd://') ? '' : value));
}

/** Without systemd's specifiers and variables of the environment. */
function isSpecified(value: string): boolean {
  return !/%[a-zA-Z]|\$/.test(value);
}
