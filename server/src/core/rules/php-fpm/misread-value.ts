/** Flags values that php-fpm accepts and reads otherwise than meant. */
import { misread } from '../../php-fpm/judge/misread';
import { defineRule, mend } from '../rule';

const ID = 'php-fpm/misread-value';

export default defineRule({
  id: ID,
  language: 'php-fpm',
  severity: 'warning',
  title: 'Value is read otherwise than it looks',
  why: `php-fpm reads numbers up to the first character that is none, lists up to the separator that it knows, and says nothing:
\`1m30s\` is one second, \`500ms\` 500 seconds, the mode \`rw-rw----\` is 0000, \`.php, .html\` an extension that no script has, and an
address behind \`, \` in \`listen.allowed_clients\` is left out. \`php-fpm -t\` passes; nginx then gets 502 or 403.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  *check(source) {
    const { tree, file } = source;
    for (const section of [tree.preamble, ...tree.sections]) {
      for (const setting of section.settings) {
        const found = misread(setting, section.settings);
        if (!found) continue;
        const { rawValueSpan: span } = setting;
        yield {
          span,
          message: found.message,
          fixes:
            found.meant === undefined ? [] : [mend(ID, `Write ${found.meant}`, [{ file, span, newText: found.meant }])],
        };
      }
    }
  },
});
