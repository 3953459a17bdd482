/** Puts an entry together again that a terminal, a chat or a mail program broke into several lines. */
import { parseHeader } from './header';
import { isUpstreamMessage, UPSTREAM_PHASES, WORDS } from './messages';
import { readEntry } from './read';
import type { LogRecord } from './record';
import { parseRequest, parseUpstream } from './values';

/** nginx writes nothing behind these, so an entry that has one to its end is whole. */
export function isWhole({ truncated, host, referrer, bytes, login, resolver }: LogRecord): boolean {
  return !truncated && [host, referrer, bytes, login, resolver].some((last) => last !== null);
}

export function read(text: string): LogRecord | null {
  const header = parseHeader(text);
  return header && readEntry(text, header);
}

/** How much of what nginx writes a reading finds; values that nginx would not write count against it. */
export function quality(record: LogRecord): number {
  let points = 4 * record.fields.length;
  if (record.truncated) points -= 1;
  if (isUpstreamMessage(record.message)) points += 1;
  if (/ in [^\s"]{1,300}:\d{1,9}$/.test(record.message.slice(-320))) points += 1;
  if (/^connect\(\) to [^ (]{0,300} [^( ]{1,300} failed/.test(record.message)) points -= 3;
  if (record.phase !== null) points += UPSTREAM_PHASES.includes(record.phase) ? 1 : -2;
  if (record.request !== null) {
    const request = parseRequest(record.request);
    points += request?.protocol ? 1 : -1;
    if (!request || request.target.includes(' ')) points -= 3;
  }
  if (record.upstream !== null && (record.upstream.includes(' ') || !parseUpstream(record.upstream))) points -= 3;
  for (const value of [record.host, record.referrer, record.subrequest]) if (value?.includes(' ')) points -= 2;
  return points;
}

export function qualityOf(text: string): number {
  const record = read(text);
  return record ? quality(record) : Number.NEGATIVE_INFINITY;
}

/** Columns that terminals have. */
const SCREENS = new Set([72, 80, 100, 120, 132, 160, 200, 240]);

/**
 * How lines were broken, by their lengths, of which the last is the rest: `anywhere`, after the same number of characters; or
 * `between words`, of which none would have gone into the line before. Null when they show neither.
 */
export function howBroken(lines: readonly string[]): 'anywhere' | 'between words' | null {
  const lengths = lines.map((line) => line.length);
  const full = lengths.slice(0, -1);
  const width = Math.max(...full);
  // A blank that ends a line gets lost.
  const isEven = full.every((length) => length === width || length === width - 1) && lengths.at(-1)! <= width;
  if (isEven && (full.length > 1 ? full.includes(width) : SCREENS.has(width) || SCREENS.has(width + 1)))
    return 'anywhere';
  const most = Math.max(...lengths);
  const isFilled = full.every((length, i) => length + 1 + wordLength(lines[i + 1]!) > most);
  return full.length > 1 && isFilled ? 'between words' : null;
}

/** What stands between two lines that were one. */
export function gapAfter(line: string, lines: readonly string[], how: ReturnType<typeof howBroken>): string {
  if (how !== 'anywhere') return ' ';
  const width = Math.max(...lines.slice(0, -1).map(({ length }) => length));
  return line.length === width && (lines.length > 2 || SCREENS.has(width)) ? '' : ' ';
}

/** Told by the words on both sides, where nginx uses them: `Conne`, `ction` or `Connection`, `refused`. */
export function wordGap(before: string, after: string): '' | ' ' | null {
  if (
    before.endsWith(',') &&
    /^(?:(?:udp )?client|server|(?:sub)?request|upstream|host|referrer|previous value): /.test(after)
  ) {
    return ' ';
  }
  const left = /[A-Za-z]{1,40}$/.exec(before.slice(-41))?.[0];
  const right = /^[A-Za-z]{1,40}/.exec(after.slice(0, 41))?.[0];
  if (left === undefined || right === undefined) return null;
  if (WORDS.has(left + right)) return '';
  return WORDS.has(left) && WORDS.has(right) ? ' ' : null;
}

function wordLength(line: string): number {
  const start = line.search(/[^\s>]/);
  const end = line.slice(Math.max(0, start)).search(/\s/);
  return end < 0 ? line.length - Math.max(0, start) : end;
}
