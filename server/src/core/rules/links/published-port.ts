/** Flags a connection to the port that a container is published on, where its own port is another. */

import { type Endpoint, linkedAddresses } from '../../project/links';
import type { Project } from '../../project/project';
import { hasOwnNetwork, portsOf, systemOf } from '../../project/system';
import { defineRule, mend, type Report } from '../rule';

export default defineRule({
  id: 'links/published-port',
  language: 'nginx',
  severity: 'warning',
  title: 'The published port instead of the container’s own',
  why: `\`ports: ["8080:80"]\` publishes port 80 of the container as port 8080 of the host. Other containers connect to the container
itself, where only port 80 listens: \`app:8080\` is refused (\`connect() failed (111: Connection refused)\`, **502**). Write the port
behind the colon.`,
  references: ['https://docs.docker.com/compose/how-tos/networking/'],
  *check(source, project) {
    for (const { endpoint } of linkedAddresses(project, source)) yield* judge(project, endpoint);
  },
});

function* judge(project: Project, endpoint: Endpoint): Generator<Report> {
  const { address } = endpoint;
  if (address.kind !== 'tcp' || address.port === null || !/^[a-z][\w-]*$/i.test(address.host)) return;
  const { port, host } = address;
  const system = systemOf(project);
  const own = system.containersOf(endpoint.at.file);
  const services = own.length > 0 ? system.named(host, own) : [];
  const [first] = services;
  if (!first || new Set(services.map(({ service }) => service.name)).size > 1) return;
  if (!services.every((each) => hasOwnNetwork(each, system.containers))) return;
  const published = services.flatMap(({ service }) => service.ports.filter((each) => each.published === port));
  const target = published[0]?.target;
  if (target === undefined || published.some((each) => each.target !== target)) return;
  if (services.some((each) => portsOf(each).has(port) || mentions(each.dockerfile?.text ?? '', port) > 0)) return;
  // A variable, a command or a health check may name it as the port that the program listens on.
  if (
    services.some(
      ({ service }) => mentions(service.text, port) !== service.ports.filter((each) => each.published === port).length,
    )
  )
    return;
  yield {
    span: endpoint.span,
    message: `${host}:${port} is refused (502): ${port} is the port that the host publishes, other containers reach "${first.service.name}" on ${target}. Write ${host}:${target}.`,
    related: [{ file: first.file, span: first.service.span, message: `Publishes port ${target} as ${port}.` }],
    fixes: [
      mend('links/published-port', `Connect to the container's own port (${host}:${target})`, [
        { file: endpoint.at.file, span: endpoint.span, newText: `${host}:${target}` },
      ]),
    ],
  };
}

function mentions(text: string, port: number): number {
  return text.match(new RegExp(`\\b${port}\\b`, 'g'))?.length ?? 0;
}
