/** Flags a value that a map maps twice. */
import type { At } from '../../project/project';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'nginx/duplicate-map-key',
  language: 'nginx',
  severity: 'error',
  title: 'A map has this value twice',
  why: `Each value may stand once in a \`map\`, whatever its case: \`conflicting parameter "…"\`. \`default\` may stand once as well. Regular
expressions are tried in order and may repeat.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_map_module.html'],
  *check(source, project) {
    for (const directive of source.named('map')) {
      if (!directive.block || directive.block.templated) continue;
      const seen = new Map<string, At>();
      const hostnames = directive.block.items.find(({ called, args }) => called === 'hostnames' && args.length === 0);
      for (const [name, lines] of project.children(source.file, directive)) {
        if (
          name === 'include' ||
          name === 'hostnames' ||
          name === 'volatile' ||
          name.startsWith('~') ||
          name.includes('{{')
        )
          continue;
        for (const at of lines) {
          if (at.directive.args.length !== 1) continue;
          // "\\default" is the word, not the parameter.
          const key = name === 'default' ? 'default parameter' : name.replace(/^\\\\/, '').toLowerCase();
          const isHost = hostnames !== undefined && at.directive.start > hostnames.start && key.startsWith('.');
          // ".example.com" is both, the name and all below it.
          const keys = isHost ? [key.slice(1), `*${key}`] : [key];
          const first = keys.map((each) => seen.get(each)).find((each) => each);
          if (!first) for (const each of keys) seen.set(each, at);
          else if (at.file === source.file) {
            const edit = { file: at.file, span: { start: at.directive.start, end: at.directive.end }, newText: '' };
            yield {
              span: at.directive.name,
              message: `"${name.slice(0, 60)}" is in this map already: nginx refuses to load this file. Each value may stand once.`,
              related: [{ file: first.file, span: first.directive, message: 'The first one.' }],
              fixes: [mend('nginx/duplicate-map-key', `Remove this line of the map`, [edit])],
            };
          }
        }
      }
    }
  },
});
