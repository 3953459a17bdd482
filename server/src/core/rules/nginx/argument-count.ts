/** Flags a directive with too few or too many arguments. */
import { judgedRule } from '../judged';

export default judgedRule({
  id: 'nginx/argument-count',
  stages: ['count'],
  title: 'Too few or too many arguments',
  why: `nginx says \`invalid number of arguments in "…" directive\`. A value with blanks needs quotes; a missing \`;\` makes the next line
into arguments.`,
  references: ['https://nginx.org/en/docs/dirindex.html'],
});
