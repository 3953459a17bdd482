/** PHP, or another FastCGI program, wrote something to its stderr. */
import { defineCause } from './cause';
import { serviceChecks } from './checks';
import { stderrKind } from './stderr';

export default defineCause({
  id: 'php-message',
  title: 'The FastCGI program wrote a message',
  headline: ({ record }) => {
    const kind = /(?:^|PHP message: )PHP (Warning|Notice|Deprecated|Strict Standards|User \w{1,12}):/.exec(
      record.stderr?.slice(0, 4000) ?? '',
    )?.[1];
    return kind ? `PHP logged: ${kind}` : 'The FastCGI program wrote a message';
  },
  status: [],
  pattern: /^(?:FastCGI sent in stderr: "|PHP message: PHP |(?:\[pool [^\]\s]{1,100}\] )?child \d{1,10} said into std)/,
  when: (record) => stderrKind(record) === 'message',
  why: `Whatever a FastCGI program writes to its stderr nginx logs at level \`error\`, warnings, notices and \`error_log()\` included. It
**fails no request**: the client got what the script answered, mostly 200.

So a log full of these lines is no outage. To keep them out, let PHP log to a file of its own (\`error_log\` in php.ini or
\`php_admin_value[error_log]\` in the pool).`,
  references: ['https://www.php.net/manual/en/errorfunc.configuration.php#ini.error-log'],
  checks: serviceChecks,
  evidence: ({ backend }) =>
    ['catch_workers_output', 'php_admin_value[error_log]'].flatMap((key) => {
      const value = backend.pool?.get(key);
      return value
        ? [
            {
              message: `Pool "${backend.pool!.name}" has ${key} = ${value.value}.`,
              file: value.file,
              span: value.setting.span,
            },
          ]
        : [];
    }),
  fixes: () => [],
});
