/** Turns an include pattern into files, as nginx (ngx_conf_include) and php-fpm do it with glob(3). */
import type { Files } from '../text/files';
import { isGlob, matchesComponent } from '../text/glob';
import { dirname, normalize } from '../text/path';
import type { Resolved } from './project';

/** Folders in which installed nginx keeps its configuration: an include of `/etc/nginx/…` in a checkout means the checkout. */
const INSTALLED = [
  '/etc/nginx/',
  '/usr/local/etc/nginx/',
  '/usr/local/nginx/conf/',
  '/usr/local/openresty/nginx/conf/',
  '/opt/homebrew/etc/nginx/',
];

/** Does the file lie where an installed nginx keeps its configuration, so that what it includes must be here too? */
export function isInstalled(file: string): boolean {
  return INSTALLED.some((folder) => file.startsWith(folder));
}

const installedAmong = new WeakMap<Resolved, boolean>();

/** Does a pattern bring in an installed file? Asked once for each pattern, which may name thousands. */
export function bringsInstalled(resolved: Resolved): boolean {
  let answer = installedAmong.get(resolved);
  if (answer === undefined) {
    answer = resolved.files.some(isInstalled);
    installedAmong.set(resolved, answer);
  }
  return answer;
}

/** How many folders and names one pattern may look at: a pattern is read from a file, a file system can be endless. */
const MOST_NAMES = 100_000;

/**
 * Files that `pattern` (absolute) names. `home` is the folder of the main nginx file: where that is no installed folder,
 * a pattern below one is looked for in `home` first, because people check out `/etc/nginx` anywhere.
 */
export async function resolveInclude(files: Files, pattern: string, home: string | null): Promise<Resolved> {
  const installed = INSTALLED.find((folder) => pattern.startsWith(folder));
  if (installed && home !== null && !isInstalled(`${home}/`)) {
    const mapped = `${home}/${pattern.slice(installed.length)}`;
    const found = await expand(files, mapped);
    if (found.files.length > 0 || (isGlob(mapped) && (await files.stat(dirname(mapped))) === 'folder')) return found;
  }
  return expand(files, pattern);
}

async function expand(files: Files, pattern: string): Promise<Resolved> {
  if (!isGlob(pattern)) {
    const file = normalize(pattern);
    const stat = await files.stat(file);
    if (stat === 'file') return { files: [file] };
    return {
      files: [],
      error:
        stat === 'folder'
          ? { kind: 'unreadable', reason: 'is a folder' }
          : { kind: 'missing', reason: 'no such file or directory' },
    };
  }
  const components = normalize(pattern).split('/');
  let found = [components[0] === '' ? '' : components[0]!];
  let budget = MOST_NAMES;
  for (const component of components.slice(1)) {
    const next: string[] = [];
    for (const folder of found) {
      if (!isGlob(component)) {
        next.push(`${folder}/${component}`);
        continue;
      }
      const names = await files.list(folder || '/');
      budget -= names.length;
      if (budget < 0) return { files: [], error: { kind: 'unreadable', reason: 'matches too many files' } };
      for (const name of names) if (matchesComponent(component, name)) next.push(`${folder}/${name}`);
    }
    found = next;
  }
  const existing: string[] = [];
  for (const file of found) {
    const stat = await files.stat(file);
    if (stat === 'file') existing.push(file);
    // nginx opens what glob(3) names: a folder among it stops nginx.
    else if (stat === 'folder')
      return { files: existing, error: { kind: 'unreadable', reason: `${file} is a folder` } };
  }
  return { files: existing };
}
