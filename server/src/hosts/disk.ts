/** `Files` over the disk, for the language server on a desktop and for the command line. */
import { readdir, readFile, stat } from 'node:fs/promises';
import type { Files } from '../core/index';

/** No configuration is larger; reading a log or a device by mistake must not fill the memory. */
const LARGEST = 64 * 1024 * 1024;

export const diskFiles: Files = {
  async read(path) {
    try {
      const info = await stat(path);
      if (info.isDirectory()) return { error: 'unreadable', reason: 'is a folder' };
      if (!info.isFile()) return { error: 'unreadable', reason: 'is no regular file' };
      if (info.size > LARGEST) return { error: 'unreadable', reason: `is larger than ${LARGEST / 1024 / 1024} MB` };
      return { text: decode(await readFile(path)) };
    } catch (error) {
      return failure(error);
    }
  },
  async list(path) {
    try {
      return (await readdir(path)).sort();
    } catch {
      return [];
    }
  },
  async stat(path) {
    try {
      const info = await stat(path);
      return info.isDirectory() ? 'folder' : 'file';
    } catch {
      return 'missing';
    }
  },
};

/** UTF-8, or Latin-1 where it is none: every byte stays one character and can be written back. The byte order mark stays. */
export function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}

/** Was this text read from bytes that are no UTF-8? Needed to write it back as it was. */
export function isLatin1(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return false;
  } catch {
    return true;
  }
}

function failure(error: unknown): { error: 'missing' | 'unreadable'; reason: string } {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return { error: 'missing', reason: 'no such file or directory' };
  if (code === 'EACCES' || code === 'EPERM') return { error: 'unreadable', reason: 'permission denied' };
  return { error: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
}
