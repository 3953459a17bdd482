/** Flags a `}` that closes nothing. */
import { syntaxRule } from '../syntax';

export default syntaxRule(
  'unexpected-close',
  'A "}" too many',
  `A \`}\` outside any block. Either it is one too many, or the block was closed too early further up.`,
);
