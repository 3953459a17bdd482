/**
 * Everything in view, read as one system: an immutable snapshot of nginx files, pools and how they include each other.
 * Questions are answered on demand and remembered for the snapshot, so that what an edit costs follows the edit.
 */
import { type Context, contextInside, isDataBlock } from '../nginx/catalogue';
import { type Directive, includesFiles } from '../nginx/tree';
import {
  type FpmFile,
  type FpmInstance,
  includes as fpmIncludes,
  type Pool,
  pools as readPools,
} from '../php-fpm/model';
import { dirname, isAbsolute } from '../text/path';
import { allChildren, type Children, isSmall, onlyNamed, type Rest, remembered, smallChildren } from './children';
import { fragmentContexts } from './fragment';
import { type FpmSource, type Neighbour, type NginxSource, type Source, source } from './source';
import { absolutePattern, haveSameIncludes, lazy, type Structure, structureOf } from './structure';

export type { Children } from './children';
export { absolutePattern } from './structure';

/** A directive and the file it stands in. */
export interface At {
  readonly file: string;
  readonly directive: Directive;
}

/** What an `include` pattern was found to mean. */
export interface Resolved {
  /** Files in the order in which nginx reads them. */
  readonly files: readonly string[];
  /** Why a file cannot be had; absent where all is well. A glob that matches nothing is well. */
  readonly error?: { readonly kind: 'missing' | 'unreadable'; readonly reason: string };
}

/** An nginx file from which reading starts, and the folder that relative includes in it and below it start from. */
export interface NginxRoot {
  readonly file: string;
  readonly prefix: string;
}

/** A php-fpm process: its main file, or pool files of one folder whose main file is not in view, in order of name. */
export interface FpmRoot {
  readonly files: readonly string[];
}

export interface ProjectData {
  readonly sources: ReadonlyMap<string, Source>;
  readonly nginxRoots: readonly NginxRoot[];
  readonly fpmRoots: readonly FpmRoot[];
  /** By absolute pattern. */
  readonly resolved: ReadonlyMap<string, Resolved>;
  readonly options: ProjectOptions;
  /** Units, Compose files and Dockerfiles: not judged, but they tell how things run. */
  readonly neighbours?: ReadonlyMap<string, Neighbour>;
  /** Files that error pages mean, and that were looked for and are not there. What nobody looked for is not among them. */
  readonly absent?: ReadonlySet<string>;
}

export interface ProjectOptions {
  /** nginx's version as `1.22.1`; null: the newest known. */
  readonly nginxVersion: string | null;
  /** Names of directives that modules of the person's own bring. */
  readonly directives: readonly string[];
  /** Where fragments are included, as blocks from the outside in (`http,server`); null: guessed from the file. */
  readonly context: readonly string[] | null;
}

export interface Project extends ProjectData {
  readonly neighbours: ReadonlyMap<string, Neighbour>;
  readonly absent: ReadonlySet<string>;
  nginx(file: string): NginxSource | null;
  fpm(file: string): FpmSource | null;
  readonly nginxSources: readonly NginxSource[];
  readonly fpmSources: readonly FpmSource[];
  /** The absolute pattern of an `include`. */
  includePattern(file: string, include: Directive): string;
  /** The `include` directives that bring `file` in, in the order of the files. */
  includers(file: string): readonly At[];
  /** The contexts in which the top of `file` is read: one for each includer, a guess for a fragment; never empty. */
  contexts(file: string): readonly Context[];
  /** The context a directive stands in; null inside a block that stock nginx does not know there. */
  contextOf(at: At): Context | null;
  /** The directive whose block encloses this one, across includes; null at the top of a root. */
  parent(at: At): At | null;
  /** Directives of a block by name, includes expanded, in the order nginx reads them. Null: the top of `file`. */
  children(file: string, block: Directive | null): Children;
  /** The directives called `name` that govern `at`: those of the innermost enclosing block that has any. */
  effective(at: At, name: string): readonly At[];
  /** Does any nginx file have a directive called `name`? The cheapest question there is, however many files there are. */
  isUsed(name: string): boolean;
  /** Every nginx directive called `name` in the project. */
  named(name: string): readonly At[];
  /** The `upstream` block of that name that a directive in `from` would reach; null when none is in view. */
  upstream(name: string, from: string): At | null;
  /** Which file reads which: the same object in all snapshots in which that is the same. */
  readonly structure: Structure;
  /** What is known of all files but the one that is being edited. */
  readonly rest: Rest;
  /** Nginx files that are read together with `file`: those of the first root that reaches it, or else all. */
  together(file: string): ReadonlySet<string>;
  readonly fpmInstances: readonly FpmInstance[];
  readonly pools: readonly Pool[];
  /** This snapshot with another text for one of its files. */
  withText(file: string, text: string): Project;
}

