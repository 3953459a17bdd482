/** Cuts a log into entries, one line or several each, and tells whether a text is an nginx error log. */
import type { Span } from '../text/span';
import { accessStart } from './access-formats';
import { trimmedEnd } from './header';
import { type Found, further, type Layer, mapped, readLine } from './line';
import { beginsMessage, isUpstreamMessage } from './messages';
import { joined, type Piece, part, whole } from './piece';
import { isFull } from './read';
import type { LogRecord } from './record';
import { closesStderr, STDERR_START } from './tail';
import { plain } from './unwrap';
import { gapAfter, howBroken, isWhole, quality, qualityOf, read, wordGap } from './wrapped';

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

/** An entry that further lines may belong to. */
export interface OpenEntry {
  /** `stderr`: what PHP wrote has not ended; `part`: the container says that the line has not; `broken`: see wrapped.ts. */
  readonly reason: 'stderr' | 'part' | 'broken';
  readonly line: number;
  readonly start: number;
  readonly layers: readonly Layer[];
  readonly parts: readonly { readonly piece: Piece; readonly at: number }[];
  readonly gaps: readonly string[];
  /** Of the gaps: was there a blank? */
  readonly spaced: readonly boolean[];
  /** The lines read so far, their length together with line ends, and what ended the last. */
  readonly texts: readonly string[];
  readonly length: number;
  readonly end: string;
  /** Where the last line that belongs to it for sure ends, and how many of `parts` that makes. */
  readonly sure: { readonly parts: number; readonly length: number; readonly quality: number };
}

/** FastCGI stderr goes no further: nginx writes 2 KB an entry, patched builds 4 KB. */
const MAX_LINES = 200;
const MAX_LENGTH = 64 * 1024;
/** What a terminal of 40 columns makes of nginx's 2,048 bytes. */
const MAX_BROKEN_LINES = 56;
const MAX_BROKEN_LENGTH = 8 * 1024;

/**
 * The entries of a text, with what tools and people put around them taken off (unwrap.ts). An entry is one line, but
 * - FastCGI stderr takes the lines up to the one that closes its quote and goes on as nginx does (`" while …`, `", client: …`),
 * - a container's part of a line takes the parts up to the last,
 * - an entry that is not whole takes the lines that make more of it: a terminal or a chat has broken it.
 * None takes a line that is an entry itself, more than 200 lines or more than 64 KB. Other lines are skipped.
 */
export function* entries(text: string, depth = 0): IterableIterator<Entry> {
  if (text.trim() === '') return;
  let open: OpenEntry | null = null;
  for (const line of linesOf(text)) {
    const step = addLine(open, line, depth);
    open = step.open;
    yield* step.entries;
  }
  if (open) yield* closeEntry(open);
}

interface Step {
  readonly open: OpenEntry | null;
  readonly entries: readonly Entry[];
}

/** Takes the next line: gives the entries it completes and what is still open. For streams: start with null. */
export function addLine(open: OpenEntry | null, line: Line, depth = 0): Step {
  const found = readLine(line.text, depth);
  const longer = open && goOn(open, line, found);
  if (longer) return longer;
  const done: Entry[] = open ? [...closeEntry(open)] : [];
  let next: OpenEntry | null = null;
  found.forEach((each, i) => {
    next = i === found.length - 1 ? opened(each, line) : null;
    if (!next) done.push(entryOf(each, line));
  });
  return { open: next, entries: done };
}

/** The entry as far as it has come: at the end of a stream. */
export function closeEntry(open: OpenEntry): readonly Entry[] {
  const { parts, length } = open.reason === 'broken' ? open.sure : { parts: open.parts.length, length: open.length };
  const text = joined(open.parts.slice(0, parts), gapsOf(open, parts));
  const piece = part(text, 0, trimmedEnd(text.text));
  const record = read(piece.text);
  if (!record) return [];
  return [{ line: open.line, span: { start: open.start, end: open.start + length }, record: mapped(record, piece) }];
}

