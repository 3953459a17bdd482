/** Flags a directive that its block sets already. */

import { type Context, contextInside, isDataBlock, signatures } from '../../nginx/catalogue';
import type { Directive } from '../../nginx/tree';
import type { At, Project } from '../../project/project';
import { blocksAround, isLiteral, isPlain, spanNginxNames } from '../../project/references';
import type { NginxSource } from '../../project/source';
import { defineRule, mend, type Report } from '../rule';

interface Repeated {
  readonly first: At;
  readonly again: At;
}

export default defineRule({
  id: 'nginx/duplicate-directive',
  language: 'nginx',
  severity: 'error',
  title: 'Directive is set twice in one block',
  why: `Most directives may stand once in a block: nginx does not take the second value, it refuses to start:
\`"root" directive is duplicate\`. Included files count as if they were written in the block, so a second one often comes out
of a snippet. An inner block (\`server\`, \`location\`, \`if\`) may set its own value. \`root\` and \`alias\` exclude each other.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html'],
  *check(source, project) {
    if (!isPlain(project, source.file)) return;
    const seen = new Set<Directive>();
    for (const block of blocksAround(project, source.file)) {
      for (const each of repeatedIn(project, block.file, block.directive)) {
        if (each.again.file !== source.file || each.again.directive.parent || seen.has(each.again.directive)) continue;
        seen.add(each.again.directive);
        yield report(source, each);
      }
    }
    for (const block of suspects(source)) {
      for (const each of repeatedIn(project, source.file, block)) {
        if (each.again.file === source.file && each.again.directive.parent === block) yield report(source, each);
      }
    }
  },
});

/** Blocks that hold a name twice which nginx takes once, or that bring in other files, in file order. */
function suspects(source: NginxSource): Directive[] {
  const found = new Set<Directive>();
  for (const [name, blocks] of source.repeats) {
    if (!signatures(name).some(({ once }) => once)) continue;
    for (const block of blocks) if (block) found.add(block);
  }
  for (const { parent } of source.includes) if (parent) found.add(parent);
  return [...found].sort((a, b) => a.start - b.start);
}

const NONE: readonly Repeated[] = [];
const known = new WeakMap<Project, Map<Directive | string, readonly Repeated[]>>();

/** What is set twice directly in a block (null: at the top of `file`), includes expanded. */
function repeatedIn(project: Project, file: string, block: Directive | null): readonly Repeated[] {
  let cache = known.get(project);
  if (!cache) {
    cache = new Map();
    known.set(project, cache);
  }
  let found = cache.get(block ?? file);
  if (!found) {
    found = findRepeated(project, file, block);
    cache.set(block ?? file, found);
  }
  return found;
}

function findRepeated(project: Project, file: string, block: Directive | null): readonly Repeated[] {
  if (!isPlain(project, file) || (block && isDataBlock(block.called))) return NONE;
  const children = project.children(file, block);
  if ([...(children.get('include') ?? [])].some((at) => !isLiteral(project, at))) return NONE;
  const found: Repeated[] = [];
  let context: Context | null | undefined;
  for (const name of children.names()) {
    if (!signatures(name).some(({ once }) => once)) continue;
    const all = children.get(name)!;
    const rivals = name === 'root' || name === 'alias' ? (children.get(name === 'root' ? 'alias' : 'root') ?? []) : [];
    if (all.length < 2 && rivals.length === 0) continue;
    context ??= insideOf(project, file, block);
    if (!context || !mayStandOnce(name, context, isGuess(project, file, block))) continue;
    const earlier: At[] = [];
    for (const again of all) {
      if (!isLiteral(project, again)) continue;
      const first = earlier.find((at) => excludes(name, at.directive, again.directive));
      if (first) found.push({ first, again });
      // Of the directives that nginx never refuses for their number alone, thousands may follow each other.
      if (earlier.length < 200) earlier.push(again);
    }
    if (name === 'alias' && rivals.length > 0 && all.length > 0) {
      // Which of the two comes second is plain only within one file.
      const [alias, root] = [all[0]!, rivals[0]!];
      if (alias.file === root.file && isLiteral(project, alias) && isLiteral(project, root)) {
        const aliasFirst = alias.directive.start < root.directive.start;
        found.push(aliasFirst ? { first: alias, again: root } : { first: root, again: alias });
      }
    }
  }
  return found;
}

function insideOf(project: Project, file: string, block: Directive | null): Context | null {
  if (!block) return project.contexts(file)[0]!;
  const context = project.contextOf({ file, directive: block });
  return context && contextInside(context, block.called);
}

/** Nothing in view says where the file is read: its context is what fits best. */
function isGuess(project: Project, file: string, block: Directive | null): boolean {
  return !block && project.contexts(file)[0] !== 'main';
}

function mayStandOnce(name: string, context: Context, guess: boolean): boolean {
  const all = signatures(name);
  const here = guess ? all : all.filter(({ contexts }) => contexts.includes(context));
  return here.length > 0 && here.every(({ once }) => once);
}

/** Does nginx refuse `again` because of `first`, a directive of the same name? */
function excludes(name: string, first: Directive, again: Directive): boolean {
  switch (name) {
    case 'limit_conn':
      return first.values[1] === again.values[1];
    case 'limit_req':
      return zone(first) !== undefined && zone(first) === zone(again);
    // nginx takes a priority of 0 for one that is not set.
    case 'worker_priority':
      return Number(first.values[1]) !== 0;
    case 'mirror':
    case 'proxy_redirect':
    case 'proxy_cookie_domain':
    case 'proxy_cookie_flags':
    case 'proxy_cookie_path':
      return isOff(first) || isOff(again);
    default:
      return true;
  }
}

function isOff({ args }: Directive): boolean {
  return args.length === 1 && args[0]!.value === 'off';
}

function zone({ args }: Directive): string | undefined {
  // Of several the last one counts.
  return args.findLast(({ value }) => value.startsWith('zone='))?.value;
}

function report(source: NginxSource, { first, again }: Repeated): Report {
  const { name } = again.directive;
  const other = first.directive.called;
  const where = again.directive.parent ? `this ${again.directive.parent.called} block` : 'the block it stands in';
  const set =
    other === name.value
      ? `"${name.value}" is set in ${where} already`
      : `"${name.value}" cannot stand beside "${other}", which ${where} has already`;
  const same =
    first !== again &&
    first.directive.args.length === again.directive.args.length &&
    !again.directive.block &&
    other === name.value &&
    first.directive.args.every(({ value }, i) => value === again.directive.args[i]!.value);
  return {
    span: spanNginxNames(source, again.directive, name),
    message: `${set}: nginx refuses to start ("${name.value}" directive is duplicate). Keep one of the two.`,
    related: [
      {
        file: first.file,
        span: first.directive.name,
        message: first.file === source.file ? 'It is set here first.' : 'It is set here first, in another file.',
      },
    ],
    fixes: same
      ? [
          mend('nginx/duplicate-directive', `Remove the second "${name.value}", which says the same`, [
            { file: source.file, span: lineOf(source.text, again.directive), newText: '' },
          ]),
        ]
      : [],
  };
}

/** The directive, with the line it stands on where it stands alone there. */
function lineOf(text: string, { start, end }: Directive): { start: number; end: number } {
  let from = start;
  while (from > 0 && (text[from - 1] === ' ' || text[from - 1] === '\t')) from--;
  const alone = from === 0 || text[from - 1] === '\n';
  const rest = /[ \t]*\r?\n/y;
  rest.lastIndex = end;
  const after = rest.exec(text);
  return alone && after ? { start: from, end: rest.lastIndex } : { start, end };
}
