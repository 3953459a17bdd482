/** Cuts a log into entries, one line or several each, and tells whether a text is an nginx error log. */
import type { Span } from '../text/span';
import { startsEntry } from './header';
import { type LogRecord, parseLine } from './record';
import { closesStderr, STDERR_START } from './tail';

export interface Entry {
  /** 0-based, counting LF, CRLF and a lone CR as line ends, as LineMap does. */
  readonly line: number;
  /** From the start of the first line to the end of the last, without its line end. `record.fields` count from its start. */
  readonly span: Span;
  readonly record: LogRecord;
}

/** One line of a log, as a stream hands it over. */
export interface Line {
  readonly text: string;
  /** What ended it: `\n`, `\r\n`, `\r`, or nothing at the end. */
  readonly end: string;
  readonly line: number;
  /** Offset of the line in the whole text. */
  readonly start: number;
}

/** A dated entry whose FastCGI stderr has not been closed yet. */
export interface OpenEntry {
  readonly text: string;
  readonly end: string;
  readonly line: number;
  readonly start: number;
  readonly lines: number;
}

/** FastCGI stderr goes no further: nginx writes 2 KB an entry, patched builds 4 KB. */
const MAX_LINES = 200;
const MAX_LENGTH = 64 * 1024;

/**
 * The entries of a text. An entry goes on over further lines only where PHP (or another FastCGI server) wrote line ends:
 * a dated entry with `FastCGI sent in stderr: "` takes the lines up to the one that closes the quote and goes on as nginx
 * does (`" while …`, `", client: …`), but never a dated line, 200 lines or 64 KB. Every other entry is one line. A line
 * without a date is an entry when it is a bare message (see parseLine) and continues nothing; other lines are skipped.
 */
export function* entries(text: string): IterableIterator<Entry> {
  let open: OpenEntry | null = null;
  for (const line of linesOf(text)) {
    const step = addLine(open, line);
    open = step.open;
    yield* step.entries;
  }
  if (open) yield* closeEntry(open);
}

/** Takes the next line: gives the entries it completes and what is still open. For streams: start with null. */
export function addLine(open: OpenEntry | null, line: Line): { open: OpenEntry | null; entries: readonly Entry[] } {
  const isStart = startsEntry(line.text);
  if (open && !isStart && open.lines < MAX_LINES && open.text.length + line.text.length <= MAX_LENGTH) {
    const text = open.text + open.end + line.text;
    const longer = { ...open, text, end: line.end, lines: open.lines + 1 };
    return closesStderr(line.text) ? { open: null, entries: closeEntry(longer) } : { open: longer, entries: [] };
  }
  const before = open ? closeEntry(open) : [];
  const fresh: OpenEntry = { ...line, lines: 1 };
  if (isStart && isOpen(line.text)) return { open: fresh, entries: before };
  return { open: null, entries: [...before, ...closeEntry(fresh)] };
}

/** The entry as far as it has come: at the end of a stream. */
export function closeEntry(open: OpenEntry): readonly Entry[] {
  const record = parseLine(open.text);
  return record ? [{ line: open.line, span: { start: open.start, end: open.start + open.text.length }, record }] : [];
}

/**
 * True when the beginning of a text is mainly dated nginx error-log lines: more than half of its first lines, where the lines
 * of a stack trace in an entry count as its own. For texts without a name.
 */
export function looksLikeErrorLog(text: string): boolean {
  const head = text.slice(0, 16 * 1024);
  let written = 0;
  let lines = 0;
  let open: OpenEntry | null = null;
  for (const line of linesOf(head)) {
    if (lines >= 50) break;
    if (line.text.trim() === '') continue;
    lines++;
    const isContinued: boolean = open !== null;
    const isStart = startsEntry(line.text);
    const step = addLine(open, line);
    open = step.open;
    if (isStart || (isContinued && open !== null) || step.entries.some((entry) => entry.line < line.line)) written++;
  }
  return written * 2 > lines;
}

function isOpen(text: string): boolean {
  const stderr = text.indexOf(STDERR_START);
  if (stderr < 0) return false;
  // The message begins with it: it is not inside a referrer.
  const record = parseLine(text);
  return record !== null && record.stderr !== null && !closesStderr(text, stderr + STDERR_START.length);
}

function* linesOf(text: string): IterableIterator<Line> {
  let line = 0;
  let start = 0;
  let cr = text.indexOf('\r');
  while (start < text.length) {
    const lf = text.indexOf('\n', start);
    if (cr >= 0 && cr < start) cr = text.indexOf('\r', start);
    const at = cr >= 0 && (lf < 0 || cr < lf) ? cr : lf;
    const end = at < 0 ? '' : at === cr && lf === at + 1 ? '\r\n' : text[at]!;
    const stop = at < 0 ? text.length : at;
    yield { text: text.slice(start, stop), end, line, start };
    line++;
    start = stop + Math.max(end.length, at < 0 ? 1 : 0);
  }
}
