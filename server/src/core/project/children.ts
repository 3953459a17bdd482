/** What stands directly in a block, with what its includes bring in. */
import type { Directive } from '../nginx/tree';
import type { At, Project } from './project';
import type { NginxSource } from './source';

/** Directives by name, those of one name in the order nginx reads them; undefined for a name that none has. */
export interface Children extends Iterable<readonly [string, readonly At[]]> {
  get(name: string): readonly At[] | undefined;
  has(name: string): boolean;
  names(): Iterable<string>;
  /** What `get` gives, in pieces: those that come from other files than the edited one are the same objects after each edit. */
  parts(name: string): readonly (readonly At[])[];
}

/** Where the texts behind includes are found. */
export interface Reader {
  nginx(file: string): NginxSource | null;
  /** The files that an `include` in `file` brings in, in order. */
  included(file: string, include: Directive): readonly string[];
  readonly rest: Rest;
}

/** All files but the one that is being edited; the same object in all snapshots in which these have the same texts. */
export interface Rest {
  readonly file: string | null;
  /** What is known of them, by question. */
  readonly known: Map<unknown, unknown>;
}

/** `find`, whose answer must depend on nothing but the files of `rest`, asked once. */
export function remembered<T>(rest: Rest, question: unknown, find: () => T): T {
  if (!rest.known.has(question)) rest.known.set(question, find());
  return rest.known.get(question) as T;
}

/** Up to so many directives are looked through faster than they are sorted by name. */
const FEW = 24;

/** How many included files one block may bring in; nginx has no limit, and takes for ever. */
const MOST_FILES = 20_000;
const DEEPEST = 50;

export function isSmall(items: readonly Directive[], includes: boolean): boolean {
  return items.length <= FEW && !includes;
}

/** Of a block that `isSmall`. */
class SmallChildren implements Children {
  constructor(
    private readonly file: string,
    private readonly items: readonly Directive[],
  ) {}

  get(name: string): readonly At[] | undefined {
    return onlyNamed(this.file, this.items, name);
  }

  has(name: string): boolean {
    return this.items.some(({ called }) => called === name);
  }

  names(): Iterable<string> {
    return byName(this.items).keys();
  }

  parts(name: string): readonly (readonly At[])[] {
    return [this.get(name) ?? []];
  }

  *[Symbol.iterator](): Iterator<readonly [string, readonly At[]]> {
    for (const name of this.names()) yield [name, this.get(name)!];
  }
}

/** For a block that `isSmall`. */
export function smallChildren(file: string, items: readonly Directive[]): Children {
  return new SmallChildren(file, items);
}

export const NO_CHILDREN = smallChildren('', []);

/** Those called `name`; undefined when there are none. */
export function onlyNamed(file: string, items: readonly Directive[], name: string): At[] | undefined {
  let found: At[] | undefined;
  // By number: asked so often that what an iterator gives would fill the memory.
  for (let i = 0; i < items.length; i++) {
    const directive = items[i]!;
    if (directive.called !== name) continue;
    const at = { file, directive };
    if (found) found.push(at);
    else found = [at];
  }
  return found;
}

/** Those called `name` directly in a block, includes expanded: for who asks a block for one name, or few. */
export function directly(project: Project, { file, directive }: At, name: string): readonly At[] {
  const { block } = directive;
  if (!block) return NONE;
  const found = isSmall(block.items, block.includes)
    ? onlyNamed(file, block.items, name)
    : project.children(file, directive).get(name);
  return found ?? NONE;
}

/** `block`: the directive, or the file, whose `items` these are. */
export function allChildren(
  reader: Reader,
  file: string,
  block: Directive | string,
  items: readonly Directive[],
): Children {
  const { rest } = reader;
  if (file === rest.file) return childrenOf(segmentsOf(reader, file, items), null);
  const segments = remembered(rest, block, () => segmentsOf(reader, file, items));
  const edited = segments.filter((segment) => segment.file === rest.file);
  if (edited.length > 1)
    return childrenOf(
      segments.map((segment) => current(reader, segment)),
      null,
    );
  const lists = remembered(rest, segments, () => listsOf(segments, rest.file));
  return childrenOf(
    edited.map((segment) => current(reader, segment)),
    lists,
  );
}

