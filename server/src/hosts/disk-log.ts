/** A log on the disk, plain or gzip, as `LogBytes`. */
import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import type { LogBytes } from '../lsp/log-bytes';

const PIECE = 256 * 1024;

export async function openDiskLog(path: string): Promise<LogBytes> {
  let file: FileHandle | undefined;
  try {
    // Opening a pipe would wait for somebody to write.
    const named = await stat(path);
    if (named.isDirectory()) throw new Error('it is a folder');
    if (!named.isFile()) throw new Error('it is no regular file');
    file = await open(path);
    const { dev, ino, size, mtimeMs } = await file.stat();
    const head = new Uint8Array(2);
    await file.read(head, 0, 2, 0);
    const isGzip = head[0] === 0x1f && head[1] === 0x8b;
    return isGzip ? gzipBytes(path, file, `${dev}:${ino}:${size}:${mtimeMs}`) : plainBytes(file, `${dev}:${ino}`, size);
  } catch (error) {
    await file?.close();
    throw new Error(reasonOf(error));
  }
}

function plainBytes(file: FileHandle, id: string, size: number): LogBytes {
  return {
    id,
    size,
    read: async (at, into) => (await file.read(into, 0, into.length, at)).bytesRead,
    close: () => file.close(),
  };
}

/** Going back means starting again. */
function gzipBytes(path: string, file: FileHandle, id: string): LogBytes {
  let at = 0;
  let rest: Uint8Array = new Uint8Array(0);
  let pieces: AsyncIterator<Buffer> | undefined;
  let source: ReturnType<typeof createReadStream> | undefined;

  function start(): AsyncIterator<Buffer> {
    source?.destroy();
    source = createReadStream(path, { highWaterMark: PIECE });
    const gunzip = createGunzip({ chunkSize: PIECE });
    source.on('error', (error) => gunzip.destroy(error));
    at = 0;
    rest = new Uint8Array(0);
    return source.pipe(gunzip)[Symbol.asyncIterator]();
  }

  return {
    id,
    size: null,
    async read(from, into) {
      if (!pieces || from < at) pieces = start();
      try {
        for (;;) {
          const skipped = Math.min(from - at, rest.length);
          at += skipped;
          rest = rest.subarray(skipped);
          if (at === from && rest.length > 0) break;
          const next = await pieces.next();
          if (next.done) return 0;
          rest = next.value;
        }
      } catch (error) {
        throw new Error(reasonOf(error));
      }
      const part = rest.subarray(0, into.length);
      into.set(part);
      at += part.length;
      rest = rest.subarray(part.length);
      return part.length;
    },
    async close() {
      source?.destroy();
      await file.close();
    },
  };
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return code?.startsWith('Z_') ? `the gzip is broken: ${message}` : message;
}
