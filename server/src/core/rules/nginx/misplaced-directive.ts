/** Flags a directive in a block where nginx does not allow it. */
import { judgedRule } from '../judged';

export default judgedRule({
  id: 'nginx/misplaced-directive',
  stages: ['misplaced'],
  title: 'This directive cannot stand here',
  why: `Every directive has its contexts. nginx says \`"…" directive is not allowed here\`. An included file is judged in the blocks that
include it; a file that nothing in view includes is judged in the block that fits most of it, and a finding is then only a
warning: say where it belongs with a comment \`# upstream-medic: context=http,server\`.`,
  references: ['https://nginx.org/en/docs/dirindex.html'],
  severityOf: ({ guessed }) => (guessed ? 'warning' : 'error'),
});
