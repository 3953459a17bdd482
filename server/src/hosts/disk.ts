/** `Files` over the disk, for the language server on a desktop and for the command line. */
import { isAscii } from 'node:buffer';
import { promises, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import type { Files, ReadResult } from '../core/index';

/** No configuration is larger; reading a log or a device by mistake must not fill the memory. */
const LARGEST = 64 * 1024 * 1024;

export const diskFiles: Files = {
  async read(path) {
    try {
      return unfit(await promises.stat(path)) ?? { text: decode(await promises.readFile(path)) };
    } catch (error) {
      return failure(error);
    }
  },
  async list(path) {
    try {
      return (await promises.readdir(path)).sort();
    } catch {
      return [];
    }
  },
  async stat(path) {
    try {
      return kindOf(await promises.stat(path));
    } catch {
      return 'missing';
    }
  },
};

/** For a program that has nothing else to do meanwhile: the threads that would do it take longer to start than files to read. */
export const diskFilesAtOnce: Files = {
  async read(path) {
    try {
      return unfit(statSync(path)) ?? { text: decode(readFileSync(path)) };
    } catch (error) {
      return failure(error);
    }
  },
  async list(path) {
    try {
      return readdirSync(path).sort();
    } catch {
      return [];
    }
  },
  async stat(path) {
    try {
      return kindOf(statSync(path));
    } catch {
      return 'missing';
    }
  },
};

function kindOf(info: Stats): 'folder' | 'file' {
  return info.isDirectory() ? 'folder' : 'file';
}

/** Null for what can be read. */
function unfit(info: Stats): Extract<ReadResult, { error: string }> | null {
  const reason = info.isDirectory()
    ? 'is a folder'
    : !info.isFile()
      ? 'is no regular file'
      : info.size > LARGEST
        ? `is larger than ${LARGEST / 1024 / 1024} MB`
        : null;
  return reason === null ? null : { error: 'unreadable', reason };
}

/** UTF-8, or Latin-1 where it is none: every byte stays one character and can be written back. The byte order mark stays. */
export function decode(bytes: Uint8Array): string {
  // Nearly all are, and the same in both.
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
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
