/** Flags values that php-fpm refuses. */
import { fpmJudged } from '../judged-fpm';
import { defineRule } from '../rule';

const ID = 'php-fpm/invalid-value';

export default defineRule({
  id: ID,
  language: 'php-fpm',
  severity: 'error',
  title: 'php-fpm refuses the value',
  why: `Numbers are whole and without a unit, times are a number with \`s\`, \`m\`, \`h\` or \`d\` behind it, switches are \`yes\` or \`no\`;
paths of the status and ping pages start with "/". \`php-fpm -t\` stops at any other value, some of which it reports without a
line. A running php-fpm lives on, and is gone after the next restart: nginx then answers 502.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  check: (source, project) => fpmJudged(ID, source, project, ['value']),
});
