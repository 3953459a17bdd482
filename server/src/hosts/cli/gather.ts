/** From the paths on the command line to one project, and the files of it to report on. */
import { readdirSync } from 'node:fs';
import {
  type Discovered,
  discover,
  type Language,
  type Loaded,
  languageOf,
  languageOfText,
  load,
  loadDiscovered,
  neighbourKind,
  type Project,
} from '../../core/index';
import { decode } from '../disk';
import { askNginxVersion } from '../nginx-version';
import { complain, say } from './output';
import { absolute, STDIN, shown } from './paths';
import type { Snapshot } from './snapshot';

export interface ReadingOptions {
  readonly prefix?: string;
  /** `auto`: what `nginx -v` says. */
  readonly nginxVersion?: string;
  readonly context?: readonly string[];
}

export interface Given {
  readonly path: string;
  /** For a file: what it is, whatever it looks like. For a folder `php-fpm` leaves nginx files out. */
  readonly language?: Language;
}

export interface Gathered {
  readonly project: Project;
  /** Every file of the project once, under one of its names, in order. */
  readonly files: readonly string[];
  /** Something that was asked for could not be read; it has been said. */
  readonly failed: boolean;
}

const LARGEST_STDIN = 64 * 1024 * 1024;

/** `again`: what cannot be read has been said. */
export async function gather(
  files: Snapshot,
  given: readonly Given[],
  options: ReadingOptions,
  again = false,
): Promise<Gathered> {
  const nginx = new Set<string>();
  const fpm = new Set<string>();
  const around = new Set<string>();
  let failed = false;
  const fail = (path: string, reason: string): void => {
    if (!again) complain(`${path}: ${reason}`);
    failed = true;
  };

  async function add({ path, language: told }: Given): Promise<void> {
    const file = path === '-' ? STDIN : absolute(path);
    if (path === '') return fail('""', 'no such file or directory');
    if (path !== '-' && (await files.stat(file)) === 'folder') {
      const reason = whyUnlistable(file);
      if (reason !== null) return fail(path, reason);
      const found = await discover(files, file);
      if (told !== 'php-fpm') for (const each of found.nginx) nginx.add(each);
      for (const each of found.fpm) fpm.add(each);
      for (const each of found.around ?? []) around.add(each);
      return;
    }
    if (path === '-' && (await files.stat(file)) === 'missing') {
      const text = await readStdin();
      if (text === null) return fail(path, `is larger than ${LARGEST_STDIN / 1024 / 1024} MB`);
      await files.set(STDIN, text);
    }
    const read = await files.read(file);
    if ('error' in read) return fail(path, read.reason);
    if (read.text.includes('\0')) return fail(path, 'is a binary file, or UTF-16: nginx reads UTF-8');
    if (told === undefined && neighbourKind(file) !== null && languageOf(file, read.text) === null) {
      around.add(file);
      return;
    }
    // Who names a file means it: what is not to be told apart is read as nginx.
    const language = told ?? (path === '-' ? languageOfText(read.text) : languageOf(file, read.text)) ?? 'nginx';
    if (language === 'nginx-error-log')
      return fail(path, `is an error log, no configuration: upstream-medic explain ${path}`);
    (language === 'nginx' ? nginx : fpm).add(file);
  }

  for (const each of given) await add(each);

  const found = { nginx: [...nginx], fpm: [...fpm], around: [...around] };
  const { loaded, names } = await loadOnce(files, found, {
    prefix: options.prefix === undefined ? null : absolute(options.prefix),
    nginxVersion: options.nginxVersion === 'auto' ? await installedVersion() : (options.nginxVersion ?? null),
    context: options.context ?? null,
  });
  // What an include names and cannot be read is a finding; what a folder holds and cannot be read was never looked at.
  for (const { file, error } of loaded.unreadable) {
    if ((nginx.has(file) || fpm.has(file)) && !loaded.project.includers(file).length) fail(shown(file), error.reason);
  }
  return { project: loaded.project, files: names, failed };
}

let installed: Promise<string | null> | undefined;

/** Asked once for each run, and said: the same files may be judged otherwise elsewhere. */
function installedVersion(): Promise<string | null> {
  installed ??= askNginxVersion().then((version) => {
    if (version === null) complain('nginx -v tells no version: judged by the newest known');
    else say(`Judged by nginx ${version}, as nginx -v says.`);
    return version;
  });
  return installed;
}

/** One project in which each file on the disk is read under one name. */
async function loadOnce(
  files: Snapshot,
  found: Discovered,
  options: Parameters<typeof loadDiscovered>[2],
): Promise<{ loaded: Loaded; names: string[] }> {
  let loaded = await loadDiscovered(files, found, options);
  // Files that include each other are each included by another: one of them is where reading starts.
  for (const file of found.nginx) {
    if (loaded.project.sources.has(file) || loaded.unreadable.some((each) => each.file === file)) continue;
    loaded = await reload(files, loaded.project, [...roots(loaded.project), file], options);
  }
  // `sites-enabled/shop` links to `sites-available/shop`: the name under which nginx reads it is the one that counts.
  const { project } = loaded;
  const dropped = new Set<string>();
  for (const group of (await byRealPath(files, project)).values()) {
    const kept = keptName(project, group);
    for (const name of group) if (name !== kept) dropped.add(name);
  }
  if (roots(project).some((root) => dropped.has(root))) {
    const remaining = roots(project).filter((root) => !dropped.has(root));
    loaded = await reload(files, project, remaining, options);
  }
  const names: string[] = [];
  for (const group of (await byRealPath(files, loaded.project)).values()) names.push(keptName(loaded.project, group));
  return { loaded, names: names.sort() };
}

function roots(project: Project): string[] {
  return project.nginxRoots.map(({ file }) => file);
}

function reload(
  files: Snapshot,
  project: Project,
  nginx: readonly string[],
  options: Parameters<typeof loadDiscovered>[2],
): Promise<Loaded> {
  const fpm = project.fpmRoots.map((root) => root.files);
  return load(files, { ...options, nginx, fpm, around: [...project.neighbours.keys()] }, project);
}

async function byRealPath(files: Snapshot, project: Project): Promise<Map<string, string[]>> {
  const groups = new Map<string, string[]>();
  for (const name of project.sources.keys()) {
    const real = await files.real(name);
    const group = groups.get(real);
    if (group) group.push(name);
    else groups.set(real, [name]);
  }
  return groups;
}

function keptName(project: Project, names: readonly string[]): string {
  return names.find((name) => project.includers(name).length > 0) ?? names[0]!;
}

function whyUnlistable(folder: string): string | null {
  try {
    readdirSync(folder);
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? 'permission denied' : message;
  }
}

async function readStdin(): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_STDIN) return null;
    chunks.push(chunk);
  }
  return decode(Buffer.concat(chunks));
}
