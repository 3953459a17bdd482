/** What the parts of one configuration call each other by: names that are declared in one place and used in another. */
import { plainSpan, type Span } from '../text/span';
import { isGlob } from '../text/glob';
import type { Directive } from '../nginx/tree';
import { isInstalled } from './includes';
import type { At, NginxRoot, Project } from './project';
import type { NginxSource } from './source';

export type Kind = 'http' | 'stream';

/** One nginx: what its main file, or a fragment that nothing includes, brings together. */
export interface Instance {
  readonly root: NginxRoot;
  readonly files: ReadonlySet<string>;
  /** Everything that nginx would read is in view and can be read: what nothing here declares, nothing declares. */
  readonly complete: boolean;
  /** Directives directly in the `http` or `stream` block, by name, in the order nginx reads them. */
  inside(kind: Kind): ReadonlyMap<string, readonly At[]>;
}

const instances = new WeakMap<Project, Map<string, readonly Instance[]>>();
const NONE: readonly Instance[] = [];
const EMPTY: ReadonlyMap<string, readonly At[]> = new Map();

/** The configurations that read `file`. */
export function instancesOf(project: Project, file: string): readonly Instance[] {
  let byFile = instances.get(project);
  if (!byFile) {
    byFile = new Map();
    for (const root of project.nginxRoots) {
      const instance = instanceOf(project, root);
      for (const each of instance.files) byFile.set(each, [...(byFile.get(each) ?? NONE), instance]);
    }
    instances.set(project, byFile);
  }
  return byFile.get(file) ?? NONE;
}

/** Is the whole configuration in view wherever `file` is read? */
export function isWhole(project: Project, file: string): boolean {
  const all = instancesOf(project, file);
  return all.length > 0 && all.every(({ complete }) => complete);
}

/** A file that is read as it stands: no template decides what is in it, and no mistake in it hides where blocks end. */
export function isPlain(project: Project, file: string): boolean {
  const tree = project.nginx(file)?.tree;
  return tree !== undefined && tree.templates.length === 0 && tree.problems.length === 0;
}

/** Everything at `at` is written out: no template, plain files. */
export function isLiteral(project: Project, { file, directive }: At): boolean {
  return !directive.name.template && directive.args.every(({ template }) => !template) && isPlain(project, file);
}

function instanceOf(project: Project, root: NginxRoot): Instance {
  const files = new Set<string>();
  const open = [root.file];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    const found = project.nginx(file);
    if (!found || files.has(file)) continue;
    files.add(file);
    for (const include of found.includes) {
      for (const child of project.resolved.get(patternOf(root, include))?.files ?? []) open.push(child);
    }
  }
  const contexts = project.contexts(root.file);
  const top = project.children(root.file, null);
  const isMain = contexts.includes('main');
  let complete: boolean | null = null;
  return {
    root,
    files,
    get complete() {
      // Without `events` nginx does not start: such a file is part of something that is not in view.
      complete ??= isMain && top.has('events') && [...files].every((file) => isReadInFull(project, root, file));
      return complete;
    },
    inside(kind) {
      if (contexts.includes(kind)) return top;
      const block = isMain ? top.get(kind)?.[0] : undefined;
      return block ? project.children(block.file, block.directive) : EMPTY;
    },
  };
}

function isReadInFull(project: Project, root: NginxRoot, file: string): boolean {
  if (!isPlain(project, file)) return false;
  return project.nginx(file)!.named('include').every((include) => {
    const [word] = include.args;
    if (!word || include.args.length > 1 || word.template || word.value.includes('$')) return false;
    const resolved = project.resolved.get(patternOf(root, include));
    if (!resolved || resolved.error) return false;
    if (resolved.files.some((each) => !project.nginx(each))) return false;
    // A pattern that finds nothing in a checkout may find something on the server.
    return resolved.files.length > 0 || !isGlob(word.value) || !word.value.startsWith('/') || isInstalled(root.file);
  });
}

function patternOf(root: NginxRoot, include: Directive): string {
  const pattern = include.args[0]!.value;
  return pattern.startsWith('/') || /^[A-Za-z]:[\\/]/.test(pattern) ? pattern : `${root.prefix}/${pattern}`;
}

/** The `http` or `stream` block around `at`; null elsewhere and where that is not known. */
export function kindOf(project: Project, at: At): Kind | null {
  switch (project.contextOf(at)) {
    case 'http':
    case 'server':
    case 'location':
    case 'upstream':
    case 'server-if':
    case 'location-if':
    case 'limit_except':
      return 'http';
    case 'stream':
    case 'stream-server':
    case 'stream-upstream':
      return 'stream';
    default:
      return null;
  }
}

/** The blocks that hold the top of `file`, across includes; `directive` is null for the top of a root. */
export function blocksAround(project: Project, file: string): readonly { file: string; directive: Directive | null }[] {
  const found = new Map<Directive | string, { file: string; directive: Directive | null }>();
  const seen = new Set<string>();
  const open = [file];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const includers = project.includers(next);
    if (includers.length === 0) found.set(next, { file: next, directive: null });
    for (const { file: outer, directive } of includers) {
      if (directive.parent) found.set(directive.parent, { file: outer, directive: directive.parent });
      else open.push(outer);
    }
  }
  return [...found.values()];
}

/** `word`, or what ends the directive where that is on a later line: nginx names that line. */
export function spanNginxNames(source: NginxSource, directive: Directive, word: Span): Span {
  const end = directive.block ? directive.block.start : directive.semicolon;
  if (end < 0 || source.lines.position(end).line === source.lines.position(word.start).line) return plainSpan(word);
  return { start: end, end: end + 1 };
}

/** The declaration for people who look at the second one. */
export function declared(at: At, message: string): { file: string; span: Span; message: string } {
  return { file: at.file, span: at.directive.name, message };
}

/** Name of the shared memory zone that a directive of the `http` or `stream` block declares; null when none. */
export function zoneOf(directive: Directive): { name: string; word: Span } | null {
  for (const word of directive.args) {
    const zone = /^(?:keys_)?zone=([^:]+)/.exec(word.value);
    if (zone) return { name: zone[1]!, word };
  }
  return null;
}
