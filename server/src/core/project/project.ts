/**
 * Everything in view, read as one system: an immutable snapshot of nginx files, pools and how they include each other.
 * Questions are answered on demand and remembered for the snapshot, so that what an edit costs follows the edit.
 */
import { type Context, contextInside, isDataBlock } from '../nginx/catalogue';
import type { Directive } from '../nginx/tree';
import {
  type FpmFile,
  type FpmInstance,
  includes as fpmIncludes,
  type Pool,
  pools as readPools,
} from '../php-fpm/model';
import { dirname, isAbsolute } from '../text/path';
import { fragmentContexts } from './fragment';
import { type FpmSource, type NginxSource, type Source, source } from './source';

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
  children(file: string, block: Directive | null): ReadonlyMap<string, readonly At[]>;
  /** The directives called `name` that govern `at`: those of the innermost enclosing block that has any. */
  effective(at: At, name: string): readonly At[];
  /** Every nginx directive called `name` in the project. */
  named(name: string): readonly At[];
  /** The `upstream` block of that name that a directive in `from` would reach; null when none is in view. */
  upstream(name: string, from: string): At | null;
  /** Nginx files that are read together with `file`: those of the first root that reaches it, or else all. */
  together(file: string): ReadonlySet<string>;
  readonly fpmInstances: readonly FpmInstance[];
  readonly pools: readonly Pool[];
  /** This snapshot with another text for one of its files. */
  withText(file: string, text: string): Project;
}

/** How many included files one block may bring in; nginx has no limit, and takes for ever. */
const MOST_EXPANDED = 20_000;

