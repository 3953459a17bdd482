/** What a FastCGI server wrote to its stderr: php-fpm's own refusals, PHP's errors, or anything else. */
import type { LogRecord } from '../error-log/record';

export type StderrKind = 'script-unknown' | 'script-denied' | 'fatal' | 'message';

/** As nginx passes it on, as php-fpm's own log does (catch_workers_output), and as guides quote it. */
const START =
  /^(?:FastCGI sent in stderr: "|(?:\[pool [^\]\s]{1,100}\] )?child \d{1,10} said into std(?:err|out): "(?!ERROR: )(?:NOTICE: )?|(?=PHP message: PHP |Primary script unknown))/;

/** Null for a record that has nothing from stderr. */
export function stderrKind({ message, stderr, fpm }: LogRecord): StderrKind | null {
  const start = START.exec(message)?.[0];
  if (start === undefined) return null;
  const text = start === '' || fpm ? message.slice(start.length) : (stderr ?? message.slice(start.length));
  if (/^(?:Primary script unknown|Unable to open primary script: |No input file specified)/.test(text)) {
    return 'script-unknown';
  }
  if (/^Access to the script '/.test(text)) return 'script-denied';
  // With log_errors PHP writes "PHP Fatal error:  …"; php-fpm puts "PHP message: " before each.
  return /(?:^|PHP message: )PHP (?:Fatal|Parse|Core|Compile|Recoverable fatal|Catchable fatal) error: /.test(text)
    ? 'fatal'
    : 'message';
}