export function byName(items: readonly Directive[]): ReadonlyMap<string, readonly Directive[]> {
  const map = new Map<string, Directive[]>();
  for (const directive of items) {
    const same = map.get(directive.called);
    if (same) same.push(directive);
    else map.set(directive.called, [directive]);
  }
  return map;
}

/** Directives that follow each other in one file. */
interface Segment {
  readonly file: string;
  readonly byName: ReadonlyMap<string, readonly Directive[]>;
}

/** The directives of the edited file are those of its present text. */
function current(reader: Reader, segment: Segment): Segment {
  return segment.file === reader.rest.file ? { file: segment.file, byName: reader.nginx(segment.file)!.top } : segment;
}

/** By name, what stands before and behind the edited file. */
interface Lists {
  of(name: string): readonly [before: readonly At[], behind: readonly At[]];
  readonly names: ReadonlySet<string>;
}

function listsOf(segments: readonly Segment[], edited: string | null): Lists {
  const index = segments.findIndex(({ file }) => file === edited);
  const before = index < 0 ? segments : segments.slice(0, index);
  const behind = index < 0 ? [] : segments.slice(index + 1);
  const known = new Map<string, readonly [readonly At[], readonly At[]]>();
  const names = new Set<string>();
  for (const part of [before, behind]) for (const { byName } of part) for (const name of byName.keys()) names.add(name);
  return {
    names,
    of(name) {
      let lists = known.get(name);
      if (!lists) {
        lists = [collect(before, name), collect(behind, name)];
        known.set(name, lists);
      }
      return lists;
    },
  };
}

function collect(segments: readonly Segment[], name: string): At[] {
  const found: At[] = [];
  for (const { file, byName } of segments) {
    for (const directive of byName.get(name) ?? []) found.push({ file, directive });
  }
  return found;
}

/** Answers name by name: of the thousand files that a block includes, an edit changes one. */
function childrenOf(own: readonly Segment[], around: Lists | null): Children {
  const known = new Map<string, readonly (readonly At[])[]>();
  const parts = (name: string): readonly (readonly At[])[] => {
    let found = known.get(name);
    if (!found) {
      const [before, behind] = around?.names.has(name) ? around.of(name) : [NONE, NONE];
      found = [before, collect(own, name), behind].filter(({ length }) => length > 0);
      known.set(name, found);
    }
    return found;
  };
  const get = (name: string): readonly At[] | undefined => {
    const found = parts(name);
    return found.length < 2 ? found[0] : found.flat();
  };
  const names = (): ReadonlySet<string> => {
    const all = new Set(around?.names);
    for (const { byName } of own) for (const name of byName.keys()) all.add(name);
    return all;
  };
  return {
    get,
    parts,
    has: (name) => parts(name).length > 0,
    names,
    *[Symbol.iterator]() {
      for (const name of names()) yield [name, get(name)!] as const;
    },
  };
}

const NONE: readonly At[] = [];

function segmentsOf(reader: Reader, file: string, items: readonly Directive[]): Segment[] {
  const segments: Segment[] = [];
  const visiting = new Set<string>();
  // Files that include each other by a pattern could be expanded in as many orders as there are.
  let budget = MOST_FILES;
  const add = (from: string, own: readonly Directive[]): void => {
    let start = 0;
    for (let i = 0; i < own.length; i++) {
      const directive = own[i]!;
      if (directive.called !== 'include' || directive.args.length !== 1) continue;
      const files = reader.included(from, directive);
      if (files.length === 0) continue;
      segments.push({ file: from, byName: byName(own.slice(start, i + 1)) });
      start = i + 1;
      for (const child of files) {
        const found = reader.nginx(child);
        if (!found || visiting.has(child) || visiting.size > DEEPEST || --budget < 0) continue;
        if (!found.top.has('include')) {
          segments.push({ file: child, byName: found.top });
          continue;
        }
        visiting.add(child);
        add(child, found.tree.items);
        visiting.delete(child);
      }
    }
    if (start < own.length) segments.push({ file: from, byName: byName(start === 0 ? own : own.slice(start)) });
  };
  add(file, items);
  return segments;
}
