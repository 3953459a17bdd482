/** Flags a `listen` that the official image's own file replaces. */
import { listensEverywhere, parseListen } from '../../php-fpm/address';
import { isOverridden, systemOf } from '../../project/system';
import { defineRule } from '../rule';

export default defineRule({
  id: 'links/overridden-listen',
  language: 'php-fpm',
  severity: 'warning',
  title: 'The image’s zz-docker.conf replaces this address',
  why: `The official \`php:*-fpm\` images bring \`/usr/local/etc/php-fpm.d/zz-docker.conf\`, which sets \`listen = 9000\` for pool "www". php-fpm
reads the files of that folder in order of name, and the last one counts: a socket set in \`www.conf\` is never made, and nginx gets
\`connect() to unix:… failed (2: No such file or directory)\`, **502**. Put the setting into a file that comes later
(\`zzz-www.conf\`), or let nginx connect to port 9000.`,
  references: ['https://github.com/docker-library/php/issues/241'],
  *check(source, project) {
    const containers = systemOf(project).poolContainersOf(source.file);
    if (containers.length === 0 || !containers.every((each) => isOverridden(each, source.file))) return;
    for (const section of source.tree.sections) {
      if (section.name.toLowerCase() !== 'www') continue;
      const listen = section.settings.filter(({ key }) => key.toLowerCase() === 'listen').at(-1);
      if (!listen?.known) continue;
      const address = parseListen(listen.value);
      const works = address.kind === 'tcp' && address.port === 9000;
      if (address.kind === 'unknown' || works || (listensEverywhere(address) && works)) continue;
      const [{ file, service, image }] = [containers[0]!];
      yield {
        span: listen.span,
        message: `This has no effect in service "${service.name}": zz-docker.conf of ${image} is read after this file and sets listen = 9000. Name the file zzz-www.conf, or connect to ${service.name}:9000.`,
        related: [{ file, span: service.span, message: 'Runs php-fpm with this file.' }],
      };
    }
  },
});
