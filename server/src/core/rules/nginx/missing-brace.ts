/** Flags a block directive without its `{`. */
import { syntaxRule } from '../syntax';

export default syntaxRule(
  'missing-brace',
  'A "{" is missing',
  `\`server\`, \`location\`, \`upstream\` and the like open a block. nginx says \`directive "…" has no opening "{"\`.`,
);