function entryOf({ record, span }: Found, { line, start }: Line): Entry {
  const fields = record.fields.map(({ name, span: { start: from, end } }) => ({
    name,
    span: { start: from - span.start, end: end - span.start },
  }));
  return {
    line,
    span: { start: start + span.start, end: start + span.end },
    record: span.start === 0 ? record : { ...record, fields },
  };
}

function opened({ kind, record, layers, piece, span }: Found, { text, line, start, end }: Line): OpenEntry | null {
  if (kind !== 'header' || !layers || span.start > 0) return null;
  const reason = reasonOf(record, layers, piece.text);
  if (!reason) return null;
  return {
    reason,
    line,
    start,
    layers,
    parts: [{ piece, at: 0 }],
    gaps: [],
    spaced: [],
    texts: [text],
    length: span.end,
    end: text.slice(span.end) + end,
    sure: { parts: 1, length: span.end, quality: quality(record) },
  };
}

function reasonOf(record: LogRecord, layers: readonly Layer[], text: string): OpenEntry['reason'] | null {
  const last = layers[layers.length - 1];
  if (last && 'prefix' in last && /std(?:out|err) P $/.test(last.prefix)) return 'part';
  if (record.stderr !== null && !closesStderr(text, text.indexOf(STDERR_START) + STDERR_START.length)) return 'stderr';
  return isWhole(record) || isFull(text, 0) || text.length > MAX_BROKEN_LENGTH ? null : 'broken';
}

function goOn(open: OpenEntry, line: Line, found: readonly Found[]): Step | null {
  if (found.some(({ kind }) => kind !== 'message')) return null;
  if (open.texts.length >= MAX_LINES || open.length + line.text.length > MAX_LENGTH) return null;
  const own = further(open.layers, line.text);
  if (!own && open.layers.some((layer) => 'key' in layer)) return null;
  const piece = own ?? plain(whole(line.text));
  if (open.reason === 'broken') {
    const isOwn = found.some(({ record, layers }) => isPlain(layers) && beginsMessage(record.message));
    const before = isOwn ? read(joined(open.parts, open.gaps).text) : null;
    return before && isUpstreamMessage(before.message) ? null : mended(open, line, piece, isOwn);
  }
  const isPart = open.reason === 'part';
  // The last part is marked F.
  const isLast = isPart
    ? !line.text.slice(0, line.text.length - piece.text.length).endsWith(' P ')
    : closesStderr(piece.text);
  const longer = added(open, line, piece, isPart ? open.end.replace(/[\r\n]+$/, '') : open.end);
  if (!isLast && (isPart || !closesBroken(longer))) return { open: longer, entries: [] };
  const record = isPart ? null : read(joined(longer.parts, gapsOf(longer, longer.parts.length)).text);
  if (!record || isWhole(record)) return { open: null, entries: closeEntry(longer) };
  // What nginx writes behind the stderr was broken.
  const sure = { parts: longer.parts.length, length: longer.length, quality: quality(record) };
  return { open: { ...longer, reason: 'broken', sure }, entries: [] };
}

/** The next line of a broken entry. What turns out to belong to nothing is given up when the entry is closed. */
function mended(open: OpenEntry, line: Line, piece: Piece, isMessage: boolean): Step | null {
  if (piece.text.trim() === '' || open.texts.length >= MAX_BROKEN_LINES) return null;
  const before = joined(open.parts, open.gaps).text;
  const rest = part(piece, piece.text.length - piece.text.trimStart().length, trimmedEnd(piece.text));
  if (before.length + rest.text.length > MAX_BROKEN_LENGTH) return null;
  const isSpaced = /^\s/.test(piece.text) || /^[ \t]/.test(open.end);
  const asWords = qualityOf(`${before} ${rest.text}`);
  const asWord = isSpaced ? Number.NEGATIVE_INFINITY : qualityOf(before + rest.text);
  const points = Math.max(asWords, asWord);
  const longer = added(open, line, rest, asWord > asWords ? '' : ' ', isSpaced);
  if (points <= open.sure.quality) return isMessage ? null : { open: longer, entries: [] };
  const surely = { ...longer, sure: { parts: longer.parts.length, length: longer.length, quality: points } };
  const record = read(joined(surely.parts, surely.gaps).text);
  return record && isWhole(record) ? { open: null, entries: closeEntry(surely) } : { open: surely, entries: [] };
}

