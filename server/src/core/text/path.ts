/**
 * File names as core knows them: a POSIX path, a Windows path with `/`, or a URI (`untitled:…`, `vscode-vfs://…/…`).
 * Only the part behind the last scheme and authority is hierarchical; nothing here asks a disk.
 */

const ROOT = /^(?:[a-z][a-z0-9+.-]+:(?:\/\/[^/]*)?|[A-Za-z]:)?\/?/;

/** True when the name says where it is without a folder to start from. */
export function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path) || /^[a-z][a-z0-9+.-]+:/.test(path);
}

/** The folder of `path`, without a slash at its end (but `/` for the root); `.` for a bare name. */
export function dirname(path: string): string {
  const root = rootOf(path);
  const slash = path.lastIndexOf('/');
  if (slash < root.length) return root === '' ? '.' : root;
  return path.slice(0, slash);
}

export function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `name` as seen from folder `base`, with `.` and `..` resolved. An absolute `name` stays itself. */
export function resolve(base: string, name: string): string {
  return normalize(isAbsolute(name) || base === '.' ? name : `${base}/${name}`);
}

/** Removes `.`, `..` and doubled slashes, never leaving the root. */
export function normalize(path: string): string {
  const root = rootOf(path);
  const parts: string[] = [];
  for (const part of path.slice(root.length).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop();
    else if (part !== '..' || root === '') parts.push(part);
  }
  return root + parts.join('/') || '.';
}

/** `path` as seen from folder `base` when it lies below it, otherwise unchanged. */
export function relative(base: string, path: string): string {
  const prefix = base.endsWith('/') ? base : `${base}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}

function rootOf(path: string): string {
  return ROOT.exec(path)?.[0] ?? '';
}
