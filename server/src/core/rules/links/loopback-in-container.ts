/** Flags a loopback address inside a container in which nothing but nginx runs. */
import { isLoopback, spell } from '../../project/address';
import { linkedAddresses } from '../../project/links';
import type { Project } from '../../project/project';
import { type Container, hasOwnNetwork, portsOf, runsOnlyNginx, systemOf } from '../../project/system';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'links/loopback-in-container',
  language: 'nginx',
  severity: 'warning',
  title: 'The loopback address of nginx’s own container',
  why: `In a container \`127.0.0.1\` and \`localhost\` are the container itself. A Compose file in view gives this configuration to a service
with nginx's image, in which nothing else runs: \`connect() failed (111: Connection refused)\`, and every request gets **502**. Name
the other service instead (\`php:9000\`, \`app:3000\`): Compose makes each service known by its name. Where the backend runs on the
host itself, it is \`host.docker.internal\` (with \`extra_hosts: ["host.docker.internal:host-gateway"]\` on Linux). Services with
\`network_mode: host\` or a shared network are left alone.`,
  references: ['https://docs.docker.com/compose/how-tos/networking/'],
  *check(source, project) {
    const system = systemOf(project);
    const containers = system.containersOf(source.file);
    if (containers.length === 0) return;
    if (!containers.every((each) => runsOnlyNginx(each) && hasOwnNetwork(each, system.containers))) return;
    const own = ownPorts(project, source.file);
    if (!own) return;
    const { file, service } = containers[0]!;
    for (const { endpoint } of linkedAddresses(project, source)) {
      const { address } = endpoint;
      if (address.kind !== 'tcp' || address.port === null || !isLoopback(address) || own.has(address.port)) continue;
      // Docker's own name server is there.
      if (address.host === '127.0.0.11') continue;
      const port = address.port;
      const others = peersOf(containers, system.containers).filter((each) => portsOf(each).has(port));
      const names = [...new Set(others.map((each) => each.service.name))];
      const [name] = names;
      const advice =
        names.length > 0
          ? `Service "${names.join('", "')}" listens on ${port}: write ${name}:${port}.`
          : 'Write the name of the service that is meant.';
      yield {
        span: endpoint.span,
        severity: names.length > 0 ? 'error' : 'warning',
        message: `${spell(address)} is the container "${service.name}" itself, in which only nginx runs: connecting is refused and requests get 502. ${advice}`,
        related: [
          {
            file,
            span: service.span,
            message: `This service runs nginx with ${source.file.slice(source.file.lastIndexOf('/') + 1)}.`,
          },
          ...others
            .slice(0, 1)
            .map((each) => ({ file: each.file, span: each.service.span, message: `Listens on ${port}.` })),
        ],
        fixes:
          names.length === 1
            ? [
                mend('links/loopback-in-container', `Connect to service "${name}" (${name}:${port})`, [
                  { file: source.file, span: endpoint.span, newText: `${name}:${port}` },
                ]),
              ]
            : [],
      };
    }
  },
});

/** Other services of the same Compose files. */
function peersOf(containers: readonly Container[], all: readonly Container[]): Container[] {
  const files = new Set(containers.map(({ file }) => file));
  return all.filter((each) => files.has(each.file) && !containers.includes(each));
}

/** The ports that nginx itself listens on; null where a template decides. */
function ownPorts(project: Project, file: string): Set<number> | null {
  // A server without "listen", and the image's own default.conf.
  const ports = new Set<number>([80]);
  const near = project.together(file);
  for (const at of project.named('listen')) {
    if (!near.has(at.file) && at.file !== file) continue;
    const word = at.directive.args[0];
    if (!word) continue;
    if (word.template) return null;
    const [, port] = /(?:^|:)(\d{1,5})$/.exec(word.value) ?? [];
    ports.add(port === undefined ? 80 : Number(port));
  }
  return ports;
}
