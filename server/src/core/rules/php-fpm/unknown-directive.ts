/** Flags settings that php-fpm does not know. */
import { fpmJudged } from '../judged-fpm';
import { defineRule } from '../rule';

const ID = 'php-fpm/unknown-directive';

export default defineRule({
  id: ID,
  language: 'php-fpm',
  severity: 'error',
  title: 'Unknown setting',
  why: `php-fpm knows some seventy settings and refuses to start at any other, with \`unknown entry\`: a slip in one name takes the
socket of every pool away, and nginx answers 502 for all of them. Options of php.ini are set with brackets:
\`php_admin_value[memory_limit] = 256M\`.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  check: (source, project) => fpmJudged(ID, source, project, ['unknown']),
});
