/** The entries of a log, read as a stream: memory stays the same however large the log and however long its lines. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { addLine, closeEntry, type Entry, type OpenEntry } from '../../core/index';

/** nginx writes 2 KB at most, patched builds 4 KB; what is longer is no entry, and is cut. */
const LONGEST_LINE = 64 * 1024;

export interface Log {
  readonly entries: AsyncIterable<Entry>;
  /** Lines read so far. */
  lineCount(): number;
}

/** `-` is standard input. Throws what the file system says when the log cannot be read. */
export async function openLog(path: string): Promise<Log> {
  const lines = new LineSplitter();
  return { entries: entriesOf(await openBytes(path), lines), lineCount: () => lines.count };
}

async function* entriesOf(bytes: AsyncIterable<Uint8Array>, lines: LineSplitter): AsyncGenerator<Entry> {
  const decoder = new TextDecoder();
  let open: OpenEntry | null = null;
  for await (const chunk of bytes) {
    for (const line of lines.add(decoder.decode(chunk, { stream: true }))) {
      const step = addLine(open, line);
      open = step.open;
      yield* step.entries;
    }
  }
  for (const line of lines.end(decoder.decode())) {
    const step = addLine(open, line);
    open = step.open;
    yield* step.entries;
  }
  if (open) yield* closeEntry(open);
}

type Line = Parameters<typeof addLine>[1];

/** Cuts a text that comes in pieces into lines, with the line ends that core counts: LF, CRLF and a lone CR. */
export class LineSplitter {
  count = 0;
  /** The line that has no end yet, up to its limit, and how long it is in truth. */
  private rest = '';
  private length = 0;
  private start = 0;
  /** The last piece ended with CR: a LF at the start of the next belongs to it. */
  private pendingCr = false;

  *add(piece: string): Generator<Line> {
    if (piece === '') return;
    let at = 0;
    if (this.pendingCr) {
      this.pendingCr = false;
      const isCrLf = piece.startsWith('\n');
      yield this.close(isCrLf ? '\r\n' : '\r');
      if (isCrLf) at = 1;
    }
    let cr = piece.indexOf('\r', at);
    while (at < piece.length) {
      const lf = piece.indexOf('\n', at);
      if (cr >= 0 && cr < at) cr = piece.indexOf('\r', at);
      const stop = cr >= 0 && (lf < 0 || cr < lf) ? cr : lf;
      this.keep(piece, at, stop < 0 ? piece.length : stop);
      if (stop < 0) return;
      if (stop === cr && stop === piece.length - 1) {
        this.pendingCr = true;
        return;
      }
      const end = stop === cr ? (lf === cr + 1 ? '\r\n' : '\r') : '\n';
      yield this.close(end);
      at = stop + end.length;
    }
  }

  *end(piece: string): Generator<Line> {
    yield* this.add(piece);
    if (this.pendingCr) yield this.close('\r');
    else if (this.length > 0) yield this.close('');
  }

  private keep(piece: string, from: number, to: number): void {
    const room = LONGEST_LINE - this.rest.length;
    if (room > 0) this.rest += piece.slice(from, Math.min(to, from + room));
    this.length += to - from;
  }

  private close(end: string): Line {
    const line = { text: this.rest, end, line: this.count++, start: this.start };
    this.start += this.length + end.length;
    this.rest = '';
    this.length = 0;
    return line;
  }
}

/** Plain or gzip, told by the first two bytes. */
async function openBytes(path: string): Promise<AsyncIterable<Uint8Array>> {
  if (path !== '-' && (await stat(path)).isDirectory()) {
    throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
  }
  const raw: Readable = path === '-' ? process.stdin : createReadStream(path);
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
  if (head[0] !== 0x1f || head[1] !== 0x8b) return all;
  const source = Readable.from(all);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  return source.pipe(gunzip);
}
