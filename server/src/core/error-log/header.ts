/** Reads what an entry begins with: date, level, process and connection. */
import type { Field, FieldName, Level } from './record';

/** Does nginx's own header (date, level, process) stand somewhere in this line? For telling entries apart. */
export function startsEntry(line: string): boolean {
  const header = parseHeader(line.slice(0, trimmedEnd(line)));
  return header !== null && (header.pid !== null || header.time !== null);
}

export interface Header {
  /** Where it begins: at the date or, where that was lost, at the level. */
  readonly start: number;
  readonly time: string | null;
  readonly level: Level | null;
  readonly pid: number | null;
  readonly tid: number | null;
  readonly connection: number | null;
  readonly fields: readonly Field[];
  readonly messageStart: number;
  readonly cut: boolean;
}

export const NO_HEADER: Header = {
  start: 0,
  time: null,
  level: null,
  pid: null,
  tid: null,
  connection: null,
  fields: [],
  messageStart: 0,
  cut: false,
};

// ngx_log_error_core(): date, level, pid#tid and, in a connection, its number. The end may cut it anywhere after the level.
// People and tools take the date away or write it with dashes. Applied to a slice of bounded length only.
const HEADER =
  /(?:(\d{4})([/-])(\d\d)\2(\d\d) (\d\d:\d\d:\d\d)(?:[.,]\d{1,9})? )?\[(debug|info|notice|warn|error|crit|alert|emerg)\](?: (\d{1,10})#(\d{1,10}):(?: (?:\*(\d{1,20})(?: |$))?|$)|(?: (?:(\d{1,10})(?:#\d{0,10})?)?)?$)/;
/** What may stand before a date whose header is cut: then there is no process to know it by. */
const BEFORE_CUT =
  /^[\s\uFEFF>`]*$|[:|\]][ \t]*$|std(?:err|out) [FP] $|T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)[ \t]+$/;
/** Metadata in front of an entry is shorter than this. */
const HEADER_LIMIT = 2000;
// ngx_log_stderr(), and ngx_log_error_core() on a console
const ON_STDERR =
  /(?:^|[\s|:>"'`\]])(?:nginx|openresty|angie|freenginx|tengine): \[(debug|info|notice|warn|error|crit|alert|emerg)\] /;

export function parseHeader(line: string): Header | null {
  if (!line.includes('[')) return null;
  const head = line.slice(0, HEADER_LIMIT);
  const found = HEADER.exec(head);
  if (!found) return onStderr(head);
  const [all, year, , month, day, clock, level, pid, tid, connection, cutPid] = found;
  const start = found.index;
  const messageStart = start + all.length;
  if (line.length > HEADER_LIMIT && messageStart === HEADER_LIMIT) return null; // the slice ends there, not the line
  if (pid === undefined && (year === undefined || !BEFORE_CUT.test(head.slice(0, start)))) return onStderr(head);
  const fields: Field[] = [];
  let at = start;
  const field = (name: FieldName, value: string | undefined): void => {
    if (value === undefined) return;
    at = head.indexOf(value, at);
    fields.push({ name, span: { start: at, end: at + value.length } });
    at += value.length;
  };
  if (year !== undefined) field('time', head.slice(start, start + 19));
  field('level', level);
  const process = pid ?? (/#\d*$/.test(head) ? cutPid : undefined);
  field('pid', process);
  field('tid', tid);
  field('connection', connection);
  return {
    start,
    time: year === undefined ? null : `${year}-${month}-${day}T${clock}`,
    level: level as Level,
    pid: numberOf(process),
    tid: numberOf(tid),
    connection: numberOf(connection),
    fields,
    messageStart,
    cut: messageStart >= line.length,
  };
}

/** `nginx: [emerg] …`, as `nginx -t` prints it. */
function onStderr(head: string): Header | null {
  const found = ON_STDERR.exec(head);
  if (!found) return null;
  const messageStart = found.index + found[0].length;
  const end = messageStart - 2;
  const start = found.index + (/^[a-z]/.test(found[0]) ? 0 : 1);
  const fields: Field[] = [{ name: 'level', span: { start: end - found[1]!.length, end } }];
  return { ...NO_HEADER, start, level: found[1] as Level, fields, messageStart };
}

/** The end without line end and blanks, but for the blank of an empty `server: `. */
export function trimmedEnd(line: string): number {
  let end = line.length;
  while (end > 0 && (line.charCodeAt(end - 1) === 10 || line.charCodeAt(end - 1) === 13)) end--;
  if (line.endsWith(', server: ', end)) return end;
  while (end > 0 && (line.charCodeAt(end - 1) === 32 || line.charCodeAt(end - 1) === 9)) end--;
  return end;
}

function numberOf(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}