const NONE: readonly At[] = [];
const NO_NEIGHBOURS: ReadonlyMap<string, Neighbour> = new Map();
const NOTHING_ABSENT: ReadonlySet<string> = new Set();

/** How many files php-fpm's includes may bring in; it has no limit, and takes for ever. */
const MOST_EXPANDED = 20_000;

/** What an earlier snapshot knew already, and a new text does not change. */
interface Shared {
  readonly nginxSources?: readonly NginxSource[];
  readonly fpmSources?: readonly FpmSource[];
  readonly structure?: Structure;
  readonly usage?: Usage;
  readonly rest?: Rest;
  readonly fpm?: FpmSide;
}

/** The php-fpm processes: the same object in all snapshots in which php-fpm's files have the same texts. */
interface FpmSide {
  readonly instances: readonly FpmInstance[];
  readonly pools: readonly Pool[];
}

/** In how many files a directive of each name stands. */
type Usage = ReadonlyMap<string, number>;

function usageOf(sources: readonly NginxSource[]): Usage {
  const usage = new Map<string, number>();
  for (const { names } of sources) for (const name of names) usage.set(name, (usage.get(name) ?? 0) + 1);
  return usage;
}

/** `usage` with one file's text replaced. */
function updated(usage: Usage, { names: before }: NginxSource, { names: after }: NginxSource): Usage {
  if (before.size === after.size && [...after].every((name) => before.has(name))) return usage;
  const next = new Map(usage);
  for (const name of before) {
    const count = next.get(name)! - 1;
    if (count > 0) next.set(name, count);
    else next.delete(name);
  }
  for (const name of after) next.set(name, (next.get(name) ?? 0) + 1);
  return next;
}

