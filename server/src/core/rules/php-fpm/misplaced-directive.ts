/** Flags settings of a pool in [global], and the other way round. */
import { fpmJudged } from '../judged-fpm';
import { defineRule } from '../rule';

const ID = 'php-fpm/misplaced-directive';

export default defineRule({
  id: ID,
  language: 'php-fpm',
  severity: 'error',
  title: 'Setting in the wrong section',
  why: `\`[global]\` is about php-fpm as a whole (\`error_log\`, \`pid\`, \`daemonize\`), every other section about one pool (\`listen\`, \`pm\`,
\`user\`, \`php_admin_value[…]\`). What stands before the first header counts as \`[global]\`. php-fpm takes a setting from the
other side for an \`unknown entry\` and refuses to start.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  check: (source, project) => fpmJudged(ID, source, project, ['misplaced']),
});
