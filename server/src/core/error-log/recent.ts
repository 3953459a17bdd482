/** Finds the error entries that belong to a line of the access log: same request, same client, at the same time. */
import type { LogRecord } from './record';
import { parseRequest } from './values';

/** Entries kept in all, and of one request: a log can be made to have any number. */
const MOST = 2000;
const MOST_ALIKE = 50;
/** nginx writes whole seconds of one clock, but the entry when it happens and the line when the request ends. */
const SECONDS = 2;

export class RecentErrors {
  private readonly byRequest = new Map<string, LogRecord[]>();
  private readonly order: string[] = [];

  add(record: LogRecord): void {
    if (record.access || record.level === null) return;
    const key = keyOf(record);
    if (key === null) return;
    const alike = this.byRequest.get(key) ?? [];
    if (alike.length === 0) this.byRequest.set(key, alike);
    alike.push(record);
    this.order.push(key);
    if (alike.length > MOST_ALIKE) alike.shift();
    if (this.order.length <= 2 * MOST) return;
    // Half of them at once: taking one from the front of a long list each time is slow.
    for (const old of this.order.splice(0, MOST)) {
      const list = this.byRequest.get(old);
      list?.shift();
      if (list?.length === 0) this.byRequest.delete(old);
    }
  }

  /** Latest first. */
  of(line: LogRecord): readonly LogRecord[] {
    const key = keyOf(line);
    const alike = key === null ? undefined : this.byRequest.get(key);
    return alike ? alike.filter((error) => fits(line, error)).reverse() : [];
  }
}

function fits(line: LogRecord, error: LogRecord): boolean {
  if (line.client !== null && error.client !== null && line.client !== error.client) return false;
  const asked = targetOf(line);
  const failed = targetOf(error);
  // A format with `$uri` has no query.
  if (asked?.includes('?') && failed?.includes('?') && asked !== failed && !error.truncated) return false;
  if (line.time === null || error.time === null) return true;
  const later = (Date.parse(`${line.time}Z`) - Date.parse(`${error.time}Z`)) / 1000;
  return later >= -SECONDS && later <= SECONDS + Math.ceil(line.access?.requestTime ?? 0);
}

function keyOf({ request }: LogRecord): string | null {
  const parsed = request === null ? null : parseRequest(request);
  return parsed ? `${parsed.method} ${parsed.path.slice(0, 500)}` : null;
}

function targetOf({ request }: LogRecord): string | null {
  return request === null ? null : (parseRequest(request)?.target ?? null);
}
