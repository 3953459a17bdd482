/** What nginx says of every directive of a file, in the contexts that the project reads it in. */
import { type Context, contextInside, isDataBlock } from '../nginx/catalogue';
import { judge, type Verdict } from '../nginx/judge/judge';
import { checkDataLine } from '../nginx/judge/parameters';
import type { Directive } from '../nginx/tree';
import { plainSpan, type Span } from '../text/span';
import { contextComment } from './fragment';
import type { Project } from './project';
import type { NginxSource } from './source';

export interface Judged {
  readonly directive: Directive;
  readonly verdict: Verdict;
  /** The context comes from a guess, because nothing in view includes the file and nothing says where it belongs. */
  readonly guessed: boolean;
}

const bySource = new WeakMap<Project, Map<NginxSource, readonly Judged[]>>();

/** Judged once for each snapshot, in file order. */
export function verdicts(project: Project, source: NginxSource): readonly Judged[] {
  let known = bySource.get(project);
  if (!known) {
    known = new Map();
    bySource.set(project, known);
  }
  let found = known.get(source);
  if (!found) {
    found = judgeSource(project, source);
    known.set(source, found);
  }
  return found;
}

function judgeSource(project: Project, source: NginxSource): Judged[] {
  const found: Judged[] = [];
  const seen = new Set<Directive>();
  const { nginxVersion: version } = project.options;
  // A dump of "nginx -T" holds many files, each with contexts of its own.
  if (isDump(source)) return found;
  // A template's own statements may open and close blocks.
  const loose = source.tree.templates.length > 0;
  const included = project.includers(source.file).length > 0;
  const told = project.options.context !== null || contextComment(source) !== null;
  const declared = declaredDirectives(project);
  const add = (directive: Directive, verdict: Verdict | null, guessed: boolean): void => {
    if (!verdict || seen.has(directive) || (loose && verdict.stage === 'misplaced')) return;
    seen.add(directive);
    found.push({ directive, verdict: { ...verdict, span: onLastLine(source, directive, verdict.span) }, guessed });
  };
  const starts: { context: Context; data: Directive | null }[] = [];
  // The lines of a file that a map or a geo includes are data, and in a block of an unknown module nobody knows.
  const includers = project.includers(source.file);
  for (const { directive } of includers) {
    if (directive.parent && isDataBlock(directive.parent.name.value))
      starts.push({ context: 'http', data: directive.parent });
  }
  if (!included || includers.some((at) => project.contextOf(at) !== null)) {
    for (const context of project.contexts(source.file)) starts.push({ context, data: null });
  }
  for (const { context: outer, data } of starts) {
    const guessed = !included && outer !== 'main' && !told;
    // A stack of its own: files nest as deep as they like.
    const open: { items: readonly Directive[]; next: number; context: Context; data: Directive | null }[] = [
      { items: source.tree.items, next: 0, context: outer, data },
    ];
    for (let top = open[0]; top; top = open[open.length - 1]) {
      const directive = top.items[top.next++];
      if (!directive) {
        open.pop();
        continue;
      }
      const name = directive.name.value;
      if (top.data) {
        const setting = { context: top.context, version, text: source.text };
        const wrong = name === 'include' ? null : checkDataLine(top.data, directive, setting);
        add(directive, wrong && { stage: 'value', ...wrong }, guessed);
        continue;
      }
      const verdict = judge(directive, { context: top.context, version, declared });
      add(directive, verdict, guessed);
      if (!directive.block || directive.block.foreign || verdict) continue;
      const { items } = directive.block;
      if (isDataBlock(name)) open.push({ items, next: 0, context: top.context, data: directive });
      const inside = contextInside(top.context, name);
      // What stands in a block of a third-party module is that module's business.
      if (inside) open.push({ items, next: 0, context: inside, data: null });
    }
  }
  return found.sort((a, b) => a.directive.start - b.directive.start);
}

const STOCK_MODULES =
  /(?:^|\/)ngx_(?:http_(?:geoip|image_filter|xslt_filter|perl)|mail|stream|stream_geoip)_module(?:-debug)?\.so$/;

/** Does the configuration load modules that stock nginx does not have, so that a name may be theirs? */
export function loadsForeignModules(project: Project): boolean {
  return project
    .named('load_module')
    .some(({ directive }) => directive.args[0] !== undefined && !STOCK_MODULES.test(directive.args[0].value));
}

/** The output of `nginx -T`: every file of a configuration one after the other, each under a comment with its name. */
function isDump({ text }: NginxSource): boolean {
  return /^# configuration file \S{1,400}:$/m.test(text.slice(0, 4096));
}

const declaredBy = new WeakMap<Project, ReadonlySet<string>>();

/** Bounded, so that a comment of any length is read in linear time. */
const DECLARATION = /^#[ \t]{0,20}upstream-medic:[ \t]{0,20}directives=([\w,.-]{1,2000})/;

/** Directives that the settings name, or a comment near the top of any file: `# upstream-medic: directives=shop_window,shop_door`. */
function declaredDirectives(project: Project): ReadonlySet<string> {
  let known = declaredBy.get(project);
  if (!known) {
    const names = new Set(project.options.directives);
    for (const { text, tree } of project.nginxSources) {
      for (const { start, end } of tree.comments.slice(0, 50)) {
        const match = DECLARATION.exec(text.slice(start, Math.min(end, start + 2100)));
        for (const name of match?.[1]?.split(',') ?? []) names.add(name);
      }
    }
    known = names;
    declaredBy.set(project, known);
  }
  return known;
}

/** nginx names the line on which a statement ends: where the word stands further up, the mark goes to what ends it. */
function onLastLine({ text }: NginxSource, { block, semicolon }: Directive, span: Span): Span {
  const end = block?.start ?? semicolon;
  return end > span.end && text.slice(span.start, end).includes('\n') ? { start: end, end: end + 1 } : plainSpan(span);
}
