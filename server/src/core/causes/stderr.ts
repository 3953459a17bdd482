/** What a FastCGI server wrote to its stderr: php-fpm's own refusals, PHP's errors, or anything else. */
import type { LogRecord } from '../error-log/record';

export type StderrKind = 'script-unknown' | 'script-denied' | 'fatal' | 'message';

/** Null for a record that has no FastCGI stderr. Guides quote "Primary script unknown" without what stands around it. */
export function stderrKind({ message, stderr }: LogRecord): StderrKind | null {
  const quoted = message.startsWith('FastCGI sent in stderr: "');
  if (!quoted && !message.startsWith('Primary script unknown')) return null;
  const text = quoted ? (stderr ?? message.slice(25)) : message;
  if (/^(?:Primary script unknown|Unable to open primary script: )/.test(text)) return 'script-unknown';
  if (/^Access to the script '/.test(text)) return 'script-denied';
  // With log_errors PHP writes "PHP Fatal error:  …"; php-fpm puts "PHP message: " before each.
  return /(?:^|PHP message: )PHP (?:Fatal|Parse|Core|Compile|Recoverable fatal|Catchable fatal) error: /.test(text)
    ? 'fatal'
    : 'message';
}
