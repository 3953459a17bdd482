/** Flags a directive that most likely swallowed the next line. */
import { syntaxRule } from '../syntax';

export default syntaxRule(
  'likely-missing-semicolon',
  'A ";" seems to be missing',
  `Directives such as \`server_name\` and \`index\` take any words, so nginx accepts it when the next line is read as more of them. The swallowed directive then has no effect, and nothing says so.`,
  'warning',
);
