/** Finds what belongs to a project in a folder: main nginx files, fragments, pools, and what tells how they run. */
import type { Files } from '../text/files';
import { basename, dirname } from '../text/path';
import { readDump } from './dump';
import { isMainFile, languageOf, languageOfPath, neighbourKind } from './language';
import { type Loaded, type LoadRequest, load } from './load';
import type { Project } from './project';

/** Folders that hold no configuration, or far too much of other things. */
const SKIPPED = new Set(['node_modules', '.git', '.hg', '.svn', 'vendor', '.vscode-test']);

/** Of the system itself: files without end. */
const SYSTEM = new Set(['/proc', '/sys', '/dev']);

/** Mostly what builds make; some keep samples for installing there. */
const SHALLOW = new Set(['dist', 'out']);

/** What one search may look at, so that a home folder opened by mistake does not stop the editor. */
const MOST_ENTRIES = 50_000;
const DEEPEST = 12;
/** Larger files are logs and data, not configuration. */
const LARGEST = 4 * 1024 * 1024;

export interface Discovered {
  /** Main files first, dumps of `nginx -T` last, each list in order of path. */
  readonly nginx: readonly string[];
  readonly fpm: readonly string[];
  /** Units, Compose files, Dockerfiles. */
  readonly around?: readonly string[];
}

/** Every nginx and php-fpm file below `folder`. */
export async function discover(files: Files, folder: string): Promise<Discovered> {
  const main: string[] = [];
  const fragments: string[] = [];
  const dumps: string[] = [];
  const fpm: string[] = [];
  const around: string[] = [];
  let budget = MOST_ENTRIES;
  const open: { path: string; depth: number; shallow: boolean }[] = [{ path: folder, depth: 0, shallow: false }];
  for (let next = open.shift(); next; next = open.shift()) {
    for (const name of await files.list(next.path)) {
      if (--budget < 0) break;
      const path = next.path.endsWith('/') ? next.path + name : `${next.path}/${name}`;
      const stat = await files.stat(path);
      if (stat === 'folder') {
        if (next.depth < DEEPEST && !next.shallow && !SKIPPED.has(name) && !SYSTEM.has(path))
          open.push({ path, depth: next.depth + 1, shallow: SHALLOW.has(name) });
        continue;
      }
      if (stat !== 'file') continue;
      if (neighbourKind(path) !== null) {
        around.push(path);
        continue;
      }
      const byPath = languageOfPath(path);
      if (byPath === 'nginx-error-log' || (!byPath && (next.shallow || !mayBeOurs(path)))) continue;
      const read = await files.read(path);
      if ('error' in read) {
        // Listed all the same, so that the person hears that it cannot be read.
        if (byPath === 'nginx') fragments.push(path);
        if (byPath === 'php-fpm') fpm.push(path);
        continue;
      }
      if (read.text.length > LARGEST || read.text.includes('\0')) continue;
      const language = languageOf(path, read.text);
      if (language === 'php-fpm') fpm.push(path);
      if (language !== 'nginx') continue;
      if (readDump(read.text, path)) dumps.push(path);
      else (isMainFile(path, read.text) ? main : fragments).push(path);
    }
  }
  return { nginx: [...main.sort(), ...fragments.sort(), ...dumps.sort()], fpm: fpm.sort(), around: around.sort() };
}

/** Everything below `folder` as one project: fragments that a main file includes are read as part of it. */
export async function loadFolder(
  files: Files,
  folder: string,
  options: Omit<LoadRequest, 'nginx' | 'fpm' | 'around'> = {},
  earlier?: Project,
): Promise<Loaded> {
  return loadDiscovered(files, await discover(files, folder), options, earlier);
}

export async function loadDiscovered(
  files: Files,
  found: Discovered,
  options: Omit<LoadRequest, 'nginx' | 'fpm' | 'around'> = {},
  earlier?: Project,
): Promise<Loaded> {
  const fpm = await fpmGroups(files, found.fpm);
  const { around } = found;
  const all = await load(files, { ...options, nginx: found.nginx, fpm, around }, earlier);
  // What another file includes is no root of its own, except in a circle that no root leads into.
  const { project } = all;
  const roots = found.nginx.filter((file) => !project.includers(file).some((at) => at.file !== file));
  const reached = new Set<string>();
  const reach = (root: string): void => {
    const open = [root];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (reached.has(file)) continue;
      reached.add(file);
      for (const include of project.nginx(file)?.includes ?? []) {
        open.push(...(project.resolved.get(project.includePattern(file, include))?.files ?? []));
      }
    }
  };
  roots.forEach(reach);
  for (const file of found.nginx) {
    if (reached.has(file)) continue;
    roots.push(file);
    reach(file);
  }
  if (roots.length === found.nginx.length) return all;
  return load(files, { ...options, nginx: roots, fpm, around }, project);
}

/** php-fpm processes: each main file with what it includes; pool files that none includes, by folder in order of name. */
async function fpmGroups(files: Files, found: readonly string[]): Promise<readonly (readonly string[])[]> {
  const mains = found.filter((file) => /fpm/i.test(basename(file)) && !/(?:pool|php-fpm)\.d$/.test(dirname(file)));
  const groups: string[][] = mains.map((file) => [file]);
  const { project } = await load(files, { nginx: [], fpm: groups });
  const folders = new Map<string, string[]>();
  for (const file of found) {
    if (project.sources.has(file)) continue;
    const folder = folders.get(dirname(file));
    if (folder) folder.push(file);
    else folders.set(dirname(file), [file]);
  }
  return [...groups, ...folders.values()];
}

/** Names worth opening although the path says nothing: below a folder of nginx also those without an ending, as sites have them. */
function mayBeOurs(path: string): boolean {
  return /\.(?:conf|cfg|vhost|template|tmpl|s?tpl|j2|erb|inc)$|\/nginx\/(?:[^/]+\/){0,3}[^/.]+$/i.test(path);
}
