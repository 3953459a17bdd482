/** Flags a block whose `}` is missing. */
import { syntaxRule } from '../syntax';

export default syntaxRule(
  'unclosed-block',
  'A block is not closed',
  `nginx reaches the end of the file while a block is open. It can only name the last line; the block that lacks its \`}\` is the one that the indentation gives away.`,
);
