/** Flags a unix socket in nginx's own container, in which nothing makes it and into which none is mounted. */
import { linkedAddresses, poolAt } from '../../project/links';
import { meantPool } from '../../project/meant';
import type { Project } from '../../project/project';
import { type Container, isPhpImage, pathsNamed, runsOnlyNginx, systemOf } from '../../project/system';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'links/socket-in-container',
  language: 'nginx',
  severity: 'error',
  title: 'A socket that nginx’s container does not have',
  why: `A unix socket is a file, and each container has files of its own: the socket that php-fpm makes in its container does not exist in
nginx's, unless both mount the folder it is in. \`connect() to unix:/run/php/… failed (2: No such file or directory)\`, and every
request gets **502**. Connect to the service over TCP (\`php:9000\`), or give both services the same volume for that folder.`,
  references: ['https://docs.docker.com/compose/how-tos/networking/'],
  *check(source, project) {
    const system = systemOf(project);
    const own = system.containers.length > 0 ? system.containersOf(source.file) : [];
    const [nginx] = own;
    if (!nginx || !own.every(runsOnlyNginx)) return;
    let listened: ReadonlySet<string> | null = null;
    for (const { endpoint, pass } of linkedAddresses(project, source)) {
      const { address } = endpoint;
      if (address.kind !== 'unix' || !address.path.startsWith('/')) continue;
      if (own.some((each) => mayHave(each, address.path))) continue;
      listened ??= listensNear(project, source.file);
      if (listened.has(`unix:${address.path}`)) continue;
      // A pool at another path is to be mended first, and another rule says so.
      if (!poolAt(project, address) && meantPool(project, source.file, address)) continue;
      const peers = system.containers.filter((each) => each.file === nginx.file && isPhpImage(each.image));
      const [php] = pass.target.family === 'fastcgi' && peers.length === 1 ? peers : [];
      yield {
        span: endpoint.span,
        severity: php ? 'error' : 'warning',
        message: `Nothing makes ${address.path} in the container of "${nginx.service.name}", and no volume brings it there: requests get 502 "2: No such file or directory". ${php ? `Connect to ${php.service.name}:9000` : 'Connect to the service over TCP'}, or mount the folder in both.`,
        related: [
          { file: nginx.file, span: nginx.service.span, message: 'Only nginx runs here.' },
          ...(php
            ? [{ file: php.file, span: php.service.span, message: 'php-fpm runs in a container of its own.' }]
            : []),
        ],
        // A pool of one's own may listen on the socket and nowhere else.
        fixes:
          php && project.pools.length === 0
            ? [
                mend(
                  'links/socket-in-container',
                  `Connect to service "${php.service.name}" (${php.service.name}:9000)`,
                  [{ file: source.file, span: endpoint.span, newText: `${php.service.name}:9000` }],
                ),
              ]
            : [],
      };
    }
  },
});

/** Where nginx itself listens, as far as the files that go with this one tell. */
function listensNear(project: Project, near: string): ReadonlySet<string> {
  const together = project.together(near);
  const listens = project.named('listen').filter(({ file }) => together.has(file));
  return new Set(listens.map(({ directive }) => directive.values[1] ?? ''));
}

/** May the image or a volume have the folder, under either of its names? */
function mayHave(container: Container, path: string): boolean {
  const { service, dockerfile } = container;
  if (service.build !== null && dockerfile === null) return true;
  const paths = path.startsWith('/run/') ? [path, `/var${path}`] : [path, path.replace(/^\/var\/run\//, '/run/')];
  const named = pathsNamed(container);
  return paths.some(
    (each) =>
      dockerfile?.text.includes(each.slice(0, each.lastIndexOf('/'))) ||
      named.some((place) => each === place || each.startsWith(`${place}/`)),
  );
}
