/** Flags a string whose closing quote is missing. */
import { syntaxRule } from '../syntax';

export default syntaxRule(
  'unclosed-quote',
  'A quote is not closed',
  `A string may run over lines in nginx, so a missing quote is noticed only at the next quote, often lines later, where nginx says \`unexpected "x"\`, or at the end of the file, or after 4096 bytes.`,
);
