/** Reads one error-log entry, whose wrappings are off, into its fields. */
import type { Span } from '../text/span';
import { type Header, NO_HEADER } from './header';
import type { Field, Level, LogRecord, TailField } from './record';
import { readTail, type Tail } from './tail';

const NO_TAIL: Readonly<Record<TailField, null>> = {
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

/** Nothing known: what every record starts from. */
export const NO_RECORD: LogRecord = {
  time: null,
  level: null,
  pid: null,
  tid: null,
  connection: null,
  message: '',
  errno: null,
  phase: null,
  ...NO_TAIL,
  stderr: null,
  bytes: null,
  truncated: false,
  fields: [],
};

/** A bare message about an upstream, from `start`; guides keep the date or the level of its header, without the process. */
export function readMessage(text: string, start: number): LogRecord {
  const before = text.slice(0, start).slice(-100);
  const [, date, clock, level] =
    /(?:(\d{4}[/-]\d\d[/-]\d\d) (\d\d:\d\d:\d\d) )?\[(debug|info|notice|warn|error|crit|alert|emerg)\] $/.exec(
      before,
    ) ?? [];
  const time = date && clock ? `${date.replaceAll('/', '-')}T${clock}` : null;
  const record = readEntry(text, { ...NO_HEADER, messageStart: start });
  if (!level) return record;
  const fields: Field[] = [];
  const end = start - 2;
  if (time) fields.push({ name: 'time', span: { start: end - level.length - 2 - 19, end: end - level.length - 2 } });
  fields.push({ name: 'level', span: { start: end - level.length, end } });
  return { ...record, time, level: level as Level, fields: [...fields, ...record.fields] };
}

/** The record of an entry whose header is known; spans count from the start of `line`. */
export function readEntry(line: string, header: Header): LogRecord {
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
    truncated: header.cut || tail.truncated || isFull(line, header.start),
    fields,
  };
}

function values(line: string, tail: Tail): Record<TailField, string | null> {
  const result: Record<TailField, string | null> = { ...NO_TAIL };
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
export function isFull(line: string, start: number): boolean {
  const end = line.length;
  if (end - start > 2047 || end - start < 680) return false;
  let bytes = 0;
  for (let i = start; i < end; i++) {
    const code = line.charCodeAt(i);
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
  }
  return bytes === 2047;
}