/** Lines are joined as most of them were broken, unless that reads worse than each by itself. */
function gapsOf(open: OpenEntry, count: number): readonly string[] {
  const { reason, gaps } = open;
  if (count < 2 || reason === 'part') return gaps;
  const parts = open.parts.slice(0, count);
  const lines = open.texts.slice(0, count);
  const how = howBroken(lines);
  if (how === null && reason === 'stderr') return gaps;
  const even = lines.slice(0, -1).map((line, i) => {
    if (open.spaced[i] || /\s$/.test(line)) return ' ';
    return wordGap(parts[i]!.piece.text, parts[i + 1]!.piece.text) ?? gapAfter(line, lines, how);
  });
  return qualityOf(joined(parts, even).text) >= qualityOf(joined(parts, gaps).text) ? even : gaps;
}

/** Was what closes FastCGI stderr broken itself, so that no line shows it? */
function closesBroken(open: OpenEntry): boolean {
  if (open.length > MAX_BROKEN_LENGTH || open.texts.length > MAX_BROKEN_LINES) return false;
  const how = howBroken(open.texts);
  if (how === null) return false;
  const { text } = joined(open.parts, gapsOf(open, open.parts.length));
  const record = read(text);
  return record !== null && isWhole(record) && record.stderr !== null;
}

/** In no string, which might be one that nginx quotes. */
function isPlain(layers: readonly Layer[] | null): boolean {
  return layers?.every((layer) => 'prefix' in layer) ?? false;
}

function added(open: OpenEntry, line: Line, piece: Piece, gap: string, isSpaced = false): OpenEntry {
  return {
    ...open,
    parts: [...open.parts, { piece: part(piece, 0, trimmedEnd(piece.text)), at: line.start - open.start }],
    gaps: [...open.gaps, gap],
    spaced: [...open.spaced, isSpaced],
    texts: [...open.texts, line.text],
    length: line.start - open.start + trimmedEnd(line.text),
    end: line.text.slice(trimmedEnd(line.text)) + line.end,
  };
}

/** Nothing, or what chats and JSON put around lines. */
const BLANK = /^[\s{}[\]()>,]*(?:(?:```|~~~)\w{0,20}\s*)?$/;

/**
 * True when the beginning of a text is mainly log, nginx's or php-fpm's: more than half of its first lines belong to entries with a
 * header, or to an access log in which a gateway error is. For texts without a name.
 */
export function looksLikeErrorLog(text: string): boolean {
  const head = text.slice(0, 16 * 1024);
  const written = new Set<number>();
  const lines: Line[] = [];
  let covered = 0;
  for (const line of linesOf(head)) {
    if (lines.length >= 50) break;
    if (!BLANK.test(line.text)) lines.push(line);
    covered = line.start + line.text.length;
  }
  let hasAccess = false;
  for (const { span, record } of entries(head.slice(0, covered))) {
    // Without its date a line of php-fpm looks like those of many others.
    if (record.fpm ? record.time === null : record.level === null && !record.access) continue;
    hasAccess ||= record.access !== undefined;
    for (const { start, line } of lines) if (start >= span.start && start < span.end) written.add(line);
    for (const { start, text, line } of lines)
      if (span.start >= start && span.start < start + text.length) written.add(line);
  }
  if (hasAccess) for (const { text, line } of lines) if (accessStart(text) >= 0) written.add(line);
  return written.size * 2 > lines.length;
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
