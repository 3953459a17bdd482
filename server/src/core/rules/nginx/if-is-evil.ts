/** Points out directives that do not do what they seem to inside an `if` of a location. */
import { isPass } from '../../nginx/model';
import { isPlain } from '../../project/references';
import { defineRule } from '../rule';

/** Known to go wrong beside other directives of the location: they replace or forget its content handler. */
const SURPRISING = new Set(['try_files', 'alias', 'add_header', 'root', 'index', 'expires']);

export default defineRule({
  id: 'nginx/if-is-evil',
  language: 'nginx',
  severity: 'hint',
  title: 'This does not work inside "if" as it reads',
  why: `An \`if\` in a location is a location of its own that takes the request over as a whole. Of several that hold, only the
last one counts; \`try_files\` of the location is forgotten as soon as one holds, headers of the location are lost. Only \`return\`,
\`rewrite\`, \`set\` and \`break\` do what they say. A \`map\` and a variable do the rest. A pass inside \`if\` works, as long as it has
no path.`,
  references: ['https://www.nginx.com/resources/wiki/start/topics/depth/ifisevil/'],
  *check(source, project) {
    for (const condition of source.named('if')) {
      const location = project.parent({ file: source.file, directive: condition });
      if (location?.directive.called !== 'location' || !condition.block || !isPlain(project, source.file)) continue;
      const beside = project.children(location.file, location.directive);
      const lost = beside.get('try_files')?.[0];
      const { items } = condition.block;
      // A request that goes elsewhere, or to a pass of its own, misses nothing.
      if (items.some(({ called }) => called === 'return' || called === 'rewrite' || isPass(called))) continue;
      const odd = lost ? condition : items.find(({ called }) => SURPRISING.has(called));
      if (!odd) continue;
      yield {
        span: odd.name,
        message: lost
          ? `Where this "if" holds, the location's try_files is forgotten: requests for missing files get 404. Set a variable here or in a map, and use it outside.`
          : `"${odd.called}" inside "if": where several conditions hold only the last one counts, and what the location sets of the kind is lost. Set a variable here or in a map, and use it outside.`,
        related: lost
          ? [{ file: lost.file, span: lost.directive, message: 'This is forgotten where the condition holds.' }]
          : [],
      };
    }
  },
});
