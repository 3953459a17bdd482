/** Flags workers that would run as root. */
import { isSaid, placeOf } from '../../php-fpm/judge/pool';
import { poolsIn } from '../../project/pools';
import { defineRule } from '../rule';

export default defineRule({
  id: 'php-fpm/root-worker',
  language: 'php-fpm',
  severity: 'warning',
  title: 'Workers run as root',
  why: `\`php-fpm -t\` passes, but the start fails with \`please specify user and group other than root\`, unless php-fpm is called with
\`-R\`. With \`-R\` a fault in one script is a fault in the whole machine or container.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php#user'],
  *check(source, project) {
    for (const pool of poolsIn(project, source.file)) {
      for (const key of ['user', 'group']) {
        const value = pool.get(key);
        if (!value || value.file !== source.file || !isSaid(value) || !/^(?:root|0+)$/.test(value.value)) continue;
        yield {
          span: placeOf(value).span,
          message: `Pool "${pool.name}" runs as ${key} ${value.value}: php-fpm refuses to start without -R. Use an account of its own, such as www-data.`,
        };
      }
    }
  },
});
