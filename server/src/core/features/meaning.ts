/** What a log record means without a configuration: its cause and what the client got. What only counts needs no more. */
import all from '../causes/all';
import { type Cause, type Incident, incident } from '../causes/cause';
import type { LogRecord } from '../error-log/record';
import type { Meaning } from '../error-log/tally';
import { said } from '../error-log/wording';

/**
 * The cause whose pattern fits the record; null when the record is about no gateway error. It sees the record as `said` gives
 * it, so that entries of one wording have one cause, and the tally of a log need not ask for each line.
 */
export function causeOf(record: LogRecord): Cause | null {
  return causeOfSaid(said(record));
}

export function causeOfSaid(record: LogRecord): Cause | null {
  return all.find((cause) => cause.pattern.test(record.message) && (cause.when?.(record) ?? true)) ?? null;
}

/** Cause and status alone; null when the record is about no gateway error. All records of which `said` is the same mean the same. */
export function plainMeaning(record: LogRecord): Meaning | null {
  const words = said(record);
  const cause = causeOfSaid(words);
  return cause && { cause: cause.id, status: statusOf(cause, incident(words, null), words) };
}

/** The stream module has no statuses: its client sees the connection end. `words`: what `said` gives of the record. */
export function statusOf(cause: Cause, found: Incident, words: LogRecord): readonly number[] {
  if (words.bytes !== null) return [];
  return cause.statusOf?.({ ...found, record: words }) ?? cause.status;
}
