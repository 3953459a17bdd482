/** Flags the name of a container that the Compose file does not have, or that nginx's container cannot reach. */
import { linkedAddresses } from '../../project/links';
import { type Container, systemOf } from '../../project/system';
import { dirname } from '../../text/path';
import { closest } from '../../text/spelling';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'links/unknown-service',
  language: 'nginx',
  severity: 'warning',
  title: 'No service of this name for nginx to reach',
  why: `In a container nginx finds others by the name of their service, by \`container_name\` or by an alias, and only those that share a network
with it. A name with a slip in it, or one of another network, is found by nobody: nginx does not start
(\`host not found in upstream\`), or answers **502** where a variable holds the name. Names that are like none of the Compose
file's are left alone: another project may have them.`,
  references: ['https://docs.docker.com/compose/how-tos/networking/'],
  *check(source, project) {
    const system = systemOf(project);
    const own = system.containersOf(source.file);
    if (
      own.length === 0 ||
      own.some(({ compose, service }) => compose.includes || service.extended || service.networkMode)
    )
      return;
    if (own.some(({ compose, service }) => service.networks.some((each) => compose.external.has(each)))) return;
    const folders = new Set(own.map(({ file }) => dirname(file)));
    const services = system.containers.filter(({ file }) => folders.has(dirname(file)));
    const seen = new Set<string>();
    for (const { endpoint } of linkedAddresses(project, source)) {
      const { address } = endpoint;
      if (address.kind !== 'tcp' || !/^[a-z][\w-]*$/i.test(address.host) || seen.has(address.host)) continue;
      const host = address.host.toLowerCase();
      if (host === 'localhost' || own.some(({ service }) => service.hosts.includes(address.host))) continue;
      const found = services.filter(({ service }) => service.names.includes(host));
      if (found.length > 0 ? found.some((each) => meet(own, each)) : project.upstream(host, source.file)) continue;
      const [nginx] = own;
      seen.add(address.host);
      if (found.length > 0) {
        const [target] = found;
        yield {
          span: endpoint.span,
          message: `Services "${nginx!.service.name}" and "${target!.service.name}" share no network (${nginx!.service.networks.join(', ')}; ${target!.service.networks.join(', ')}): nginx does not find "${address.host}" and refuses to start. Add a network to both.`,
          related: [{ file: target!.file, span: target!.service.span, message: 'The service that is meant.' }],
        };
        continue;
      }
      const meant = closest(
        host,
        services.flatMap(({ service }) => service.names),
      );
      const target = services.find(({ service }) => service.names.includes(meant ?? ''));
      if (!meant || !target || own.includes(target) || !isSlip(host, meant)) continue;
      const end = endpoint.span.start + address.host.length;
      yield {
        span: endpoint.span,
        message: `There is no service "${address.host}" in the Compose file, but "${meant}": nginx does not find the host and refuses to start. Write ${meant}.`,
        related: [{ file: target.file, span: target.service.span, message: 'The service that is meant.' }],
        fixes: [
          mend('links/unknown-service', `Connect to service "${meant}"`, [
            { file: source.file, span: { start: endpoint.span.start, end }, newText: meant },
          ]),
        ],
      };
    }
  },
});

/** Short names and numbered ones are alike without being meant for each other: api and app, node1 and node2. */
function isSlip(host: string, meant: string): boolean {
  const letters = (name: string): string => name.replace(/\d+/g, '');
  return host.length >= 5 && letters(host) !== letters(meant);
}

/** Do they share a network, in the file that has both? Files that speak of one of them only do not tell. */
function meet(own: readonly Container[], { file, service }: Container): boolean {
  const here = own.filter((each) => each.file === file);
  if (here.length === 0 || service.networkMode !== null || service.extended) return true;
  // An override adds networks to those of the main file.
  if (own.length > here.length) return true;
  return here.some((each) => each.service.networks.some((name) => service.networks.includes(name)));
}
