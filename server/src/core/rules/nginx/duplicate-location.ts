/** Flags a second location of the same path. */
import { locationMatch } from '../../nginx/model';
import { byText } from '../../nginx/phrase';
import { type Directive, includesFiles } from '../../nginx/tree';
import { directly } from '../../project/children';
import type { At, Project } from '../../project/project';
import { blocksAround, type Clash, isPlain, sameKey, spanNginxNames } from '../../project/references';
import type { NginxSource } from '../../project/source';
import { kept } from '../../text/kept';
import { defineRule, type Report } from '../rule';

export default defineRule({
  id: 'nginx/duplicate-location',
  language: 'nginx',
  severity: 'error',
  title: 'Two locations of one path',
  why: `Of the locations of a \`server\` (or of an outer \`location\`) each path may stand once as a prefix and once with \`=\`:
nginx refuses to start with \`duplicate location "/api"\`. \`location /api\` and \`location ^~ /api\` are the same prefix. Regular
expressions are tried in the order of the file, so a second one of the same text is accepted, and never reached.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#location'],
  *check(source, project) {
    if (source.named('location').length === 0 || !isPlain(project, source.file)) return;
    const seen = new Set<Directive>();
    for (const { file, directive } of blocksAround(project, source.file)) {
      const all = directive
        ? repeated(project, { file, directive })
        : find(project, project.children(file, null).get('location') ?? []);
      for (const clash of all) {
        if (clash.again.file !== source.file || clash.again.directive.parent || seen.has(clash.again.directive))
          continue;
        seen.add(clash.again.directive);
        yield report(source, clash);
      }
    }
    const blocks = new Set([...(source.repeats.get('location') ?? []), ...source.includes.map(({ parent }) => parent)]);
    for (const directive of blocks) {
      if (!directive || (directive.called !== 'server' && directive.called !== 'location')) continue;
      for (const clash of repeated(project, { file: source.file, directive })) {
        if (clash.again.directive.parent === directive) yield report(source, clash);
      }
    }
  },
});

function repeated(project: Project, block: At): readonly Clash[] {
  return repeatedIn(project, block.directive, block);
}

const repeatedIn = kept((project: Project, directive: Directive, block: At): readonly Clash[] => {
  const isSearched = isPlain(project, block.file) && (includesFiles(directive) || isPossible(directive));
  return isSearched ? find(project, directly(project, block, 'location')) : NONE;
});

function find(project: Project, locations: readonly At[]): readonly Clash[] {
  return [...sameKey(project, locations, ({ directive }) => pathOf(directive))];
}

const NONE: readonly Clash[] = [];

/** Of a block without includes: most have a few locations, and comparing each with each needs no table. */
function isPossible({ block }: Directive): boolean {
  const paths: string[] = [];
  for (const item of block?.items ?? []) {
    const path = item.called === 'location' ? pathOf(item) : null;
    if (path === null) continue;
    if (paths.length > 12 || paths.includes(path)) return true;
    paths.push(path);
  }
  return false;
}

/** What nginx compares of a location; null where it does not (ngx_http_join_exact_locations). */
const pathOf = byText((directive) => {
  const match = directive.block ? locationMatch(directive) : null;
  // Regular expressions and named locations are not compared.
  if (!match || match.modifier === '~' || match.modifier === '~*' || match.modifier === '@') return null;
  if (match.pattern.startsWith('@') || /[$]\{/.test(match.pattern)) return null;
  return `${match.modifier === '=' ? '=' : ''} ${match.pattern}`;
});

function report(source: NginxSource, { first, again }: Clash): Report {
  const [from, to] = [again.directive.args[0]!, again.directive.args[again.directive.args.length - 1]!];
  const { modifier, pattern } = locationMatch(again.directive)!;
  const written = source.text.slice(from.start, to.end);
  return {
    span: spanNginxNames(source, again.directive, { start: from.start, end: to.end }),
    message: `There is a location for ${modifier === '=' ? 'exactly ' : ''}"${pattern}" in this ${again.directive.parent?.called ?? 'block'} already: nginx refuses to start (duplicate location "${pattern}"). Merge "${written}" with it or remove one.`,
    related: [{ file: first.file, span: first.directive.name, message: 'The first one is here.' }],
  };
}
