/** Flags a `;`, `{` or other character where nginx expects something else. */
import { syntaxRule } from '../syntax';

export default syntaxRule(
  'unexpected-token',
  'Unexpected character',
  `nginx needs a directive name before \`;\` and \`{\`, and a space, \`;\` or \`{\` behind a closing quote. In \`map\`, \`geo\`, \`types\`, \`split_clients\` and \`charset_map\` there are no blocks.`,
);
