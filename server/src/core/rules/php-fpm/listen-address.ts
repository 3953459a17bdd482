/** Flags addresses that pass `php-fpm -t` and that nothing can listen on. */
import { impossible } from '../../php-fpm/judge/listen';
import { isPlaceholder } from '../../php-fpm/judge/value';
import { defineRule, mend } from '../rule';

const ID = 'php-fpm/listen-address';

export default defineRule({
  id: ID,
  language: 'php-fpm',
  severity: 'warning',
  title: 'php-fpm cannot listen on this address',
  why: `\`listen\` is a path (\`/run/php/www.sock\`), a port (\`9000\`) or an address with a port (\`127.0.0.1:9000\`, \`[::1]:9000\`).
\`php-fpm -t\` does not try it: \`unix:/run/php/www.sock\`, which is nginx's way to write it, or a port that there is not come out
at the start (\`invalid port value\`), and an address without a port makes a socket of that name.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php#listen'],
  *check(source) {
    const { tree, file } = source;
    for (const section of [tree.preamble, ...tree.sections]) {
      for (const { key, sub, value, known, rawValueSpan: span } of section.settings) {
        if (sub !== null || !/^(?:listen|pm\.status_listen)$/i.test(key) || !known || isPlaceholder(value)) continue;
        const why = value === '' ? null : impossible(value);
        if (why === null) continue;
        const path = /^unix:(?=\/)/i.test(value) ? value.slice(5) : null;
        yield {
          span,
          message: `"${value}" passes php-fpm -t, but php-fpm cannot serve nginx there: ${why}.`,
          fixes: path === null ? [] : [mend(ID, `Write ${path}`, [{ file, span, newText: path }])],
        };
      }
    }
  },
});
