/** What one line of a log holds: an entry, several (a line of JSON may), or none, under whatever was wrapped around it. */
import type { Span } from '../text/span';
import { readAccess } from './access';
import { accessStart } from './access-formats';
import { entries } from './entries';
import { type Header, parseHeader, trimmedEnd } from './header';
import { beginsMessage, isUpstreamMessage } from './messages';
import { readFpm } from './php-fpm';
import { type Piece, part, whole } from './piece';
import { readEntry, readMessage } from './read';
import type { LogRecord } from './record';
import { afterPrefix, type Literal, literals, messageStarts, plain, withoutEscapes } from './unwrap';

/** One wrapping, as the lines that an entry goes on over repeat it: what stands before, or the key of the string it is in. */
export type Layer = { readonly prefix: string } | { readonly key: string | null };

export interface Found {
  /** `header`: nginx's own, `access`: a line of the access log, `fpm`: php-fpm's own, `message`: nothing but a message. */
  readonly kind: 'header' | 'access' | 'fpm' | 'message';
  /** The entry without its wrappings; leads back into the line. */
  readonly piece: Piece;
  /** Its spans count within the line. */
  readonly record: LogRecord;
  /** The whole line, or where it holds several entries this one's string. */
  readonly span: Span;
  /** Outermost first; null where no further line can belong to it. */
  readonly layers: readonly Layer[] | null;
}

/** Wrappings in wrappings; nobody nests deeper. */
const DEEPEST = 5;
/** A shorter string holds no message. */
const SHORTEST = 20;
/** A longer line has a header if it is an entry. */
const LONGEST_MESSAGE = 16 * 1024;

export function readLine(text: string, depth = 0): readonly Found[] {
  const found = search(whole(text), [], depth);
  const end = trimmedEnd(text);
  if (found.length !== 1) return found;
  return [{ ...found[0]!, span: { start: 0, end: Math.max(end, found[0]!.span.end) } }];
}

function search(original: Piece, layers: readonly Layer[], depth: number): readonly Found[] {
  if (depth > DEEPEST) return [];
  const piece = plain(original);
  const { text } = piece;
  const header = parseHeader(text.slice(0, trimmedEnd(text)));
  if (header?.start === 0) return [withHeader(piece, header, layers)];
  const fpm = readFpm(text.slice(0, trimmedEnd(text)));
  // It quotes what its children say, which is no wrapping.
  if (fpm?.time && text.lastIndexOf('"', fpm.fields[0]!.span.start) < 0) return [made('fpm', piece, fpm, null)];
  const access = accessStart(text);
  if (header && (access < 0 || header.start < access)) {
    const inString = isInString(piece, header.start) ? inStrings(piece, layers, depth) : [];
    return inString.length > 0 ? inString : [withHeader(piece, header, layers)];
  }
  if (access < 0 || text.lastIndexOf('{', access) >= 0 || text.lastIndexOf('="', access) >= 0) {
    const inString = HAS_STRINGS.test(text) ? inStrings(piece, layers, depth) : [];
    if (inString.length > 0) return inString;
  }
  const record = readAccess(text.slice(0, trimmedEnd(text)));
  if (record) return [made('access', piece, record, null)];
  if (fpm) return [made('fpm', piece, fpm, null)];
  return access >= 0 ? [] : bare(piece, layers);
}

function isInString(piece: Piece, at: number): boolean {
  if (piece.text.lastIndexOf('"', at) < 0) return false;
  for (const { start, end } of literals(piece)) if (end > at) return start < at;
  return false;
}

