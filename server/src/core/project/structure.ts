/** Which file reads which: the part of a snapshot that stays the same while no include changes. */
import type { Directive } from '../nginx/tree';
import type { NginxRoot, Resolved } from './project';
import type { NginxSource } from './source';

/** An `include` that brings a file in: that of this number among the `includes` of the file it stands in. */
export interface Inclusion {
  readonly file: string;
  readonly number: number;
}

export interface Structure {
  /** The files that each root reads, itself first. */
  readonly roots: readonly { readonly root: NginxRoot; readonly files: ReadonlySet<string> }[];
  /** The folder that relative includes in `file` start from. */
  prefixOf(file: string): string;
  /** Files of the first root that reads `file` beside others; all files where there is none. */
  together(file: string): ReadonlySet<string>;
  /** What brings `file` in, in the order of the files. */
  inclusions(file: string): readonly Inclusion[];
}

const NONE: readonly Inclusion[] = [];

export function structureOf(
  sources: readonly NginxSource[],
  nginxRoots: readonly NginxRoot[],
  resolved: ReadonlyMap<string, Resolved>,
): Structure {
  const byFile = new Map(sources.map((source) => [source.file, source]));
  const roots = lazy(() => nginxRoots.map((root) => ({ root, files: reached(root) })));

  function reached(root: NginxRoot): Set<string> {
    const files = new Set<string>();
    const open = [root.file];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      const found = byFile.get(file);
      if (!found || files.has(file)) continue;
      files.add(file);
      for (const include of found.includes) {
        for (const child of resolved.get(absolutePattern(root.prefix, include))?.files ?? []) open.push(child);
      }
    }
    return files;
  }

  const prefixes = lazy(() => {
    const map = new Map<string, string>();
    for (const { root, files } of roots()) {
      for (const file of files) if (!map.has(file)) map.set(file, root.prefix);
    }
    return map;
  });
  const prefixOf = (file: string): string => prefixes().get(file) ?? nginxRoots[0]?.prefix ?? '.';

  const everything = lazy(() => new Set(byFile.keys()));
  const groups = lazy(() => {
    const map = new Map<string, ReadonlySet<string>>();
    for (const { files } of roots()) {
      if (files.size < 2) continue;
      for (const file of files) if (!map.has(file)) map.set(file, files);
    }
    return map;
  });

  /**
   * Includes that lead back to a file that is being read are left out: nginx would never end there, and whoever walks from
   * a directive outwards must.
   */
  const inclusions = lazy(() => {
    const map = new Map<string, Inclusion[]>();
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
        const child = byFile.get(edge.child);
        if (!child || state.get(edge.child) === 'reading') continue;
        const known = map.get(edge.child);
        if (known) known.push(edge.by);
        else map.set(edge.child, [edge.by]);
        if (state.has(edge.child)) continue;
        state.set(edge.child, 'reading');
        stack.push({ source: child, edges: edgesOf(child) });
      }
    };
    for (const { file } of nginxRoots) if (!state.has(file) && byFile.has(file)) visit(byFile.get(file)!);
    for (const each of sources) if (!state.has(each.file)) visit(each);
    return map;
  });

  function* edgesOf({ file, includes }: NginxSource): Generator<{ by: Inclusion; child: string }, undefined> {
    if (includes.length === 0) return;
    const prefix = prefixOf(file);
    for (const [number, directive] of includes.entries()) {
      const by = { file, number };
      for (const child of resolved.get(absolutePattern(prefix, directive))?.files ?? []) yield { by, child };
    }
  }

  return {
    get roots() {
      return roots();
    },
    prefixOf,
    together: (file) => groups().get(file) ?? everything(),
    inclusions: (file) => inclusions().get(file) ?? NONE,
  };
}

/** Do two texts of a file bring in the same files, in blocks of the same names? Then they have one structure. */
export function haveSameIncludes(a: NginxSource, b: NginxSource): boolean {
  if (a.includes.length !== b.includes.length || a.held.length > 0 || b.held.length > 0) return false;
  return a.includes.every((include, i) => {
    const other = b.includes[i]!;
    return include.values[1]! === other.values[1]! && pathOf(include) === pathOf(other);
  });
}

/** The names of the blocks around, from the inside out. */
function pathOf(directive: Directive): string {
  let path = '';
  for (let block = directive.parent; block; block = block.parent) path += `${block.called} `;
  return path;
}

/** The absolute pattern of an nginx `include`; `prefix`: the folder that relative ones start from. */
export function absolutePattern(prefix: string, include: Directive): string {
  const pattern = include.values[1] ?? '';
  return pattern.startsWith('/') || /^[A-Za-z]:[\\/]/.test(pattern) ? pattern : `${prefix}/${pattern}`;
}

/** `make`, called when it is asked for first, and once. */
export function lazy<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