export function createProject(data: ProjectData, shared?: Shared): Project {
  const nginxSources =
    shared?.nginxSources ?? [...data.sources.values()].filter((s): s is NginxSource => s.kind === 'nginx');
  const fpmSources =
    shared?.fpmSources ?? [...data.sources.values()].filter((s): s is FpmSource => s.kind === 'php-fpm');
  const nginx = (file: string): NginxSource | null => {
    const found = data.sources.get(file);
    return found?.kind === 'nginx' ? found : null;
  };
  const fpm = (file: string): FpmSource | null => {
    const found = data.sources.get(file);
    return found?.kind === 'php-fpm' ? found : null;
  };

  const structure = shared?.structure ?? structureOf(nginxSources, data.nginxRoots, data.resolved);
  const rest = shared?.rest ?? { file: null, known: new Map() };
  const { prefixOf, together } = structure;

  const includersCache = new Map<string, readonly At[]>();
  function includers(file: string): readonly At[] {
    const inclusions = structure.inclusions(file);
    if (inclusions.length === 0) return NONE;
    let known = includersCache.get(file);
    if (!known) {
      known = inclusions.map((by) => ({ file: by.file, directive: nginx(by.file)!.includes[by.number]! }));
      includersCache.set(file, known);
    }
    return known;
  }

  const contextCache = new Map<string, readonly Context[]>();
  function contexts(file: string): readonly Context[] {
    const known = contextCache.get(file);
    if (known) return known;
    contextCache.set(file, []); // an include cycle finds nothing to add
    const found = new Set<Context>();
    for (const at of includers(file)) {
      if (at.file === file) continue;
      for (const outer of contexts(at.file)) {
        const context = contextWithin(at.directive, outer);
        if (context) found.add(context);
      }
    }
    const result = found.size > 0 ? [...found] : fragmentContexts(nginx(file), data.options.context);
    contextCache.set(file, result);
    return result;
  }

  /** The context of a directive in a file whose top is `outer`. */
  function contextWithin(directive: Directive, outer: Context): Context | null {
    const path: Directive[] = [];
    for (let block = directive.parent; block; block = block.parent) path.push(block);
    let context: Context | null = outer;
    for (let i = path.length - 1; i >= 0 && context; i--) {
      const name = path[i]!.called;
      context = isDataBlock(name) ? null : contextInside(context, name);
    }
    return context;
  }

  /** By block, what its lines stand in. */
  const innerContexts = new Map<Directive, Context | null>();
  function contextOf({ file, directive }: At): Context | null {
    const block = directive.parent;
    const known = block ? innerContexts.get(block) : undefined;
    if (known !== undefined) return known;
    let found: Context | null = null;
    for (const outer of contexts(file)) found ??= contextWithin(directive, outer);
    if (block) innerContexts.set(block, found);
    return found;
  }

  function parent({ file, directive }: At): At | null {
    return directive.parent ? { file, directive: directive.parent } : around(file);
  }

  /** The directive whose block brings in `inner`; null for a root. */
  function around(inner: string): At | null {
    const seen = new Set<string>();
    for (let file = inner; !seen.has(file); ) {
      seen.add(file);
      const includer = includers(file)[0];
      if (!includer) return null;
      if (includer.directive.parent) return { file: includer.file, directive: includer.directive.parent };
      file = includer.file;
    }
    return null;
  }

  const reader = {
    nginx,
    included: (file: string, include: Directive): readonly string[] =>
      data.resolved.get(includePattern(file, include))?.files ?? [],
    rest,
  };
  const childrenCache = new Map<Directive | string, Children>();
  function children(file: string, block: Directive | null): Children {
    const items = block ? (block.block?.items ?? []) : (nginx(file)?.tree.items ?? []);
    const includes = block ? includesFiles(block) : items.some(({ called }) => called === 'include');
    if (isSmall(items, includes)) return smallChildren(file, items);
    const key = block ?? file;
    let known = childrenCache.get(key);
    if (!known) {
      known = allChildren(reader, file, key, items);
      childrenCache.set(key, known);
    }
    return known;
  }

  const usage = lazy(() => shared?.usage ?? usageOf(nginxSources));
  const isUsed = (name: string): boolean => usage().has(name);

  /** As `children(…).get(name)`, which is asked for far more blocks than have any. */
  function within(file: string, block: Directive, name: string): readonly At[] | undefined {
    const items = block.block?.items ?? [];
    return isSmall(items, includesFiles(block)) ? onlyNamed(file, items, name) : children(file, block).get(name);
  }

  function effective(at: At, name: string): readonly At[] {
    if (!isUsed(name)) return NONE;
    let { file } = at;
    let block = at.directive.parent;
    while (true) {
      for (; block; block = block.parent) {
        const found = within(file, block, name);
        if (found) return found;
      }
      const outer = around(file);
      if (!outer) break;
      file = outer.file;
      block = outer.directive;
    }
    // The top of a fragment governs what stands in it, although nothing in view includes it.
    return children(file, null).get(name) ?? NONE;
  }

  function includePattern(file: string, include: Directive): string {
    return absolutePattern(prefixOf(file), include);
  }

  const namedCache = new Map<string, readonly At[]>();
  function named(name: string): readonly At[] {
    if (!isUsed(name)) return NONE;
    const known = namedCache.get(name);
    if (known) return known;
    const found = nginxSources.flatMap(({ file, named: find }) => find(name).map((directive) => ({ file, directive })));
    namedCache.set(name, found);
    return found;
  }

  const othersUpstreams = lazy(() =>
    remembered(rest, 'upstreams', () => upstreamsIn(nginxSources.filter(({ file }) => file !== rest.file))),
  );
  const ownUpstreams = lazy(() => upstreamsIn(rest.file === null ? [] : [nginx(rest.file)!]));
  function upstream(written: string, from: string): At | null {
    const name = written.toLowerCase();
    const others = othersUpstreams().get(name);
    const own = ownUpstreams().get(name);
    const found = others && own ? upstreamsIn(nginxSources).get(name) : (others ?? own);
    if (!found) return null;
    if (found.length === 1) return found[0]!;
    // Two of one name are a mistake, or files of which a server has one, such as dev.conf and prod.conf.
    const here = found.find(({ file }) => file === from);
    if (here) return here;
    const near = together(from);
    const nearest = found.filter(({ file }) => near.has(file));
    // Whichever it is, it stays the same whatever order the files were read in.
    return (nearest.length > 0 ? nearest : found).reduce((a, b) => (b.file < a.file ? b : a));
  }

  let fpmBudget = MOST_EXPANDED;
  const fpmSide = lazy((): FpmSide => {
    if (shared?.fpm) return shared.fpm;
    const instances = data.fpmRoots.map((root) => readPools(root.files.flatMap((file) => fpmFile(file, new Set()))));
    return { instances, pools: instances.flatMap(({ pools }) => pools) };
  });

  /** A php-fpm file with what it includes; `above`: the files that include it, which it cannot include again. */
  function fpmFile(file: string, above: ReadonlySet<string>): FpmFile[] {
    const found = fpm(file);
    if (!found || above.has(file) || --fpmBudget < 0) return [];
    const here = new Set(above).add(file);
    const includes = fpmIncludes(found.tree).map(({ pattern, setting }) => ({
      setting,
      files: (data.resolved.get(fpmPattern(file, pattern))?.files ?? []).flatMap((child) => fpmFile(child, here)),
    }));
    return [{ file, tree: found.tree, includes }];
  }

  return {
    ...data,
    neighbours: data.neighbours ?? NO_NEIGHBOURS,
    absent: data.absent ?? NOTHING_ABSENT,
    nginx,
    fpm,
    nginxSources,
    fpmSources,
    includePattern,
    includers,
    contexts,
    contextOf,
    parent,
    children,
    effective,
    isUsed,
    named,
    upstream,
    together,
    get fpmInstances() {
      return fpmSide().instances;
    },
    get pools() {
      return fpmSide().pools;
    },
    structure,
    rest,
    withText(file, text) {
      const old = data.sources.get(file);
      if (!old) throw new Error(`${file} is not in this project`);
      if (old.text === text) return createProject(data, { structure, usage: usage(), rest, fpm: fpmSide() });
      const next = source(old.kind, file, text);
      const sources = new Map(data.sources).set(file, next);
      // What is known of nginx's files depends on nothing that php-fpm's say.
      if (old.kind !== 'nginx' || next.kind !== 'nginx')
        return createProject({ ...data, sources }, { nginxSources, structure, usage: usage(), rest });
      const shared = {
        nginxSources: nginxSources.map((each) => (each === old ? next : each)),
        fpmSources,
        usage: updated(usage(), old, next),
        fpm: fpmSide(),
      };
      if (!haveSameIncludes(old, next)) return createProject({ ...data, sources }, shared);
      // What it brings in at its top stands between its own lines, so that these are not one piece among those of others.
      if (next.includes.some(({ parent }) => parent === null))
        return createProject({ ...data, sources }, { ...shared, structure });
      return createProject(
        { ...data, sources },
        { ...shared, structure, rest: rest.file === file ? rest : { file, known: new Map() } },
      );
    },
  };
}

/**
 * The absolute pattern of a php-fpm `include`. php-fpm takes a relative one from the prefix it was built with, which no
 * file tells: the folder of the including file is the likeliest to have been meant in a checkout.
 */
export function fpmPattern(file: string, pattern: string): string {
  return isAbsolute(pattern) ? pattern : `${dirname(file)}/${pattern}`;
}

/** `upstream` blocks by name in small letters, in the order of the files. */
function upstreamsIn(sources: readonly NginxSource[]): ReadonlyMap<string, readonly At[]> {
  const map = new Map<string, At[]>();
  for (const { file, named } of sources) {
    for (const directive of named('upstream')) {
      const name = directive.values[1]?.toLowerCase();
      if (name === undefined || !directive.block) continue;
      const same = map.get(name);
      if (same) same.push({ file, directive });
      else map.set(name, [{ file, directive }]);
    }
  }
  return map;
}
