/** Points out a target that is empty for every value that a `map` does not name. */
import { passesOf } from '../../project/links';
import type { At, Project } from '../../project/project';
import { isPlain, isWhole } from '../../project/references';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/empty-target',
  language: 'nginx',
  severity: 'information',
  title: 'For other values the target is empty',
  why: `A \`map\` without \`default\` gives an empty string to what it does not name. As the target of a pass that is
\`invalid URL prefix in ""\` or \`no host in upstream\`, and the client gets **500** for a host or path that nobody thought of. Name a
\`default\`: a group that answers, or one with a 404.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_map_module.html#map'],
  *check(source, project) {
    for (const pass of passesOf(project, source, 'dynamic')) {
      const word = pass.at.directive.args[0]!;
      const [, name] = /^(?:\w+:\/\/)?\$(?:\{(\w+)\}|\w+)$/.exec(word.value) ? /\$\{?(\w+)/.exec(word.value)! : [];
      if (!name || word.template || !isWhole(project, source.file)) continue;
      const map = mapsOf(project).get(`$${name.toLowerCase()}`);
      if (!map?.directive.block || !isPlain(project, map.file)) continue;
      const { items } = map.directive.block;
      // An expression, or names with wildcards, may be meant to catch the rest.
      const isPlainKey = ({ value }: { value: string }): boolean =>
        !/^(?:~|\*|\.|default$|include$|hostnames$)/.test(value);
      if (items.length === 0 || !items.every((item) => isPlainKey(item.name))) continue;
      yield {
        span: word,
        message: `The map of $${name} has no default: for any ${map.directive.values[1]} that it does not name the target is empty, and the client gets 500. Add a default.`,
        related: [{ file: map.file, span: map.directive.name, message: 'The map.' }],
      };
    }
  },
});

const known = new WeakMap<Project, ReadonlyMap<string, At | null>>();

/** By variable, the one `map` that makes it; null where several do, or a `set`. */
function mapsOf(project: Project): ReadonlyMap<string, At | null> {
  let maps = known.get(project);
  if (!maps) {
    const found = new Map<string, At | null>();
    for (const at of project.named('map')) {
      const name = at.directive.values[2]?.toLowerCase() ?? '';
      found.set(name, found.has(name) ? null : at);
    }
    for (const { directive } of project.named('set')) {
      const name = directive.values[1]?.toLowerCase() ?? '';
      if (found.has(name)) found.set(name, null);
    }
    maps = found;
    known.set(project, maps);
  }
  return maps;
}
