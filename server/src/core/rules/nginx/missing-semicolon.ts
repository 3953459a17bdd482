/** Flags a simple directive whose `;` is missing. */
import { syntaxRule } from '../syntax';

export default syntaxRule(
  'missing-semicolon',
  'A ";" is missing',
  `nginx reads a simple directive up to its \`;\`, over line ends. Without it, the next line becomes parameters of the directive, and \`nginx -t\` stops there or at the end of the block. The line that nginx names is the one where it noticed; the \`;\` belongs at the end of the line before.`,
);
