/** Flags pools without a setting that they must have. */
import { fpmJudged } from '../judged-fpm';
import { defineRule } from '../rule';

const ID = 'php-fpm/missing-setting';

export default defineRule({
  id: ID,
  language: 'php-fpm',
  severity: 'error',
  title: 'The pool lacks a setting it must have',
  why: `A pool needs \`listen\`, \`pm\` and \`pm.max_children\`, and a \`user\` when php-fpm is started by root. Without one of them php-fpm
refuses to start, all its pools with it. Sections of one name make one pool, so another file may well bring the setting: this
is said only when all files are in view, or when the pool has all but one of the four.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  check: (source, project) => fpmJudged(ID, source, project, ['missing']),
});
