/** Points out connections that nginx keeps longer than the backend does. */
import { isOlder } from '../../nginx/version';
import { isLoopback } from '../../project/address';
import { setDirectives } from '../../project/edit';
import { passesTo, upstreamEndpoints } from '../../project/links';
import { areNear } from '../../project/meant';
import { type Container, systemOf, type Unit } from '../../project/system';
import type { Place } from '../../text/span';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'nginx/keepalive-race',
  language: 'nginx',
  severity: 'information',
  title: 'nginx keeps connections longer than Node.js does',
  why: `Node.js closes a connection that has been idle for 5 seconds, nginx keeps it for 60. A request that nginx sends at that moment meets
a closed connection: \`upstream prematurely closed connection\` or \`recv() failed (104)\`. A GET is tried again and nobody
notices; a **POST gets 502**. Set the group's \`keepalive_timeout\` below five seconds, or \`server.keepAliveTimeout\` of Node.js above
sixty. From nginx 1.29.7 on groups keep connections without being told. Reported where a Compose file, or a unit
with \`Environment=PORT=…\`, says that the backend runs on Node.js.`,
  references: [
    'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive_timeout',
    'https://nodejs.org/api/http.html#serverkeepalivetimeout',
  ],
  *check(source, project) {
    const system = systemOf(project);
    if (system.containers.length === 0 && system.units.length === 0) return;
    const version = project.options.nginxVersion;
    const byDefault = version !== null && !isOlder(version, '1.29.7');
    for (const directive of source.named('upstream')) {
      const upstream = { file: source.file, directive };
      const here = project.children(source.file, directive);
      const [keepalive] = here.get('keepalive') ?? [];
      if (here.has('keepalive_timeout') || here.has('include') || keepalive?.directive.values[1] === '0') continue;
      if ((!keepalive && !byDefault) || !passesTo(project, upstream).some(({ target }) => target.family === 'proxy'))
        continue;
      const near = system.containersOf(source.file);
      const [node] = upstreamEndpoints(project, upstream).flatMap(({ address }) => {
        if (address.kind !== 'tcp') return [];
        const services = near.length > 0 ? system.named(address.host, near).filter(isNode) : [];
        if (services.length > 0 || !isLoopback(address)) return services.map(backendOf);
        return system.units
          .flatMap((unit) => unitOf(unit, address.port) ?? [])
          .filter(({ place }) => areNear(project, source.file, place.file));
      });
      if (!node) continue;
      const span = keepalive?.file === source.file ? keepalive.directive : directive.args[0]!;
      yield {
        span,
        message: `nginx keeps idle connections to "${node.name}" for 60s, Node.js closes them after 5s unless told otherwise: a POST that meets a closed one gets 502. Set keepalive_timeout 4s.`,
        related: [{ ...node.place, message: `Runs on ${node.runs}.` }],
        fixes: [
          {
            ...mend(
              'nginx/keepalive-race',
              'Let go of idle connections before Node.js does (keepalive_timeout 4s)',
              [],
            ),
            edits: () =>
              setDirectives(
                project,
                upstream,
                [{ name: 'keepalive_timeout', args: ['4s'] }],
                keepalive?.file === source.file ? keepalive.directive : null,
              ),
          },
        ],
      };
    }
  },
});

interface Backend {
  readonly name: string;
  readonly runs: string;
  readonly place: Place;
}

function backendOf({ file, service, image }: Container): Backend {
  return { name: service.name, runs: image!, place: { file, span: service.span } };
}

/** A unit that starts Node.js and tells it this port; null for any other. */
function unitOf(unit: Unit, port: number | null): Backend | null {
  const start = unit.get('Service', 'ExecStart');
  if (!start || !/^[-@:+!]*(?:\S*\/)?node(?:js)?\s/.test(start.value)) return null;
  const isPort = unit
    .list('Service', 'Environment')
    .some(({ value }) => new RegExp(`(?:^|[\\s"'])PORT=["']?${port}(?![\\d])`).test(value));
  return isPort ? { name: unit.name, runs: 'Node.js', place: { file: start.file, span: start.span } } : null;
}

function isNode({ image, service }: Container): boolean {
  return image !== null && /^node(?::|$)/.test(image) && !/keepAliveTimeout/i.test(service.text);
}
