/** Flags what php-fpm's INI reader refuses. */
import { defineRule } from '../rule';

export default defineRule({
  id: 'php-fpm/syntax',
  language: 'php-fpm',
  severity: 'error',
  title: 'php-fpm cannot read this line',
  why: `php-fpm reads its files with PHP's INI scanner. Comments start with \`;\` only, strings need both quotes, and the characters
\`{}|&~!()^"\` have a meaning of their own in values. \`php-fpm -t\` stops at the first such line, and so does a restart: the
socket is gone then, and nginx answers 502.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  *check(source) {
    for (const { span, message } of source.tree.problems) yield { span, message };
  },
});
