/** Flags a variable of nginx's own that a directive defines anew. */
import { fixed } from '../../nginx/variables.generated';
import { defineRule } from '../rule';

const FIXED = { http: new Set(fixed.http.split(' ')), stream: new Set(fixed.stream.split(' ')) };

/** Index of the argument that names the variable; -1: the last one. */
const DEFINES: Readonly<Record<string, number>> = { set: 0, auth_request_set: 0, map: 1, split_clients: 1, geo: -1 };

export default defineRule({
  id: 'nginx/reserved-variable',
  language: 'nginx',
  severity: 'error',
  title: 'This variable is nginx’s own',
  why: `Most of nginx's own variables (\`$uri\`, \`$host\`, \`$remote_addr\`, \`$status\` …) cannot be defined anew: \`the duplicate "uri"
variable\`. A few can (\`$args\`, \`$limit_rate\`). Choose another name.`,
  references: ['https://nginx.org/en/docs/varindex.html'],
  *check(source, project) {
    for (const [name, index] of Object.entries(DEFINES)) {
      for (const directive of source.named(name)) {
        const word = directive.args.at(index);
        if (!word || word.template || !word.value.startsWith('$')) continue;
        const context = project.contextOf({ file: source.file, directive });
        if (!context || context.startsWith('mail')) continue;
        if (!FIXED[context.startsWith('stream') ? 'stream' : 'http'].has(word.value.slice(1).toLowerCase())) continue;
        // nginx names the line on which the statement ends.
        const end = directive.block?.start ?? directive.semicolon;
        const isSplit = end > word.end && source.text.slice(word.start, end).includes('\n');
        yield {
          span: isSplit ? { start: end, end: end + 1 } : word,
          message: `"${word.value}" is a variable of nginx's own and cannot be defined anew: nginx refuses to load this file. Choose another name.`,
        };
      }
    }
  },
});
