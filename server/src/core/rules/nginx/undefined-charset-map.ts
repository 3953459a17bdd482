/** Flags two charsets that nginx is to convert between without a table. */

import { directly } from '../../project/children';
import type { At, Project } from '../../project/project';
import { instancesOf, isLiteral, isWhole, spanNginxNames } from '../../project/references';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/undefined-charset-map',
  language: 'nginx',
  severity: 'error',
  title: 'No charset_map between two charsets',
  why: `Where \`source_charset\` and \`charset\` differ nginx converts, and needs a \`charset_map\` between the two, in either direction:
\`no "charset_map" between the charsets "utf-8" and "koi8-r"\`. nginx brings tables in the files \`koi-utf\`, \`koi-win\` and
\`win-utf\`, to be included in \`http\`. It has none built in.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_charset_module.html#charset_map'],
  *check(source, project) {
    const { file } = source;
    for (const name of ['charset', 'source_charset'] as const) {
      const other = name === 'charset' ? 'source_charset' : 'charset';
      for (const directive of source.named(name)) {
        const at = { file, directive };
        const block = project.parent(at);
        if (!block || !isLiteral(project, at) || !isWhole(project, file)) continue;
        const beside = directly(project, block, other);
        // Where both stand together it is said once.
        if (name === 'source_charset' && beside.length > 0) continue;
        const partner = (beside.length > 0 ? beside : project.effective(block, other))[0];
        if (!partner || !isLiteral(project, partner)) continue;
        const [to, from] = name === 'charset' ? [at, partner] : [partner, at];
        const lacking = lackingMap(project, from, to, file);
        if (!lacking || !isUsed(project, at, block)) continue;
        yield {
          span: spanNginxNames(source, directive, directive.args[0]!),
          message: `nginx has no table from ${lacking[0]} to ${lacking[1]}: it refuses to start (no "charset_map" between the charsets). Include one, or drop source_charset.`,
          related: [{ file: partner.file, span: partner.directive, message: 'The other charset is set here.' }],
        };
      }
    }
  },
});

/** The names, when both are known and nothing maps them. */
function lackingMap(project: Project, source: At, target: At, file: string): [string, string] | null {
  const from = source.directive.values[1]?.toLowerCase();
  const to = target.directive.values[1]?.toLowerCase();
  if (!from || !to || from === to || to === 'off' || from.startsWith('$') || to.startsWith('$')) return null;
  for (const instance of instancesOf(project, file)) {
    const inside = instance.inside('http');
    const maps = inside.get('charset_map') ?? [];
    const isMapped = maps.some(({ directive }) => {
      const [a, b] = directive.args.map(({ value }) => value.toLowerCase());
      return (a === from && b === to) || (a === to && b === from);
    });
    // Packaged tables need not be in view.
    const packaged = (inside.get('include') ?? []).some(({ directive }) => /koi-|win-/.test(directive.values[1] ?? ''));
    if (isMapped || packaged) return null;
  }
  return [from, to];
}

/** What stands in `http` is in force only in servers that say nothing else. */
function isUsed(project: Project, at: At, block: At): boolean {
  if (project.contextOf(at) !== 'http') return true;
  return (project.children(block.file, block.directive).get('server') ?? []).some(
    (server) =>
      directly(project, server, 'charset').length === 0 && directly(project, server, 'source_charset').length === 0,
  );
}
