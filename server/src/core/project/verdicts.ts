/** What nginx says of every directive of a file, in the contexts that the project reads it in. */
import { type Context, contextInside, isDataBlock } from '../nginx/catalogue';
import { judge, type Setting, type Verdict } from '../nginx/judge/judge';
import { checkDataLine } from '../nginx/judge/parameters';
import { checkNesting } from '../nginx/judge/parameters/location';
import { accept, acceptedBefore } from '../nginx/phrase';
import type { Directive } from '../nginx/tree';
import { kept } from '../text/kept';
import { plainSpan, type Span } from '../text/span';
import { remembered } from './children';
import { contextComment } from './fragment';
import type { At, Project } from './project';
import type { NginxSource } from './source';

export interface Judged {
  readonly directive: Directive;
  readonly verdict: Verdict;
  /** The context comes from a guess, because nothing in view includes the file and nothing says where it belongs. */
  readonly guessed: boolean;
}

/** Judged once for each snapshot, in file order. */
export const verdicts = kept((project: Project, source: NginxSource): readonly Judged[] =>
  judgeSource(project, source),
);

/** Where reading is in one of the blocks around. */
interface Place {
  items: readonly Directive[];
  next: number;
  context: Context;
  /** The context, for `acceptedBefore`. */
  bit: number;
  /** The block of data that this is. */
  data: Directive | null;
}

function judgeSource(project: Project, source: NginxSource): Judged[] {
  const found: Judged[] = [];
  const seen = new Set<Directive>();
  const { nginxVersion: version } = project.options;
  // A template's own statements may open and close blocks.
  const loose = source.tree.templates.length > 0;
  const included = project.includers(source.file).length > 0;
  const told = project.options.context !== null || contextComment(source) !== null;
  const declared = declaredDirectives(project);
  const by = judgement(version, declared);
  const add = (directive: Directive, verdict: Verdict | null, guessed: boolean): void => {
    if (!verdict || seen.has(directive) || (loose && verdict.stage === 'misplaced')) return;
    seen.add(directive);
    found.push({ directive, verdict: { ...verdict, span: onLastLine(source, directive, verdict.span) }, guessed });
  };
  const settings = new Map<Context, Setting>();
  const settingIn = (context: Context): Setting => {
    let setting = settings.get(context);
    if (!setting) {
      setting = { context, version, declared };
      settings.set(context, setting);
    }
    return setting;
  };
  const starts: { context: Context; data: Directive | null }[] = [];
  // The lines of a file that a map or a geo includes are data, and in a block of an unknown module nobody knows.
  const includers = project.includers(source.file);
  for (const { directive } of includers) {
    if (directive.parent && isDataBlock(directive.parent.called))
      starts.push({ context: 'http', data: directive.parent });
  }
  if (!included || includers.some((at) => project.contextOf(at) !== null)) {
    for (const context of project.contexts(source.file)) starts.push({ context, data: null });
  }
  for (const { context: outer, data } of starts) {
    const guessed = !included && outer !== 'main' && !told;
    // A stack of its own, because files nest as deep as they like; its places are used again and again.
    const open: Place[] = [];
    let depth = -1;
    const enter = (items: readonly Directive[], context: Context, data: Directive | null): void => {
      depth++;
      const place = open[depth];
      if (!place) {
        open.push({ items, next: 0, context, bit: BITS[context], data });
        return;
      }
      place.items = items;
      place.next = 0;
      place.context = context;
      place.bit = BITS[context];
      place.data = data;
    };
    enter(source.tree.items, outer, data);
    while (depth >= 0) {
      const top = open[depth]!;
      const directive = top.items[top.next++];
      if (!directive) {
        depth--;
        continue;
      }
      const name = directive.called;
      if (top.data) {
        const setting = { context: top.context, version, text: source.text };
        const brings = name === 'include' && directive.args.length === 1 && INCLUDING.has(top.data.called);
        const wrong = brings ? null : checkDataLine(top.data, directive, setting);
        add(directive, wrong && { stage: 'value', ...wrong }, guessed);
        continue;
      }
      const { context } = top;
      const { block, phrase } = directive;
      // Of a block of data the lines count too.
      const isData = block !== null && (phrase === null ? isDataBlock(name) : phrase.about.holdsData);
      let verdict: Verdict | null = null;
      if (isData || !acceptedBefore(directive, by, top.bit)) {
        verdict = judge(directive, settingIn(context));
        if (!verdict && !isData) accept(directive, by, top.bit);
      }
      if (!verdict && name === 'location' && context === 'location' && directive.parent === null)
        verdict = nestedByInclude(directive, includers);
      if (verdict) add(directive, verdict, guessed);
      if (!block || block.foreign || verdict) continue;
      const { items } = block;
      if (isData) enter(items, context, directive);
      const inside = contextInside(context, name);
      // What stands in a block of a third-party module is that module's business.
      if (inside) enter(items, inside, null);
    }
  }
  return found.sort((a, b) => a.directive.start - b.directive.start);
}

