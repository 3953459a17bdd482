/** `--since` and `--until`: moments as people write them, by the clock that nginx logs by. */
import { InvalidArgumentError } from 'commander';

const DATE = /^(\d{4})[-/](\d\d)[-/](\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|[+-]\d\d:?\d\d)?)?$/;
const CLOCK = /^\d{1,2}:\d\d(?::\d\d)?$/;
const AGO = /^(?:(\d{1,5})w)?(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m(?:in)?)?(?:(\d{1,9})s)?(?: ago)?$/;
const UNITS = [604_800, 86_400, 3600, 60, 1];
const ACCEPTED = 'It is written as 2026-11-22 14:00, 14:00 (today), 30m or 1h (ago), or in ISO 8601';

/**
 * Seconds since 1970 as if the clock on the wall were UTC: entries have no zone and are compared as they are. A moment with a
 * zone, and one that counts from now, is taken to the zone of this machine.
 */
export function parseMoment(value: string, now = new Date()): number {
  const text = value.trim();
  const seconds = /^now$/i.test(text) ? onWall(now) : (ago(text, now) ?? clock(text, now) ?? dated(text));
  if (seconds === null || Number.isNaN(seconds)) throw new InvalidArgumentError(ACCEPTED);
  return seconds;
}

function ago(text: string, now: Date): number | null {
  const parts = AGO.exec(text)?.slice(1);
  if (!parts?.some((part) => part !== undefined)) return null;
  return onWall(now) - parts.reduce((sum, part, i) => sum + Number(part ?? 0) * UNITS[i]!, 0);
}

function clock(text: string, now: Date): number | null {
  if (!CLOCK.test(text)) return null;
  const day = new Date(onWall(now) * 1000).toISOString().slice(0, 10);
  return utc(`${day}T${text.padStart(text.length + (text.indexOf(':') === 1 ? 1 : 0), '0')}`);
}

function dated(text: string): number | null {
  const [, year, month, day, time = '00:00', zone] = DATE.exec(text) ?? [];
  if (year === undefined) return null;
  const date = `${year}-${month}-${day}T${time}`;
  return zone === undefined ? utc(date) : onWall(new Date(`${date}${zone.replace(/(\d\d)(\d\d)$/, '$1:$2')}`));
}

function utc(date: string): number {
  return Math.floor(Date.parse(`${date}Z`) / 1000);
}

/** What a clock on the wall of this machine shows. */
function onWall(moment: Date): number {
  return Math.floor(moment.getTime() / 1000) - moment.getTimezoneOffset() * 60;
}
