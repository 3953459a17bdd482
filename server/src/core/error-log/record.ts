/** Reads one nginx error-log entry into its fields. */
import type { Span } from '../text/span';
import { type Header, NO_HEADER, parseHeader, trimmedEnd } from './header';
import { isUpstreamMessage } from './messages';
import { readTail, type Tail } from './tail';

export { parseRequest, parseUpstream, type Request, type Upstream } from './values';

export type Level = 'debug' | 'info' | 'notice' | 'warn' | 'error' | 'crit' | 'alert' | 'emerg';

/** What the stream module counts (ngx_stream_proxy_log_error). */
export interface ByteCounts {
  readonly fromClient: number;
  readonly toClient: number;
  readonly fromUpstream: number;
  readonly toUpstream: number;
}

/** The fields that nginx may write after the message, in the words of interfaces.md. */
export type TailField =
  | 'client'
  | 'server'
  | 'request'
  | 'subrequest'
  | 'upstream'
  | 'host'
  | 'referrer'
  | 'login'
  | 'resolver'
  | 'responder'
  | 'peer'
  | 'certificate';

export type FieldName =
  | TailField
  | 'time'
  | 'level'
  | 'pid'
  | 'tid'
  | 'connection'
  | 'message'
  | 'errno'
  | 'phase'
  | 'stderr'
  | 'bytes';

/** Where a field's value stands in the text that was parsed, without its label and quotes. */
export interface Field {
  readonly name: FieldName;
  readonly span: Span;
}

export interface LogRecord extends Readonly<Record<TailField, string | null>> {
  /** `2024-03-15T10:23:45`, without a zone because nginx writes local time. */
  readonly time: string | null;
  readonly level: Level | null;
  readonly pid: number | null;
  readonly tid: number | null;
  readonly connection: number | null;
  /** All that stands before `, client: …`, with ` while connecting to upstream`. */
  readonly message: string;
  /** The number of `(111: Connection refused)`, never the words: they are in the system's language. */
  readonly errno: number | null;
  /** What follows the last ` while ` of the message. */
  readonly phase: string | null;
  /** What a FastCGI server wrote to its stderr; may have several lines. */
  readonly stderr: string | null;
  readonly bytes: ByteCounts | null;
  /** The end is missing: nginx cuts an entry at 2048 bytes (NGX_MAX_ERROR_STR), and copying loses ends too. */
  readonly truncated: boolean;
  /** Ordered by start. `errno`, `phase` and `stderr` lie within `message`; the span of `errno` has the words too. */
  readonly fields: readonly Field[];
}

/**
 * The record of one entry (a line, or several joined with their line ends), or null when the text is no error-log entry.
 * An entry has a date, a level and a process, or is `nginx: [emerg] …` as on nginx's stderr, or is a bare message
 * about an upstream as guides quote it: see messages.ts. What another tool put before the date is skipped.
 */
export function parseLine(line: string): LogRecord | null {
  const text = line.slice(0, trimmedEnd(line));
  const header = parseHeader(text);
  if (header) return build(text, header);
  // Guides and chats quote messages in tables and code marks.
  const start = skip(text, 0, text.length, 1);
  const stop = skip(text, text.length - 1, start, -1) + 1;
  if (start >= stop || !isUpstreamMessage(text.slice(start, stop))) return null;
  return build(text.slice(0, stop), { ...NO_HEADER, messageStart: start });
}

