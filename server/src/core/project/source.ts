/** One file of a project, parsed once for each text it has. */
import { parse as parseNginx } from '../nginx/parser';
import { hasDollar } from '../nginx/phrase';
import { type Directive, directiveAt, type NginxTree } from '../nginx/tree';
import { parse as parseFpm } from '../php-fpm/parser';
import type { FpmTree } from '../php-fpm/tree';
import { type LineMap, lineMap } from '../text/line-map';
import { byName } from './children';
import { type Compose, readCompose, type YamlLibrary } from './compose';
import { type Dockerfile, readDockerfile } from './dockerfile';
import { readDump } from './dump';
import { readUnit, type UnitFile } from './systemd';

interface Parsed {
  readonly file: string;
  readonly text: string;
  readonly lines: LineMap;
}

export interface NginxSource extends Parsed {
  readonly kind: 'nginx';
  readonly tree: NginxTree;
  /** What of `text` is this file's: all of it, but for a file that a dump holds. For a look at what it mentions, not for places. */
  readonly own: string;
  /** Where the file starts in `text`: not at 0 only for one that a dump holds, whose `text` is the dump's. */
  readonly start: number;
  /** The files that a dump of `nginx -T` holds, one list for each run of nginx; the tree of a dump itself is empty. */
  readonly held: readonly (readonly NginxSource[])[];
  /** The end of the dump that holds this file is lost. */
  readonly cut: boolean;
  /** Every `include` with a literal argument, in file order, outside Lua. */
  readonly includes: readonly Directive[];
  /** The directives at the top of the file, by name. */
  readonly top: ReadonlyMap<string, readonly Directive[]>;
  /** Every directive by name, wherever it stands in the file, in file order. */
  named(name: string): readonly Directive[];
  /** The names of all directives. */
  readonly names: ReadonlySet<string>;
  /** The directives with a `$` in some word, in file order. */
  readonly withDollar: readonly Directive[];
  /** By name, the blocks (null: the top of the file) that hold several directives of that name. `alias` counts as `root`. */
  readonly repeats: ReadonlyMap<string, readonly (Directive | null)[]>;
}

export interface FpmSource extends Parsed {
  readonly kind: 'php-fpm';
  readonly tree: FpmTree;
}

export type Source = NginxSource | FpmSource;

export interface UnitSource extends Parsed {
  readonly kind: 'systemd';
  readonly unit: UnitFile;
}

export interface ComposeSource extends Parsed {
  readonly kind: 'compose';
  readonly compose: Compose;
}

export interface DockerfileSource extends Parsed {
  readonly kind: 'dockerfile';
  readonly dockerfile: Dockerfile;
}

/** A file that is never judged itself, but tells where nginx and its backends run and how they listen. */
export type Neighbour = UnitSource | ComposeSource | DockerfileSource;

/** `yaml`: the library, for a Compose file. */
export function neighbour(kind: Neighbour['kind'], file: string, text: string, yaml: YamlLibrary | null): Neighbour {
  const parsed = { file, text, lines: lazyLines(text) };
  if (kind === 'systemd') return { kind, ...parsed, unit: readUnit(text) };
  if (kind === 'dockerfile') return { kind, ...parsed, dockerfile: readDockerfile(text) };
  return { kind, ...parsed, compose: readCompose(text, yaml) };
}

export function source(kind: Source['kind'], file: string, text: string): Source {
  return kind === 'nginx' ? nginxSource(file, text) : fpmSource(file, text);
}

function nginxSource(file: string, text: string): NginxSource {
  return dumpSource(file, text) ?? treeSource({ file, text, lines: lazyLines(text) }, parseNginx(text));
}

interface Place {
  readonly start?: number;
  readonly held?: NginxSource['held'];
  readonly cut?: boolean;
}

function treeSource(parsed: Parsed, tree: NginxTree, { start = 0, held = [], cut = false }: Place = {}): NginxSource {
  let index: Index | null = null;
  const indexed = (): Index => {
    index ??= indexOf(tree);
    return index;
  };
  const named = (name: string): readonly Directive[] => indexed().named.get(name)?.all ?? NONE;
  let includes: readonly Directive[] | null = null;
  let top: NginxSource['top'] | null = null;
  return {
    kind: 'nginx',
    ...parsed,
    tree,
    own: start === 0 ? parsed.text : tree.text.slice(start),
    start,
    held,
    cut,
    named,
    get top() {
      top ??= byName(tree.items);
      return top;
    },
    get names() {
      return indexed().names;
    },
    get repeats() {
      return indexed().repeats;
    },
    get withDollar() {
      return indexed().withDollar;
    },
    get includes() {
      includes ??= named('include').filter(({ args }) => args.length === 1 && !args[0]!.template);
      return includes;
    },
  };
}

const NONE: readonly Directive[] = [];

interface Index {
  readonly named: ReadonlyMap<string, Named>;
  readonly names: NginxSource['names'];
  readonly repeats: NginxSource['repeats'];
  readonly withDollar: NginxSource['withDollar'];
}

