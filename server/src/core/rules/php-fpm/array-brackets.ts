/** Flags settings with brackets that take none, and without that need some. */
import { fpmJudged } from '../judged-fpm';
import { defineRule } from '../rule';

const ID = 'php-fpm/array-brackets';

export default defineRule({
  id: ID,
  language: 'php-fpm',
  severity: 'error',
  title: 'Brackets missing or too many',
  why: `\`env\`, \`php_value\`, \`php_flag\`, \`php_admin_value\` and \`php_admin_flag\` are set one by one with a name in brackets
(\`env[PATH] = /usr/bin\`), \`access.suppress_path\` with empty ones, everything else with none. php-fpm refuses to start
otherwise.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  check: (source, project) => fpmJudged(ID, source, project, ['brackets']),
});
