/** Counts a log and goes on counting as it grows: only what was added is read, unless another log has taken its place. */
import { type Entry, entries, meaningOf, type Project, Tally } from '../core/index';
import { type LogBytes, skipLines } from './log-bytes';

const PIECE = 256 * 1024;
/** By so many bytes before the end a log is known again. */
const TAIL = 64;
/** An entry has no more lines than fit in here. */
const LONGEST_ENTRY = 64 * 1024;
/** Looks at a line that does not end, before it is taken as it is. */
const PATIENCE = 3;
const LF = 10;

export interface LogCount {
  readonly tally: Tally;
  /** Bytes read. */
  readonly offset: number;
  /** The log was rotated or cut while it was followed, and has been counted from its start again. */
  readonly anew: boolean;
  /**
   * Reads what is new; false when nothing is. `onPiece` may throw, and is told the bytes read and those to read: the log is
   * to be counted anew then.
   */
  read(bytes: LogBytes, onPiece: (done: number, size: number | null) => void): Promise<boolean>;
  /** The entry that begins on a 0-based line, and its text. */
  entryAt(bytes: LogBytes, line: number): Promise<{ entry: Entry; text: string } | null>;
}

export function logCount(project: Project | null): LogCount {
  const newTally = (): Tally =>
    new Tally({
      meaning: (record) => meaningOf(record, project),
      decoder: new TextDecoder('utf-8', { ignoreBOM: true }),
    });
  let tally = newTally();
  let room = tally.room().length;
  let offset = 0;
  let id: string | undefined;
  let tail = new Uint8Array(0);
  let anew = false;
  /** Where lines begin, a few for each megabyte. */
  let marks: { line: number; offset: number }[] = [{ line: -1, offset: 0 }];
  /** The last line had no end and was counted. */
  let isCut = false;
  /** It has been seen growing, so that a line without an end is one that is being written. */
  let isLive = false;
  let quiet = 0;
  /** The size at the last look. */
  let seen: number | null = null;

  function restart(): void {
    tally = newTally();
    room = tally.room().length;
    offset = 0;
    marks = [{ line: -1, offset: 0 }];
    isCut = false;
  }

  async function isOther(bytes: LogBytes): Promise<boolean> {
    if (bytes.id !== id || (bytes.size !== null && bytes.size < offset)) return true;
    const now = new Uint8Array(tail.length);
    return bytes.size !== null && ((await fill(bytes, offset - tail.length, now)) < now.length || !same(now, tail));
  }

  async function read(bytes: LogBytes, onPiece: (done: number, size: number | null) => void): Promise<boolean> {
    const { size } = bytes;
    if (id !== undefined) {
      if (await isOther(bytes)) {
        anew = true;
        isLive = false;
        restart();
      } else if (size === null || size === seen) {
        if (size === null || size === offset || ++quiet < PATIENCE) return false;
        isLive = false;
      } else {
        isLive = true;
        if (isCut) restart();
      }
    }
    id = bytes.id;
    seen = size;
    quiet = 0;
    await readPieces(bytes, onPiece);
    tally.finish();
    tail = new Uint8Array(Math.min(TAIL, offset));
    if (size !== null) await fill(bytes, offset - tail.length, tail);
    return true;
  }

  async function readPieces(bytes: LogBytes, onPiece: (done: number, size: number | null) => void): Promise<void> {
    const { size } = bytes;
    for (;;) {
      const into = tally.room().subarray(0, size === null ? PIECE : Math.min(PIECE, size - offset));
      const count = into.length === 0 ? 0 : await bytes.read(offset, into);
      if (count === 0) return;
      const isLast = offset + count === size;
      const end = into.lastIndexOf(LF, count - 1) + 1;
      const isWaiting = isLast && isLive && end < count && count < PIECE;
      const taken = isWaiting ? end : count;
      if (taken > 0) {
        isCut = into[taken - 1] !== LF;
        tally.filled(taken);
        offset += taken;
        marks.push({ line: tally.lineCount, offset: offset - (room - tally.room().length) });
      }
      onPiece(offset, size);
      if (isWaiting) return;
    }
  }

  async function entryAt(bytes: LogBytes, line: number): Promise<{ entry: Entry; text: string } | null> {
    if (bytes.id !== id) return null;
    // The mark of the line itself may stand in its middle.
    let low = 0;
    for (let high = marks.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if (marks[middle]!.line < line) low = middle;
      else high = middle - 1;
    }
    const mark = marks[low]!;
    const at = await skipLines(bytes, mark.offset, line - Math.max(0, mark.line));
    if (at === null) return null;
    const piece = new Uint8Array(LONGEST_ENTRY);
    const text = new TextDecoder().decode(piece.subarray(0, await fill(bytes, at, piece)));
    for (const entry of entries(text)) {
      return entry.line === 0 ? { entry, text: text.slice(entry.span.start, entry.span.end) } : null;
    }
    return null;
  }

  return {
    get tally() {
      return tally;
    },
    get offset() {
      return offset;
    },
    get anew() {
      return anew;
    },
    read,
    entryAt,
  };
}

/** Reads until there is no more room, or nothing to read. */
async function fill(bytes: LogBytes, at: number, into: Uint8Array): Promise<number> {
  let count = 0;
  while (count < into.length) {
    const read = await bytes.read(at + count, into.subarray(count));
    if (read === 0) break;
    count += read;
  }
  return count;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i]);
}