export function createProject(data: ProjectData): Project {
  const nginxSources = [...data.sources.values()].filter((s): s is NginxSource => s.kind === 'nginx');
  const fpmSources = [...data.sources.values()].filter((s): s is FpmSource => s.kind === 'php-fpm');
  const nginx = (file: string): NginxSource | null => {
    const found = data.sources.get(file);
    return found?.kind === 'nginx' ? found : null;
  };
  const fpm = (file: string): FpmSource | null => {
    const found = data.sources.get(file);
    return found?.kind === 'php-fpm' ? found : null;
  };

  const reach = lazy(() => data.nginxRoots.map((root) => ({ root, files: reached(root) })));

  /** Files that a root reads, itself first. */
  function reached(root: NginxRoot): Set<string> {
    const files = new Set<string>();
    const open = [root.file];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      const found = nginx(file);
      if (!found || files.has(file)) continue;
      files.add(file);
      for (const include of found.includes) {
        for (const child of data.resolved.get(absolutePattern(root.prefix, include))?.files ?? []) open.push(child);
      }
    }
    return files;
  }

  function prefixOf(file: string): string {
    return (reach().find(({ files }) => files.has(file))?.root ?? data.nginxRoots[0])?.prefix ?? '.';
  }

  /**
   * Includes that lead back to a file that is being read are left out: nginx would never end there, and whoever walks from
   * a directive outwards must.
   */
  const includersByFile = lazy(() => {
    const map = new Map<string, At[]>();
    const state = new Map<string, 'reading' | 'read'>();
    const visit = (start: NginxSource): void => {
      const stack = [{ source: start, edges: edgesOf(start) }];
      state.set(start.file, 'reading');
      for (let top = stack[0]; top; top = stack[stack.length - 1]) {
        const { value: edge } = top.edges.next();
        if (!edge) {
          state.set(top.source.file, 'read');
          stack.pop();
          continue;
        }
        const child = nginx(edge.child);
        if (!child || state.get(edge.child) === 'reading') continue;
        const known = map.get(edge.child);
        if (known) known.push(edge.at);
        else map.set(edge.child, [edge.at]);
        if (state.has(edge.child)) continue;
        state.set(edge.child, 'reading');
        stack.push({ source: child, edges: edgesOf(child) });
      }
    };
    for (const { file } of data.nginxRoots) if (!state.has(file) && nginx(file)) visit(nginx(file)!);
    for (const each of nginxSources) if (!state.has(each.file)) visit(each);
    return map;
  });

  function* edgesOf({ file, includes }: NginxSource): Generator<{ at: At; child: string }, undefined> {
    if (includes.length === 0) return;
    const prefix = prefixOf(file);
    for (const directive of includes) {
      for (const child of data.resolved.get(absolutePattern(prefix, directive))?.files ?? []) {
        yield { at: { file, directive }, child };
      }
    }
  }

  const includers = (file: string): readonly At[] => includersByFile().get(file) ?? [];

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
      const name = path[i]!.name.value;
      context = isDataBlock(name) ? null : contextInside(context, name);
    }
    return context;
  }

  function contextOf(at: At): Context | null {
    for (const outer of contexts(at.file)) {
      const context = contextWithin(at.directive, outer);
      if (context) return context;
    }
    return null;
  }

  function parent(at: At): At | null {
    if (at.directive.parent) return { file: at.file, directive: at.directive.parent };
    const seen = new Set<string>();
    for (let file = at.file; !seen.has(file); ) {
      seen.add(file);
      const includer = includers(file)[0];
      if (!includer) return null;
      if (includer.directive.parent) return { file: includer.file, directive: includer.directive.parent };
      file = includer.file;
    }
    return null;
  }

  const childrenCache = new Map<Directive | string, ReadonlyMap<string, readonly At[]>>();
  function children(file: string, block: Directive | null): ReadonlyMap<string, readonly At[]> {
    const key = block ?? file;
    const known = childrenCache.get(key);
    if (known) return known;
    const map = new Map<string, At[]>();
    const visiting = new Set<string>();
    // Files that include each other by a pattern could be expanded in as many orders as there are.
    let budget = MOST_EXPANDED;
    const add = (from: string, items: readonly Directive[]): void => {
      for (const directive of items) {
        const name = directive.name.value;
        const same = map.get(name);
        if (same) same.push({ file: from, directive });
        else map.set(name, [{ file: from, directive }]);
        if (name !== 'include' || directive.args.length !== 1) continue;
        for (const child of data.resolved.get(includePattern(from, directive))?.files ?? []) {
          const found = nginx(child);
          if (!found || visiting.has(child) || visiting.size > 50 || --budget < 0) continue;
          visiting.add(child);
          add(child, found.tree.items);
          visiting.delete(child);
        }
      }
    };
    add(file, block ? (block.block?.items ?? []) : (nginx(file)?.tree.items ?? []));
    childrenCache.set(key, map);
    return map;
  }

  function effective(at: At, name: string): readonly At[] {
    for (let block = parent(at); block; block = parent(block)) {
      const found = children(block.file, block.directive).get(name);
      if (found) return found;
    }
    // The top of a fragment governs what stands in it, although nothing in view includes it.
    const top = topFile(at);
    return children(top, null).get(name) ?? [];
  }

  function topFile(at: At): string {
    let last = at;
    for (let next: At | null = at; next; next = parent(next)) last = next;
    return last.file;
  }

  function includePattern(file: string, include: Directive): string {
    return absolutePattern(prefixOf(file), include);
  }

  function named(name: string): readonly At[] {
    return nginxSources.flatMap(({ file, named: find }) => find(name).map((directive) => ({ file, directive })));
  }

  const upstreamsByName = lazy(() => {
    const map = new Map<string, At[]>();
    for (const at of named('upstream')) {
      const name = at.directive.args[0]?.value.toLowerCase();
      if (name === undefined || !at.directive.block) continue;
      const same = map.get(name);
      if (same) same.push(at);
      else map.set(name, [at]);
    }
    return map;
  });

  const everything = new Set(nginxSources.map(({ file }) => file));
  function together(file: string): ReadonlySet<string> {
    return reach().find(({ files }) => files.has(file) && files.size > 1)?.files ?? everything;
  }

  let fpmBudget = MOST_EXPANDED;
  const fpmInstances = lazy(() =>
    data.fpmRoots.map((root) => readPools(root.files.flatMap((file) => fpmFile(file, new Set())))),
  );

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
    named,
    upstream(name, from) {
      const found = upstreamsByName().get(name.toLowerCase());
      if (!found) return null;
      const near = together(from);
      return found.find(({ file }) => near.has(file)) ?? found[0]!;
    },
    together,
    get fpmInstances() {
      return fpmInstances();
    },
    get pools() {
      return fpmInstances().flatMap(({ pools }) => pools);
    },
    withText(file, text) {
      const old = data.sources.get(file);
      if (!old) throw new Error(`${file} is not in this project`);
      if (old.text === text) return createProject(data);
      return createProject({ ...data, sources: new Map(data.sources).set(file, source(old.kind, file, text)) });
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

function absolutePattern(prefix: string, include: Directive): string {
  const pattern = include.args[0]?.value ?? '';
  return pattern.startsWith('/') || /^[A-Za-z]:[\\/]/.test(pattern) ? pattern : `${prefix}/${pattern}`;
}

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
