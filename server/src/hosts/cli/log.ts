/** A log's bytes and entries, read as a stream: memory stays the same however large the log and however long its lines. */
import { createReadStream, fstatSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { addLine, closeEntry, type Entry, LineSplitter, type OpenEntry } from '../../core/index';

/** A line of 10 MB is read in pieces of this size. */
const PIECE = 256 * 1024;

export interface Log {
  /** As many at a time as a piece of the log completes. */
  readonly batches: AsyncIterable<readonly Entry[]>;
  /** Lines read so far. */
  lineCount(): number;
}

/** `-` is standard input. Throws what the file system says when the log cannot be read. */
export async function openLog(path: string): Promise<Log> {
  const lines = new LineSplitter();
  const file = path === '-' ? null : await openFile(path);
  return { batches: entriesOf(await bytesOf(streamOf(file)), lines), lineCount: () => lines.count };
}

async function* entriesOf(bytes: AsyncIterable<Uint8Array>, lines: LineSplitter): AsyncGenerator<readonly Entry[]> {
  const decoder = new TextDecoder();
  let open: OpenEntry | null = null;
  const added = (found: Iterable<Parameters<typeof addLine>[1]>): Entry[] => {
    const entries: Entry[] = [];
    for (const line of found) {
      const step = addLine(open, line);
      open = step.open;
      entries.push(...step.entries);
    }
    return entries;
  };
  for await (const piece of bytes) yield added(lines.add(decoder.decode(piece, { stream: true })));
  yield added(lines.end(decoder.decode()));
  if (open) yield closeEntry(open);
}

/** Throws what the file system says. */
export async function openFile(path: string): Promise<FileHandle> {
  const file = await open(path);
  if (!(await file.stat()).isDirectory()) return file;
  await file.close();
  throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
}

/** Of a file that can be read from any place; a pipe is asked as a stream. */
export async function isGzip(file: FileHandle): Promise<boolean> {
  if (!(await file.stat()).isFile()) return true;
  const head = new Uint8Array(2);
  const { bytesRead } = await file.read(head, 0, 2, 0);
  return bytesRead === 2 && isMagic(head);
}

function isMagic(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** Plain or gzip, told by the first two bytes. */
export async function bytesOf(raw: Readable): Promise<AsyncIterable<Uint8Array>> {
  const pieces: AsyncIterator<Buffer> = raw[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array();
  while (head.length < 2) {
    const next = await pieces.next();
    if (next.done) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  const all = (async function* () {
    if (head.length > 0) yield head;
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
  })();
  if (!isMagic(head)) return all;
  const source = Readable.from(all);
  const gunzip = createGunzip({ chunkSize: PIECE });
  source.on('error', (error) => gunzip.destroy(error));
  return source.pipe(gunzip);
}

/** `< error.log` is read in larger pieces than a pipe. */
export function streamOf(file: FileHandle | null): Readable {
  if (file) return file.createReadStream({ highWaterMark: PIECE });
  try {
    if (fstatSync(0).isFile()) return createReadStream('', { fd: 0, highWaterMark: PIECE, autoClose: false });
  } catch {
    // closed: as a stream it is empty
  }
  return process.stdin;
}
