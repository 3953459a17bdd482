/** Reads what an entry begins with: date, level, process and connection. */
import type { Field, FieldName, Level } from './record';

/** Does a dated entry start here? Cheaper than parseLine, for telling entries apart. */
export function startsEntry(line: string): boolean {
  const header = parseHeader(line.slice(0, trimmedEnd(line)));
  return header !== null && header.time !== null;
}

export interface Header {
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
// Applied to a slice of bounded length only.
const DATED =
  /(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d) \[(debug|info|notice|warn|error|crit|alert|emerg)\](?: (\d+)#(\d+):(?: (?:\*(\d+)(?: |$))?|$)|(?: (?:(\d+)(?:#\d*)?)?)?$)/;
/**
 * What may stand before the date: journald and syslog (`nginx[12]: `), Compose (`web_1  | `), containers, grep, the time and
 * the pod that `docker logs` and `kubectl logs` put there when asked, a quotation mark of Markdown.
 */
const PREFIX =
  /^[\s\uFEFF>`]*$|[:|\]][ \t]*$|std(?:err|out) [FP] $|T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)[ \t]+$/;
const HEADER_LIMIT = 400;
const ON_STDERR = /^(?:.{0,200}: )?nginx: \[(debug|info|notice|warn|error|crit|alert|emerg)\] /;

export function parseHeader(line: string): Header | null {
  const head = line.slice(0, HEADER_LIMIT);
  const found = DATED.exec(head);
  if (!found || !PREFIX.test(head.slice(0, found.index))) return onStderr(head);
  if (line.length > HEADER_LIMIT && found.index + found[0].length === HEADER_LIMIT) return null; // the slice ends there, not the line
  const fields: Field[] = [];
  let at = found.index;
  const field = (name: FieldName, value: string | undefined, skipped: number): void => {
    if (value === undefined) return;
    at += skipped;
    fields.push({ name, span: { start: at, end: at + value.length } });
    at += value.length;
  };
  field('time', head.slice(at, at + 19), 0);
  field('level', found[5], 2);
  const pid = found[6] ?? (head.endsWith('#') || /#\d+$/.test(head) ? found[9] : undefined);
  field('pid', pid, 2);
  field('tid', found[7], 1);
  field('connection', found[8], 3);
  return {
    time: `${found[1]}-${found[2]}-${found[3]}T${found[4]}`,
    level: found[5] as Level,
    pid: numberOf(pid),
    tid: numberOf(found[7]),
    connection: numberOf(found[8]),
    fields,
    messageStart: found.index + found[0].length,
    cut: found.index + found[0].length >= line.length,
  };
}

/** ngx_log_error_core() on a console, and ngx_log_stderr(): `nginx: [emerg] …`, as `nginx -t` prints it. */
function onStderr(head: string): Header | null {
  const found = ON_STDERR.exec(head);
  if (!found) return null;
  const messageStart = found[0].length;
  const end = messageStart - 2;
  const fields: Field[] = [{ name: 'level', span: { start: end - found[1]!.length, end } }];
  return { ...NO_HEADER, level: found[1] as Level, fields, messageStart };
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
