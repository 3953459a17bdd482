/** The one function of core that waits for files: reads roots, follows their includes, and hands over a `Project`. */
import { includes as fpmIncludes } from '../php-fpm/model';
import type { Files, ReadResult } from '../text/files';
import { isGlob } from '../text/glob';
import { dirname, isAbsolute } from '../text/path';
import type { YamlLibrary } from './compose';
import { errorPages, pageFile } from './error-pages';
import { resolveInclude } from './includes';
import { neighbourKind } from './language';
import { createProject, type FpmRoot, fpmPattern, type Project, type ProjectOptions, type Resolved } from './project';
import { type FpmSource, type Neighbour, type NginxSource, neighbour, type Source, source } from './source';

export interface LoadRequest {
  /** nginx files to start from: main files and fragments. */
  readonly nginx: readonly string[];
  /** php-fpm files to start from, each group one php-fpm process that reads them in this order. */
  readonly fpm: readonly (readonly string[])[];
  /** Units, Compose files and Dockerfiles, in which nothing is judged. */
  readonly around?: readonly string[];
  /** What relative includes resolve against; null: the folder of each root, as with `nginx -c`. */
  readonly prefix?: string | null;
  readonly nginxVersion?: string | null;
  /** Directives of modules that nobody but the person knows. */
  readonly directives?: readonly string[];
  readonly context?: readonly string[] | null;
}

export interface Loaded {
  readonly project: Project;
  /** Files that were asked for or included and could not be read. */
  readonly unreadable: readonly { readonly file: string; readonly error: Extract<ReadResult, { error: string }> }[];
}

/** Texts that are already known (open documents, an earlier project) take part through `files`; `earlier` saves parsing again. */
export async function load(files: Files, request: LoadRequest, earlier?: Project): Promise<Loaded> {
  const sources = new Map<string, Source>();
  const resolved = new Map<string, Resolved>();
  const unreadable: Loaded['unreadable'][number][] = [];
  const options: ProjectOptions = {
    nginxVersion: request.nginxVersion ?? null,
    directives: request.directives ?? [],
    context: request.context ?? null,
  };

  async function read(kind: Source['kind'], file: string): Promise<Source | null> {
    const known = sources.get(file);
    if (known) return known;
    const result = await files.read(file);
    if ('error' in result) {
      unreadable.push({ file, error: result });
      return null;
    }
    const before = earlier?.sources.get(file);
    const made = before?.kind === kind && before.text === result.text ? before : source(kind, file, result.text);
    sources.set(file, made);
    return made;
  }

  const nginxRoots = request.nginx.map((file) => ({ file, prefix: request.prefix ?? homeOf(file, request.nginx) }));
  for (const root of nginxRoots) {
    const open = [root.file];
    const done = new Set<string>();
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (done.has(file)) continue;
      done.add(file);
      const found = (await read('nginx', file)) as NginxSource | null;
      for (const include of found?.includes ?? []) {
        const written = include.values[1]!;
        const pattern = isAbsolute(written) ? written : `${root.prefix}/${written}`;
        let result = resolved.get(pattern);
        if (!result) {
          result = await resolveInclude(files, pattern, root.prefix);
          resolved.set(pattern, result);
        }
        open.push(...result.files);
      }
    }
  }

  const doneFpm = new Set<string>();
  for (const file of request.fpm.flat()) await readFpm(file);

  async function readFpm(file: string): Promise<void> {
    if (doneFpm.has(file)) return;
    doneFpm.add(file);
    const found = (await read('php-fpm', file)) as FpmSource | null;
    if (!found) return;
    for (const include of fpmIncludes(found.tree)) {
      const pattern = fpmPattern(file, include.pattern);
      let result = resolved.get(pattern);
      if (!result) {
        result = await resolveInclude(files, pattern, null);
        if (result.files.length === 0) result = await resolveBeside(files, file, pattern, result);
        if (result.files.length === 0) result = await withFolder(files, pattern, result);
        resolved.set(pattern, result);
      }
      for (const child of result.files) await readFpm(child);
    }
  }

  const neighbours = await loadNeighbours(files, request.around ?? [], earlier);
  const fpmRoots: FpmRoot[] = request.fpm.map((group) => ({ files: group }));
  const data = { sources, nginxRoots, fpmRoots, resolved, options, neighbours };
  const project = createProject(data);
  const absent = await absentPages(files, project);
  if (absent.size === 0) return { project, unreadable };
  return { project: createProject({ ...data, absent }, { structure: project.structure }), unreadable };
}