function build(line: string, header: Header): LogRecord {
  const start = Math.min(header.messageStart, line.length);
  const tail = readTail(line, start);
  const message = line.slice(start, tail.messageEnd);
  const phaseStart = findPhase(message, tail.stderr ? tail.stderr.end - start : 0);
  const bare = phaseStart === null ? message : message.slice(0, phaseStart - WHILE.length);
  const errno = findErrno(bare, tail.stderr ? tail.stderr.end - start : 0);
  const fields: Field[] = [...header.fields, { name: 'message', span: { start, end: tail.messageEnd } }];
  if (tail.stderr) fields.push({ name: 'stderr', span: tail.stderr });
  if (errno) fields.push({ name: 'errno', span: { start: start + errno.start, end: start + errno.end } });
  if (phaseStart !== null) fields.push({ name: 'phase', span: { start: start + phaseStart, end: tail.messageEnd } });
  fields.push(...tail.fields);
  return {
    time: header.time,
    level: header.level,
    pid: header.pid,
    tid: header.tid,
    connection: header.connection,
    message,
    errno: errno ? Number(/^\d+/.exec(bare.slice(errno.start, errno.start + 12))![0]) : null,
    phase: phaseStart === null ? null : message.slice(phaseStart),
    ...values(line, tail),
    stderr: tail.stderr ? line.slice(tail.stderr.start, tail.stderr.end) : null,
    bytes: tail.bytes,
    truncated: header.cut || tail.truncated || isFull(line),
    fields,
  };
}

function values(line: string, tail: Tail): Record<TailField, string | null> {
  const result: Record<TailField, string | null> = {
    client: null,
    server: null,
    request: null,
    subrequest: null,
    upstream: null,
    host: null,
    referrer: null,
    login: null,
    resolver: null,
    responder: null,
    peer: null,
    certificate: null,
  };
  for (const { name, span } of tail.fields) {
    if (name !== 'bytes') result[name as TailField] = line.slice(span.start, span.end);
  }
  return result;
}

const WHILE = ' while ';

/**
 * Offset of the action. A ` while ` inside quotes or parentheses belongs to something nginx quotes
 * (`"/a while b" failed`, `(SSL: … unexpected eof while reading)`), so what follows must have both balanced. An errno
 * comes before the action, never after it (ngx_log_error_core).
 */
function findPhase(message: string, from: number): number | null {
  let at = message.lastIndexOf(WHILE);
  for (let tries = 0; at >= from && tries < 4; tries++) {
    const rest = message.slice(at + WHILE.length);
    if (rest !== '' && isBalanced(rest) && !findErrno(rest, 0)) return at + WHILE.length;
    at = at === 0 ? -1 : message.lastIndexOf(WHILE, at - 1);
  }
  return null;
}

function isBalanced(text: string): boolean {
  let quotes = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) quotes++;
    else if (code === 40) depth++;
    else if (code === 41 && --depth < 0) return false;
  }
  return depth === 0 && quotes % 2 === 0;
}

/** ngx_log_errno() ends a message with ` (2: …)`; configuration errors add ` in FILE:LINE` (ngx_conf_log_error). */
function findErrno(message: string, from: number): Span | null {
  const tail = Math.max(from, message.length - 1000);
  const place = / in [^\s"]+:\d+$/.exec(message.slice(Math.max(tail, message.length - 300)));
  const last = message.slice(tail, place ? message.length - place[0].length : message.length);
  for (let at = last.lastIndexOf(' ('); at >= 0; at = at === 0 ? -1 : last.lastIndexOf(' (', at - 1)) {
    if (!/^ \(\d{1,10}: /.test(last.slice(at, at + 16))) continue;
    const isCut = !last.includes(')', at);
    if (isCut || last.endsWith(')')) return { start: tail + at + 2, end: tail + last.length - (isCut ? 0 : 1) };
  }
  return null;
}

/** nginx wrote all it had room for: 2047 bytes and the line feed. */
function isFull(line: string): boolean {
  const end = line.length;
  if (end > 2047 || end < 680) return false;
  let bytes = 0;
  for (let i = 0; i < end; i++) {
    const code = line.charCodeAt(i);
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
  }
  return bytes === 2047;
}

function skip(line: string, from: number, to: number, step: 1 | -1): number {
  let at = from;
  while ((step > 0 ? at < to : at >= to) && ' \t`|\uFEFF'.includes(line[at]!)) at += step;
  return at;
}
