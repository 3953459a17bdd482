/**
 * What stands inside of dumps of `nginx -T`: each run of nginx is a project of its own, in which files have the names that
 * nginx knew them by and their places are those in the dump. It shares the pools of the project around it, nothing else.
 */
import { isGlob, matchesComponent } from '../text/glob';
import { dirname } from '../text/path';
import { heldName } from './dump';
import { absolutePattern, createProject, type NginxRoot, type Project, type Resolved } from './project';
import type { FpmSource, NginxSource } from './source';

interface Inside {
  readonly around: Pick<Project, 'fpmSources' | 'fpmRoots' | 'options'>;
  readonly projects: readonly Project[];
}

/** The inside of a dump is the same in all snapshots in which dump, pools and options are. */
const insides = new WeakMap<NginxSource, Inside>();

/** The projects inside of a dump; none for other files. */
export function projectsInside(project: Project, dump: NginxSource): readonly Project[] {
  if (dump.held.length === 0) return [];
  const known = insides.get(dump);
  if (known && isSame(known.around, project)) return known.projects;
  const projects = dump.held.map((run) => projectOf(project, run));
  const { fpmSources, fpmRoots, options } = project;
  insides.set(dump, { around: { fpmSources, fpmRoots, options }, projects });
  return projects;
}

const viewsOf = new WeakMap<Project, readonly Project[]>();

/** What can be asked about the configuration: the project itself, unless all its nginx files are dumps, and what is inside of these. */
export function views(project: Project): readonly Project[] {
  let known = viewsOf.get(project);
  if (!known) {
    const dumps = project.nginxSources.filter(({ held }) => held.length > 0);
    const within = dumps.flatMap((dump) => projectsInside(project, dump));
    known = dumps.length > 0 && dumps.length === project.nginxSources.length ? within : [project, ...within];
    viewsOf.set(project, known);
  }
  return known;
}

/** The file that stands at `offset` of `file`, and the project to ask about it: another one only inside of a dump. */
export function inside(project: Project, file: string, offset: number): { project: Project; file: string } {
  const dump = project.nginx(file);
  for (const [i, run] of (dump?.held ?? []).entries()) {
    const found = run.findLast(({ start }) => start <= offset);
    if (found && offset <= found.tree.text.length)
      return { project: projectsInside(project, dump!)[i]!, file: found.file };
  }
  return { project, file };
}

/** The dump that `view` is inside of; undefined for the project itself. */
export function dumpAround(project: Project, view: Project): NginxSource | undefined {
  if (view === project) return undefined;
  return project.nginxSources.find((dump) => projectsInside(project, dump).includes(view));
}

function isSame(a: Inside['around'], b: Inside['around']): boolean {
  const sameItems = (x: readonly unknown[], y: readonly unknown[]): boolean =>
    x.length === y.length && x.every((each, i) => each === y[i]);
  const { nginxVersion, directives } = a.options;
  return (
    sameItems(a.fpmSources, b.fpmSources) &&
    sameItems(a.fpmRoots, b.fpmRoots) &&
    nginxVersion === b.options.nginxVersion &&
    sameItems(directives, b.options.directives)
  );
}

function projectOf(around: Project, run: readonly NginxSource[]): Project {
  const byName = new Map(run.map((source) => [source.file, source]));
  const main = run.find(isMain) ?? run[0]!;
  const prefix = dirname(main.file);
  const resolved = new Map<string, Resolved>(around.resolved);
  const included = new Set<string>();
  for (const source of run) {
    for (const include of source.includes) {
      const pattern = absolutePattern(prefix, include);
      const files = expand(pattern, byName);
      // nginx dumps all that it reads: what is not here has been lost with a part of the dump, and nobody knows it.
      if (files.length > 0 || (isGlob(pattern) && !source.cut)) resolved.set(pattern, { files });
      else resolved.delete(pattern);
      for (const file of files) if (file !== source.file) included.add(file);
    }
  }
  const others = run.filter((source) => source !== main && !included.has(source.file));
  const nginxRoots: NginxRoot[] = [main, ...others].map(({ file }) => ({ file, prefix }));
  const { fpmRoots, options } = around;
  const fpm = around.fpmSources.map((source: FpmSource) => [source.file, source] as const);
  return createProject({
    sources: new Map<string, NginxSource | FpmSource>([...byName, ...fpm]),
    nginxRoots,
    fpmRoots,
    resolved,
    // Where fragments belong is told by who includes them.
    options: { ...options, context: null },
  });
}

/** The first that has what stands in a main file alone; a dump cut above may have none. */
function isMain({ tree }: NginxSource): boolean {
  return tree.items.some(({ called, block }) => block && (called === 'http' || called === 'events'));
}

/** Held files that an include names, in the order of glob(3). */
function expand(pattern: string, held: ReadonlyMap<string, NginxSource>): string[] {
  const wanted = heldName(pattern);
  if (!isGlob(pattern)) return held.has(wanted) ? [wanted] : [];
  const components = wanted.split('/');
  return [...held.keys()]
    .filter((name) => {
      const parts = name.split('/');
      return parts.length === components.length && components.every((each, i) => matchesComponent(each, parts[i]!));
    })
    .sort();
}