const HAS_STRINGS = /[:=>[{,(]\s?"|^\s?"/;

function withHeader(piece: Piece, { start }: Header, layers: readonly Layer[]): Found {
  const prefix = piece.text.slice(0, start);
  const own = part(piece, start, closing(piece.text, start));
  const entry = withoutEscapes(own.text.includes('&') ? plain(own) : own);
  return made('header', entry, readEntry(entry.text, parseHeader(entry.text)!), [...layers, { prefix }]);
}

/** Where the entry ends that begins at `start`: before the quote, code mark, table bar or tag that was opened for it. */
function closing(text: string, start: number): number {
  const end = trimmedEnd(text);
  const before = text.slice(Math.max(0, start - 40), start).trimEnd();
  const sign = before[before.length - 1];
  let stop = end;
  if (sign === '`' || sign === "'") stop = text.lastIndexOf(sign, end - 1);
  else if ((sign === '*' || sign === '_') && text[end - 1] === sign) stop = end - 1;
  else if (sign === '>' && /<[a-z]{1,10}(?:\s[^<>]{0,30})?>$/.test(before)) {
    stop = end - (/(?:<\/?[a-z]{1,10}\s?\/?>){1,4}$/.exec(text.slice(Math.max(start, end - 60), end))?.[0].length ?? 0);
  } else if (sign === '|' && text.endsWith('|', end)) stop = trimmedEnd(text.slice(0, end - 1));
  while (stop < end && stop > start && text[stop - 1] === sign) stop--;
  return stop > start ? stop : end;
}

function bare(piece: Piece, layers: readonly Layer[]): readonly Found[] {
  if (piece.text.length > LONGEST_MESSAGE) return [];
  // Chats and guides close what they opened: tables, code marks, quotes.
  const text = piece.text.replace(/[\s`|'"]{0,200}$/, (marks) => (marks.startsWith('"') ? '"' : ''));
  // A string is a message when it begins as one; that it has one's end in it is true of much else.
  const isMessage = layers.length > 0 ? beginsMessage : isUpstreamMessage;
  for (const start of messageStarts(text).reverse()) {
    if (!isMessage(text.slice(start))) continue;
    const entry = part(piece, 0, text.length);
    return [made('message', entry, readMessage(entry.text, start), [...layers, { prefix: text.slice(0, start) }])];
  }
  return [];
}

function inStrings(piece: Piece, layers: readonly Layer[], depth: number): readonly Found[] {
  const all: Found[] = [];
  let last: { readonly key: string | null; readonly text: string } | null = null;
  for (const literal of literals(piece)) {
    const { key } = literal;
    const { text } = literal.piece;
    if (text.length < SHORTEST || !/[\s{]/.test(text)) continue;
    const span = piece.back(literal);
    const found = inString(literal, layers, depth).map((each) => (each.span.start < 0 ? { ...each, span } : each));
    if (found.length === 0) continue;
    // Shippers keep the line under two names, one of them perhaps cut: `short_message` and `full_message`.
    const isTwin = last !== null && key !== null && last.key !== null && key !== last.key && all.length === 1;
    if (isTwin && last!.text.startsWith(text.trimEnd())) continue;
    if (isTwin && text.startsWith(last!.text.trimEnd())) all.pop();
    for (const each of found) all.push(each);
    last = { key, text };
  }
  return all;
}

/** A string may hold a whole log. Its line end at the end is the line's own. */
function inString({ piece, key }: Literal, layers: readonly Layer[], depth: number): readonly Found[] {
  const line = part(piece, 0, trimmedEnd(piece.text));
  if (!/[\r\n]/.test(line.text)) return search(line, [...layers, { key }], depth + 1);
  if (depth >= DEEPEST) return [];
  const found: Found[] = [];
  for (const { span, record } of entries(line.text, depth + 1)) {
    const entry = part(line, span.start, span.end);
    found.push({
      kind: record.access
        ? 'access'
        : record.fpm
          ? 'fpm'
          : record.level !== null || record.pid !== null
            ? 'header'
            : 'message',
      piece: entry,
      record: mapped(record, entry),
      span: entry.back({ start: 0, end: entry.text.length }),
      layers: null,
    });
  }
  return found;
}

/** Its span is put in by who knows what is around it. */
const UNKNOWN: Span = { start: -1, end: -1 };

function made(kind: Found['kind'], piece: Piece, record: LogRecord, layers: readonly Layer[] | null): Found {
  const isFast = layers?.some((layer) => 'key' in layer && layer.key === null);
  return { kind, piece, record: mapped(record, piece), span: UNKNOWN, layers: isFast ? null : layers };
}

/** The same record, with its fields where they stand in the original. */
export function mapped(record: LogRecord, piece: Piece): LogRecord {
  return { ...record, fields: record.fields.map(({ name, span }) => ({ name, span: piece.back(span) })) };
}

/** What a further line adds to an entry, without the wrappings that both share; null where it has others. */
export function further(layers: readonly Layer[], text: string): Piece | null {
  let piece = plain(whole(text));
  for (const layer of layers) {
    if ('key' in layer) {
      let inside: Piece | null = null;
      for (const literal of literals(piece)) {
        if (literal.key !== layer.key) continue;
        inside = literal.piece;
        break;
      }
      if (!inside) return null;
      piece = plain(part(inside, 0, trimmedEnd(inside.text)));
    } else {
      const at = afterPrefix(layer.prefix, piece.text) ?? afterPrefix(layer.prefix.replace(/ P $/, ' F '), piece.text);
      if (at === null) return null;
      piece = part(piece, at);
    }
  }
  return piece;
}
