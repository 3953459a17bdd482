/** Flags a pass that speaks another protocol than what listens at its address. */
import { isLocal, meets, spell } from '../../project/address';
import { isInstalled } from '../../project/includes';
import { type Endpoint, linkedAddresses, type Pass } from '../../project/links';
import { areNear, poolNear } from '../../project/meant';
import type { Project } from '../../project/project';
import { isPhpImage, systemOf } from '../../project/system';
import { commandListeners, type Protocol, unitListeners } from '../../project/units';
import type { Place } from '../../text/span';
import { defineRule, type Severity } from '../rule';

export default defineRule({
  id: 'links/wrong-protocol',
  language: 'nginx',
  severity: 'error',
  title: 'The backend speaks another protocol',
  why: `php-fpm speaks FastCGI and nothing else: a \`proxy_pass http://\` to its socket or port gets
\`recv() failed (104: Connection reset by peer)\` and **502**. An HTTP server answers \`fastcgi_pass\` with
\`upstream sent unsupported FastCGI protocol version: 72\` (the H of HTTP), \`grpc_pass\` with \`upstream sent too large http2
frame: 4740180\`, and \`uwsgi_pass\` with a hanging request. Told from pools, from the command lines of systemd units and
Compose services (gunicorn, uvicorn, uwsgi, puma, php-cgi …) and from official images.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_pass'],
  *check(source, project) {
    for (const { endpoint, pass } of linkedAddresses(project, source)) {
      const { family, scheme } = pass.target;
      if (family === 'memcached' || scheme === 'tcp') continue;
      const backend = behind(project, endpoint, pass);
      if (!backend || family === SPOKEN[backend.protocol]) continue;
      const { protocol, what, place } = backend;
      yield {
        span: endpoint.span,
        severity: backend.severity,
        message: `${what} on ${spell(endpoint.address)} speaks ${NAMES[protocol]}, but ${pass.at.directive.called} speaks ${spoken(pass)}: requests get 502. Use ${SPOKEN[protocol]}_pass.`,
        related: [{ ...place, message: `${what} listens there.` }],
      };
    }
  },
});

const SPOKEN = { http: 'proxy', fastcgi: 'fastcgi', uwsgi: 'uwsgi' } as const;
const NAMES = { http: 'HTTP', fastcgi: 'FastCGI', uwsgi: 'uwsgi' } as const;

function spoken({ target }: Pass): string {
  return { proxy: 'HTTP', fastcgi: 'FastCGI', uwsgi: 'uwsgi', scgi: 'SCGI', grpc: 'gRPC', memcached: 'memcached' }[
    target.family
  ];
}

interface Backend {
  readonly protocol: Protocol;
  readonly what: string;
  readonly place: Place;
  readonly severity: Severity;
}

function behind(project: Project, { address, at }: Endpoint, pass: Pass): Backend | null {
  if (isLocal(address)) {
    const pool = poolNear(project, at.file, address);
    const listen = pool?.get('listen');
    // The port of a pool in view may be another program's on the machine that this file is for.
    if (pool && listen && (address.kind === 'unix' || isInstalled(at.file) || saysPhp(project, pass)))
      return {
        protocol: 'fastcgi',
        what: `Pool "${pool.name}"`,
        place: { file: listen.file, span: listen.setting.span },
        severity: 'error',
      };
    const listeners = unitListeners(project).filter(
      (each) => meets(address, each.address) && areNear(project, at.file, each.at.file),
    );
    const [first] = listeners;
    if (listeners.length !== 1 || !first?.protocol) return null;
    return {
      protocol: first.protocol,
      what: `Unit ${first.unit.name}`,
      place: { file: first.at.file, span: first.at.span },
      severity: 'error',
    };
  }
  if (address.kind !== 'tcp') return null;
  const system = systemOf(project);
  const own = system.containersOf(at.file);
  const services = own.length > 0 ? system.named(address.host, own) : [];
  const [service] = services;
  if (!service) return null;
  const place = { file: service.file, span: service.service.span };
  const what = `Service "${service.service.name}" (${service.image})`;
  if (address.port === 9000 && services.every(({ image, service }) => isPhpImage(image) && service.build === null))
    return { protocol: 'fastcgi', what, place, severity: 'error' };
  if (
    pass.target.family === 'fastcgi' &&
    services.every(({ image, service }) => service.command === null && isApache(image))
  )
    return { protocol: 'http', what, place, severity: 'warning' };
  const said = services.map((each) => {
    const listeners = commandListeners(each.service.command ?? each.dockerfile?.command ?? '');
    return listeners.find((one) => one.address.kind === 'tcp' && one.address.port === address.port)?.protocol ?? null;
  });
  const [protocol] = said;
  if (!protocol || said.some((each) => each !== protocol)) return null;
  return { protocol, what: `Service "${service.service.name}", by its command line,`, place, severity: 'warning' };
}

/** Official images that come with Apache where their tag does not say fpm. */
function isApache(image: string | null): boolean {
  return (
    image !== null &&
    /^(?:(?:wordpress|nextcloud|drupal|joomla)(?::(?!.*fpm).*)?|php:.*apache.*|httpd(?::.*)?)$/.test(image)
  );
}

/** The location is one for PHP. */
function saysPhp(project: Project, pass: Pass): boolean {
  const location = project.parent(pass.at);
  return location?.directive.args.some(({ value }) => /\.php\b/.test(value)) ?? false;
}