interface Named {
  readonly name: string;
  readonly all: Directive[];
  /** Number of the block in which the name was seen last. */
  block: number;
}

/** One way through the file, for all who ask. */
function indexOf(tree: NginxTree): Index {
  const named = new Map<string, Named>();
  const repeats = new Map<string, (Directive | null)[]>();
  const withDollar: Directive[] = [];
  const entry = (name: string): Named => {
    const found = { name, all: [], block: 0 };
    named.set(name, found);
    return found;
  };
  const lists: (readonly Directive[])[] = [];
  const next: number[] = [];
  /** What is said of the names of those, at the same places. */
  const entries: Named[][] = [];
  let depth = -1;
  let blocks = 0;
  const enter = (block: Directive | null, items: readonly Directive[]): void => {
    depth++;
    blocks++;
    lists[depth] = items;
    next[depth] = 0;
    entries[depth] ??= [];
    const own = entries[depth]!;
    for (let i = 0; i < items.length; i++) {
      const { called } = items[i]!;
      const found = named.get(called) ?? entry(called);
      own[i] = found;
      const counted = called === 'alias' ? (named.get('root') ?? entry('root')) : found;
      if (counted.block === blocks) {
        const known = repeats.get(counted.name);
        if (!known) repeats.set(counted.name, [block]);
        else if (known[known.length - 1] !== block) known.push(block);
      }
      counted.block = blocks;
    }
  };
  // walk(), but for its generator and its frames: this is run over every file after every keystroke.
  enter(null, tree.items);
  while (depth >= 0) {
    const at = next[depth]!++;
    const directive = lists[depth]![at];
    if (!directive) {
      depth--;
      continue;
    }
    entries[depth]![at]!.all.push(directive);
    const { phrase } = directive;
    if (phrase === null ? hasDollar(directive) : phrase.dollar) withDollar.push(directive);
    const items = directive.block?.items;
    if (items && items.length > 0) enter(directive, items);
  }
  if (named.get('root')?.all.length === 0) named.delete('root');
  return { named, names: new Set(named.keys()), repeats, withDollar };
}

/** Null for a file that is no dump. */
function dumpSource(file: string, raw: string): NginxSource | null {
  const dump = readDump(raw, file);
  if (!dump) return null;
  const { text, cut } = dump;
  const lines = lazyLines(text);
  const held = dump.runs.map((run, i) =>
    run.map(({ name, start, end }, j) => {
      const isLast = i === dump.runs.length - 1 && j === run.length - 1;
      const tree = parseNginx(text.slice(0, end), start);
      const whole = cut && isLast ? withoutCutEnd(tree, start) : tree;
      return treeSource({ file: name, text, lines }, whole, { start, cut });
    }),
  );
  const isDoubtful = dump.startsInside || held.some((run) => run.slice(0, -1).some(({ tree }) => isOpen(tree)));
  if (isDoubtful && isOneFile(raw, held.flat())) return null;
  return treeSource({ file, text: raw, lines }, { ...parseNginx(''), text: raw }, { held, cut });
}

/** A file made of a dump by hand: what was held stands where it is included. */
function isOneFile(raw: string, held: readonly NginxSource[]): boolean {
  const tree = parseNginx(raw);
  return tree.problems.length === 0 && held.some(({ start }) => directiveAt(tree, start - 1) !== null);
}

function isOpen(tree: NginxTree): boolean {
  return tree.problems.some(({ code }) => code === 'unclosed-block');
}

/** Blocks that are worth reading without their end. */
const LARGE = new Set(['http', 'stream', 'mail']);

/** Leaves out what the cut goes through, so that nobody misses what stood behind it. */
function withoutCutEnd(tree: NginxTree, start: number): NginxTree {
  let last = tree.items[tree.items.length - 1];
  while (last?.block && !last.block.closed && LARGE.has(last.called) && last.block.items.length > 0) {
    last = last.block.items[last.block.items.length - 1];
  }
  if (!last) return tree;
  const isWhole = last.block ? last.block.closed || LARGE.has(last.called) : last.semicolon >= 0;
  if (isWhole && !isOpen(tree)) return tree;
  const end = isWhole ? last.end : last.start;
  const shorter = parseNginx(tree.text.slice(0, end), start);
  return { ...shorter, problems: shorter.problems.filter(({ code }) => code !== 'unclosed-block') };
}

function fpmSource(file: string, text: string): FpmSource {
  return { kind: 'php-fpm', file, text, tree: parseFpm(text), lines: lazyLines(text) };
}

/** Most files of a project are never shown, so their lines are counted only when someone asks. */
function lazyLines(text: string): LineMap {
  let lines: LineMap | null = null;
  const get = (): LineMap => {
    lines ??= lineMap(text);
    return lines;
  };
  return {
    get lineCount() {
      return get().lineCount;
    },
    lineStart: (line) => get().lineStart(line),
    lineEnd: (line) => get().lineEnd(line),
    position: (offset) => get().position(offset),
    offset: (position) => get().offset(position),
    range: (span) => get().range(span),
  };
}
