/** Flags a pool that listens on the loopback address of its container while nginx connects from another one. */
import { isLoopback, spell } from '../../project/address';
import { linkedAddresses, listenOf } from '../../project/links';
import { isOverridden, systemOf } from '../../project/system';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'links/pool-loopback',
  language: 'nginx',
  severity: 'error',
  title: 'The pool listens inside its container only',
  why: `A pool with \`listen = 127.0.0.1:9000\` takes connections from its own container and from no other: nginx, in another one, gets
\`connect() failed (111: Connection refused)\`, the client **502**. \`listen = 9000\` means all addresses. The official \`php:*-fpm\`
images set that themselves in \`zz-docker.conf\`, unless a later file says otherwise.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php#listen'],
  *check(source, project) {
    const system = systemOf(project);
    if (system.containers.length === 0) return;
    for (const { endpoint, pass } of linkedAddresses(project, source)) {
      const { address } = endpoint;
      if (pass.target.family !== 'fastcgi' || address.kind !== 'tcp' || isLoopback(address)) continue;
      const services = system.named(address.host, system.containersOf(source.file));
      if (services.length === 0 || services.some(({ service }) => service.networkMode !== null)) continue;
      for (const pool of project.pools) {
        const listen = pool.get('listen');
        const bound = listenOf(pool);
        if (!listen || bound.kind !== 'tcp' || bound.host === null || bound.port !== address.port) continue;
        if (!isLoopback({ kind: 'tcp', host: bound.host, port: bound.port })) continue;
        const holders = system.poolContainersOf(listen.file);
        if (!services.every((each) => holders.includes(each) && !isOverridden(each, listen.file))) continue;
        const { start, end } = listen.setting.rawValueSpan;
        const isPlain = project.fpm(listen.file)?.text.slice(start, end) === listen.value;
        yield {
          span: endpoint.span,
          message: `Pool "${pool.name}" in service "${services[0]!.service.name}" listens on ${spell(bound)}, which only its own container reaches: connecting from nginx's is refused (502). Let it listen on ${bound.port}.`,
          related: [{ file: listen.file, span: listen.setting.span, message: `Pool "${pool.name}" listens here.` }],
          fixes: isPlain
            ? [
                mend(
                  'links/pool-loopback',
                  `Let pool "${pool.name}" listen on all addresses (listen = ${bound.port})`,
                  [{ file: listen.file, span: { start, end }, newText: String(bound.port) }],
                ),
              ]
            : [],
        };
        break;
      }
    }
  },
});
