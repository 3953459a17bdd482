/** Flags a location and an alias whose slashes let a request leave the folder. */
import { locationMatch } from '../../nginx/model';
import { isPlain } from '../../project/references';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'nginx/alias-traversal',
  language: 'nginx',
  severity: 'warning',
  title: 'The alias can be left upwards',
  why: `\`alias\` replaces the part of the path that the location matched. With \`location /files\` and \`alias /srv/files/\` a request
for \`/files../secret\` becomes \`/srv/files/../secret\`: everything beside the folder can be read. Both end with a slash, or
neither does. With the slash, \`/files\` alone is no longer in the location.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#alias'],
  *check(source, project) {
    for (const alias of source.named('alias')) {
      const word = alias.args[0];
      const location = project.parent({ file: source.file, directive: alias });
      const match = location && locationMatch(location.directive);
      if (!word || word.template || !match || (match.modifier !== '' && match.modifier !== '^~')) continue;
      const { pattern } = match;
      const name = location.directive.args[location.directive.args.length - 1]!;
      if (!word.value.endsWith('/') || pattern === '' || pattern.endsWith('/') || name.template) continue;
      if (!isPlain(project, source.file)) continue;
      const parent = project.parent(location);
      const siblings = parent ? (project.children(parent.file, parent.directive).get('location') ?? []) : [];
      const taken = siblings.some(({ directive }) => {
        const other = locationMatch(directive);
        return other?.pattern === `${pattern}/` && (other.modifier === '' || other.modifier === '^~');
      });
      const end = name.quote ? name.end - 1 : name.end;
      const edit = { file: location.file, span: { start: end, end }, newText: '/' };
      yield {
        span: word,
        message: `"location ${pattern}" has no slash at its end, "alias ${word.value}" has one: a request for ${pattern}../x reads ${word.value}../x, outside the folder. Write location ${pattern}/.`,
        related: [{ file: location.file, span: name, message: 'This location has no slash at its end.' }],
        fixes: taken
          ? []
          : [mend('nginx/alias-traversal', `Keep requests inside the folder: location ${pattern}/`, [edit])],
      };
    }
  },
});
