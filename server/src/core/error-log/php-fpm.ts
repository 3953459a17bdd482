/**
 * Reads an entry of php-fpm's own log: `[22-Nov-2026 14:00:00] WARNING: [pool www] …`, and as syslog (`[WARNING] [pool www] …`)
 * and containers have it, without the date (zlog.c of php-fpm 8.2).
 */
import { NO_RECORD } from './read';
import type { Field, Level, LogRecord } from './record';

/** What php-fpm's log says beside the message. */
export interface FpmFields {
  /** The pool it is about; null for the master. */
  readonly pool: string | null;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const LEVELS: Readonly<Record<string, Level>> = {
  DEBUG: 'debug',
  NOTICE: 'notice',
  WARNING: 'warn',
  ERROR: 'error',
  ALERT: 'alert',
};

// At log_level debug the process and the place in the source follow the level.
const DATED =
  /\[(\d\d)-([A-Z][a-z]{2})-(\d{4}) (\d\d:\d\d:\d\d)(?:\.\d{1,6})?\] (DEBUG|NOTICE|WARNING|ERROR|ALERT): (?:pid \d{1,10}, \w{1,60}\(\), line \d{1,6}: )?/;
const UNDATED = /(?:^|[\s|:>"'`\]])(?:\[(DEBUG|NOTICE|WARNING|ERROR|ALERT)\]|(DEBUG|NOTICE|WARNING|ERROR|ALERT):) /;
/** Without a date, only what nobody but php-fpm says. */
const ITS_OWN =
  /^(?:\[pool [^\]\s]{1,100}\] |unable to bind listening socket for |another FPM instance already |FPM initialization failed|failed to (?:load configuration|post process)|No pool defined\b|PHP message: PHP |Connection disallowed: IP |The maximum number of processes has been reached)/;
const HEAD = 1000;

/** Null for any other line. Its spans count from the start of the line. */
export function readFpm(line: string): LogRecord | null {
  if (!/DEBUG|NOTICE|WARNING|ERROR|ALERT/.test(line.slice(0, HEAD))) return null;
  const head = line.slice(0, HEAD);
  const dated = DATED.exec(head);
  const found = dated ?? UNDATED.exec(head);
  if (!found) return null;
  const start = found.index + found[0].length;
  const message = line.slice(start);
  if (!dated && !ITS_OWN.test(message)) return null;
  const fields: Field[] = [];
  let time: string | null = null;
  if (dated) {
    const [, day, month, year, clock] = dated;
    const number = MONTHS.indexOf(month!) + 1;
    if (number === 0) return null;
    time = `${year}-${String(number).padStart(2, '0')}-${day}T${clock}`;
    fields.push({ name: 'time', span: { start: dated.index + 1, end: dated.index + 21 } });
  }
  const level = dated ? dated[5]! : (found[1] ?? found[2]!);
  const at = line.indexOf(level, found.index);
  fields.push({ name: 'level', span: { start: at, end: at + level.length } });
  fields.push({ name: 'message', span: { start, end: line.length } });
  const said = stderrOf(message);
  if (said) fields.push({ name: 'stderr', span: { start: start + said.start, end: start + said.end } });
  return {
    ...NO_RECORD,
    time,
    level: LEVELS[level]!,
    message,
    stderr: said ? message.slice(said.start, said.end) : null,
    fields,
    fpm: { pool: /^\[pool ([^\]\s]{1,100})\]/.exec(message)?.[1] ?? null },
  };
}

/** What a child wrote, where php-fpm passes it on (catch_workers_output), or PHP in a container. */
function stderrOf(message: string): { start: number; end: number } | null {
  const said = /^(?:\[pool [^\]\s]{1,100}\] )?child \d{1,10} said into std(?:err|out): "(?:NOTICE: )?/.exec(message);
  if (said) {
    const close = message.lastIndexOf('"');
    return { start: said[0].length, end: close >= said[0].length ? close : message.length };
  }
  return message.startsWith('PHP message: ') ? { start: 0, end: message.length } : null;
}
