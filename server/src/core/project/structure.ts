/** Which file reads which: the part of a snapshot that stays the same while a person types in a file without includes. */
import type { Directive } from '../nginx/tree';
import type { At, NginxRoot, Resolved } from './project';
import type { NginxSource } from './source';

export interface Structure {
  /** The files that each root reads, itself first. */
  readonly roots: readonly { readonly root: NginxRoot; readonly files: ReadonlySet<string> }[];
  /** The folder that relative includes in `file` start from. */
  prefixOf(file: string): string;
  /** Files of the first root that reads `file` beside others; all files where there is none. */
  together(file: string): ReadonlySet<string>;
  /** The `include` directives that bring `file` in, in the order of the files. */
  includers(file: string): readonly At[];
}

const NONE: readonly At[] = [];

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
  const includers = lazy(() => {
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
        const child = byFile.get(edge.child);
        if (!child || state.get(edge.child) === 'reading') continue;
        const known = map.get(edge.child);
        if (known) known.push(edge.at);
        else map.set(edge.child, [edge.at]);
        if (state.has(edge.child)) continue;
        state.set(edge.child, 'reading');
        stack.push({ source: child, edges: edgesOf(child) });
      }
    };
    for (const { file } of nginxRoots) if (!state.has(file) && byFile.has(file)) visit(byFile.get(file)!);
    for (const each of sources) if (!state.has(each.file)) visit(each);
    return map;
  });

  function* edgesOf({ file, includes }: NginxSource): Generator<{ at: At; child: string }, undefined> {
    if (includes.length === 0) return;
    const prefix = prefixOf(file);
    for (const directive of includes) {
      for (const child of resolved.get(absolutePattern(prefix, directive))?.files ?? []) {
        yield { at: { file, directive }, child };
      }
    }
  }

  return {
    get roots() {
      return roots();
    },
    prefixOf,
    together: (file) => groups().get(file) ?? everything(),
    includers: (file) => includers().get(file) ?? NONE,
  };
}

/** The absolute pattern of an nginx `include`; `prefix`: the folder that relative ones start from. */
export function absolutePattern(prefix: string, include: Directive): string {
  const pattern = include.args[0]?.value ?? '';
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
