/** Flags a `{` behind a directive that opens no block. */
import { syntaxRule } from '../syntax';

export default syntaxRule(
  'not-a-block',
  'Not a block directive',
  `Only some directives open a block. nginx says \`directive "…" is not terminated by ";"\`.`,
);
