/** Flags a main file that brings in no pool. */
import { fpmJudged } from '../judged-fpm';
import { defineRule } from '../rule';

const ID = 'php-fpm/no-pool';

export default defineRule({
  id: ID,
  language: 'php-fpm',
  severity: 'error',
  title: 'No pool',
  why: `php-fpm does not start without a pool (\`No pool defined\`). An include that names the folder instead of its files
(\`pool.d\` for \`pool.d/*.conf\`) reads nothing, and php-fpm does not say so.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  check: (source, project) => fpmJudged(ID, source, project, ['no-pool']),
});
