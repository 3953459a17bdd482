/** Flags a port at which the program of a service does not listen. */
import { linkedAddresses } from '../../project/links';
import { type Container, portsOf, systemOf } from '../../project/system';
import { commandListeners } from '../../project/units';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'links/service-port',
  language: 'nginx',
  severity: 'warning',
  title: 'The service listens on another port',
  why: `The command line of the service says on which port it listens, and nginx connects to another one:
\`connect() failed (111: Connection refused)\` and **502**. Told from \`command\`, \`entrypoint\` and the Dockerfile's \`CMD\`, for gunicorn, uvicorn,
puma and their like, and only where nothing else about the service names the port.`,
  references: ['https://docs.docker.com/compose/how-tos/networking/'],
  *check(source, project) {
    const system = systemOf(project);
    const own = system.containers.length > 0 ? system.containersOf(source.file) : [];
    if (own.length === 0) return;
    for (const { endpoint } of linkedAddresses(project, source)) {
      const { address, span } = endpoint;
      if (address.kind !== 'tcp') continue;
      const [service, ...others] = system.named(address.host, own);
      const port = address.port ?? 80;
      const listens = service && others.length === 0 ? listensOn(service, port) : null;
      if (!service || listens === null) continue;
      const name = `${address.host}:${listens}`;
      const written = source.tree.text.slice(span.start, span.end);
      yield {
        span,
        message: `Service "${service.service.name}" listens on port ${listens}, by its command line: connecting to ${address.host}:${port} is refused (502). Write ${name}.`,
        related: [{ file: service.file, span: service.service.span, message: `It listens on port ${listens}.` }],
        fixes:
          written === address.host || written === `${address.host}:${address.port}`
            ? [
                mend('links/service-port', `Connect to the port that the service listens on (${name})`, [
                  { file: source.file, span, newText: name },
                ]),
              ]
            : [],
      };
    }
  },
});

/** The only port that its command line names; null where it may listen on `port` too, or nothing tells. */
function listensOn(container: Container, port: number): number | null {
  const { service, dockerfile } = container;
  if (service.extended || service.networkMode !== null) return null;
  const command = service.command ?? dockerfile?.command ?? '';
  const listeners = commandListeners(command);
  const ports = new Set(listeners.map(({ address }) => (address.kind === 'tcp' ? address.port : null)));
  const [only] = ports;
  if (ports.size !== 1 || only === undefined || only === null || only === port) return null;
  const isNamed = new RegExp(`(?<!\\d)${port}(?!\\d)`).test(`${service.text}\n${dockerfile?.text ?? ''}`);
  return isNamed || portsOf(container).has(port) ? null : only;
}
