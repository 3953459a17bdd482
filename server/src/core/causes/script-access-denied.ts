/** php-fpm refuses to run a file with this extension. */
import { defineCause } from './cause';
import { listenerChecks } from './checks';
import { stderrKind } from './stderr';

export default defineCause({
  id: 'script-access-denied',
  title: 'php-fpm does not run files with this extension',
  status: [403],
  pattern: /^(?:FastCGI sent in stderr: "|(?:\[pool [^\]\s]{1,100}\] )?child \d{1,10} said into std)/,
  when: (record) => stderrKind(record) === 'script-denied',
  why: `php-fpm runs only files whose name ends as \`security.limit_extensions\` allows, \`.php\` by default. nginx sent it another one, so the
client gets **403** "Access denied.", from php-fpm and not from nginx.

Mostly the location is too wide: \`location /\` or \`location ~ \\.php\` (without \`$\`) sends images and style sheets to php-fpm, and
\`/upload/evil.jpg/x.php\` with \`cgi.fix_pathinfo\` is an attack that this setting stops. Tighten the location rather than the
extensions.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  checks: listenerChecks,
  evidence: ({ backend }) => {
    const value = backend.pool?.get('security.limit_extensions');
    return value
      ? [
          {
            message: `Pool "${backend.pool!.name}" runs ${value.value || 'any file'}.`,
            file: value.file,
            span: value.setting.span,
          },
        ]
      : [];
  },
  fixes: () => [],
});
