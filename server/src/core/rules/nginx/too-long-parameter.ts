/** Flags a word or comment that does not fit nginx’s buffer. */
import { syntaxRule } from '../syntax';

export default syntaxRule(
  'too-long-parameter',
  'Longer than nginx can read',
  `nginx reads a configuration through a buffer of 4096 bytes, and no word, quoted string or comment line may be longer. Split a long \`log_format\` or header value into several quoted parts, one a line.`,
);
