/** The PHP script ended with a fatal error. */
import { shellWord } from '../text/shell';
import { defineCause } from './cause';
import { serviceChecks } from './checks';
import { stderrKind } from './stderr';

export default defineCause({
  id: 'php-fatal-error',
  title: 'The PHP script ended with a fatal error',
  headline: ({ record }) => {
    const text = /PHP ((?:[A-Z][a-z]{2,12}|Recoverable fatal|Catchable fatal) error): {1,3}([^\n"]{1,120})/.exec(
      record.stderr?.slice(0, 4000) ?? '',
    );
    return text ? `PHP ${text[1]}: ${text[2]!.trim()}` : 'The PHP script ended with a fatal error';
  },
  status: [500],
  pattern: /^(?:FastCGI sent in stderr: "|PHP message: PHP |(?:\[pool [^\]\s]{1,100}\] )?child \d{1,10} said into std)/,
  when: (record) => stderrKind(record) === 'fatal',
  why: `nginx and php-fpm work; the **script** failed, and php-fpm passed PHP's message on. The client gets **500**; with
\`display_errors\` on it gets 200 and the error in the page. It is no 502, and nothing in nginx.conf heals it.

The message names file and line. "Allowed memory size … exhausted" and "Maximum execution time … exceeded" are PHP's own limits
(\`memory_limit\`, \`max_execution_time\`), not nginx's.`,
  references: ['https://www.php.net/manual/en/errorfunc.constants.php'],
  checks: (incident) => {
    const [, file, line] =
      /\bin (\/[^\s"]{1,300}?\.php)(?::| on line )(\d{1,7})/.exec(incident.record.stderr?.slice(0, 4000) ?? '') ?? [];
    return [...(file && line ? [sourceCheck(file, Number(line))] : []), ...serviceChecks(incident)];
  },
  fixes: () => [],
});

function sourceCheck(file: string, line: number) {
  return {
    title: 'What stands there?',
    command: `sed -n '${Math.max(1, line - 5)},${line + 5}p' ${shellWord(file)}`,
  };
}
