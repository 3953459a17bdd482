/** Names of files: as the person gives them, as core knows them, as they are printed. */
import { resolve as resolvePath } from 'node:path';
import { relative } from '../../core/index';

const cwd = slashes(process.cwd());

/** What core knows standard input as; no file can stand there by accident, and its includes start from this folder. */
export const STDIN = absolute('<stdin>');

export function absolute(path: string): string {
  return slashes(resolvePath(path));
}

/** Relative to the current folder when below it, otherwise absolute; `-` for standard input. */
export function shown(file: string): string {
  return file === STDIN ? '-' : relative(cwd, file);
}

function slashes(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}