/** A location of an included file must fit into the location that includes it. */
function nestedByInclude(directive: Directive, includers: readonly At[]): Verdict | null {
  for (const { directive: include } of includers) {
    const wrong = include.parent?.called === 'location' ? checkNesting(directive, include.parent) : null;
    if (wrong) return { stage: 'value', ...wrong };
  }
  return null;
}

/** Blocks of data that may include files; in the others "include" is a line like any. */
const INCLUDING = new Set(['map', 'geo', 'types']);

const BITS: Readonly<Record<Context, number>> = {
  main: 1,
  events: 2,
  http: 4,
  server: 8,
  location: 16,
  upstream: 32,
  'server-if': 64,
  'location-if': 128,
  limit_except: 256,
  stream: 512,
  'stream-server': 1024,
  'stream-upstream': 2048,
  mail: 4096,
  'mail-server': 8192,
};

const judgements = new Map<string, object>();

/** One object for each way of judging, whatever snapshot asks. */
function judgement(version: string | null, declared: ReadonlySet<string>): object {
  const key = `${version} ${[...declared].join(' ')}`;
  let known = judgements.get(key);
  if (!known) {
    if (judgements.size > 100) judgements.clear();
    known = {};
    judgements.set(key, known);
  }
  return known;
}

const STOCK_MODULES =
  /(?:^|\/)ngx_(?:http_(?:geoip|image_filter|xslt_filter|perl)|mail|stream|stream_geoip)_module(?:-debug)?\.so$/;

/** Does the configuration load modules that stock nginx does not have, so that a name may be theirs? */
export function loadsForeignModules(project: Project): boolean {
  return project
    .named('load_module')
    .some(({ directive }) => directive.args[0] !== undefined && !STOCK_MODULES.test(directive.args[0].value));
}

const declaredBy = new WeakMap<Project, ReadonlySet<string>>();

/** Bounded, so that a comment of any length is read in linear time. */
const DECLARATION = /^#[ \t]{0,20}upstream-medic:[ \t]{0,20}directives=([\w,.-]{1,2000})/;

/** Directives that the settings name, or a comment near the top of any file: `# upstream-medic: directives=shop_window,shop_door`. */
function declaredDirectives(project: Project): ReadonlySet<string> {
  let known = declaredBy.get(project);
  if (!known) {
    const { rest, nginxSources } = project;
    const others = remembered(rest, 'declared directives', () =>
      declarationsIn(nginxSources.filter(({ file }) => file !== rest.file)),
    );
    const edited = rest.file === null ? null : project.nginx(rest.file);
    const names = new Set([...project.options.directives, ...others, ...declarationsIn(edited ? [edited] : [])]);
    known = names;
    declaredBy.set(project, known);
  }
  return known;
}

function declarationsIn(sources: readonly NginxSource[]): Set<string> {
  const names = new Set<string>();
  for (const { text, tree } of sources) {
    for (const { start, end } of tree.comments.slice(0, 50)) {
      const match = DECLARATION.exec(text.slice(start, Math.min(end, start + 2100)));
      for (const name of match?.[1]?.split(',') ?? []) names.add(name);
    }
  }
  return names;
}

/** nginx names the line on which a statement ends: where the word stands further up, the mark goes to what ends it. */
function onLastLine({ text }: NginxSource, { block, semicolon }: Directive, span: Span): Span {
  const end = block?.start ?? semicolon;
  return end > span.end && text.slice(span.start, end).includes('\n') ? { start: end, end: end + 1 } : plainSpan(span);
}