/** How many error pages are looked for. */
const MOST_LOOKED_FOR = 500;

/** The error pages that are not there, in folders that are: a folder that is missing too belongs to another machine. */
async function absentPages(files: Files, project: Project): Promise<ReadonlySet<string>> {
  const folders = new Map<string, string>();
  for (const source of project.nginxSources) {
    for (const page of errorPages(project, source)) {
      const found = folders.size < MOST_LOOKED_FOR ? pageFile(project, page) : null;
      if (found) folders.set(found.file, found.folder);
    }
  }
  const absent = new Set<string>();
  for (const [file, folder] of folders) {
    // `stat` cannot tell what is not there from what this user may not see; `read` can.
    const read = (await files.stat(file)) === 'missing' ? await files.read(file) : null;
    if (read && 'error' in read && read.error === 'missing' && (await files.stat(folder)) === 'folder')
      absent.add(file);
  }
  return absent;
}

/** How many files around nginx are looked at, and how many characters of Compose files, which take longest to read. */
const MOST_AROUND = 500;
const MOST_COMPOSE = 512 * 1024;
const LARGEST_NEIGHBOUR = 1024 * 1024;

async function loadNeighbours(
  files: Files,
  around: readonly string[],
  earlier: Project | undefined,
): Promise<ReadonlyMap<string, Neighbour>> {
  const found = new Map<string, Neighbour>();
  // Taken only where it is needed: it takes longer to load than most projects to check.
  let yaml: YamlLibrary | null = null;
  let compose = 0;
  for (const file of around.slice(0, MOST_AROUND)) {
    const kind = neighbourKind(file);
    const read = await files.read(file);
    if (kind === null || 'error' in read || read.text.length > LARGEST_NEIGHBOUR) continue;
    const before = earlier?.neighbours.get(file);
    if (kind === 'compose') {
      compose += read.text.length;
      if (compose > MOST_COMPOSE) continue;
      yaml ??= await import('yaml');
    }
    found.set(file, before?.text === read.text ? before : neighbour(kind, file, read.text, yaml));
  }
  return found;
}

/** `include=/etc/php/8.2/fpm/pool.d/*.conf` in a checkout means the `pool.d` beside the file. */
async function resolveBeside(files: Files, file: string, pattern: string, literal: Resolved): Promise<Resolved> {
  const beside = await resolveInclude(files, `${dirname(file)}/${pattern.split('/').slice(-2).join('/')}`, null);
  return beside.files.length > 0 ? beside : literal;
}

/** php-fpm calls glob(3) so that a folder that there is not is an error; a pattern that matches nothing is none. */
async function withFolder(files: Files, pattern: string, found: Resolved): Promise<Resolved> {
  const folder = dirname(pattern);
  if (found.error || isGlob(folder) || (await files.stat(folder)) === 'folder') return found;
  return { files: [], error: { kind: 'missing', reason: 'no such folder' } };
}

/**
 * The folder that includes of a root start from: its own for a main file; for a fragment, that of a main file in a folder
 * above it, as for `sites-enabled/shop` beside `nginx.conf`.
 */
function homeOf(file: string, roots: readonly string[]): string {
  const folder = dirname(file);
  const above = roots.filter((root) => root.endsWith('/nginx.conf') && folder.startsWith(`${dirname(root)}/`));
  return above.length > 0 ? dirname(above.reduce((a, b) => (a.length >= b.length ? a : b))) : folder;
}
