/** Explains the entries of a log one after the other, each line of the access log by the error entry that belongs to it. */
import type { Entry } from '../error-log/entries';
import { RecentErrors } from '../error-log/recent';
import type { Project } from '../project/project';
import { type Explanation, explain, reasonOf } from './explain';

export interface Explained {
  readonly entry: Entry;
  readonly explanation: Explanation;
}

/** The error entry may come after the line: containers merge the two streams. No more than this are held back for it. */
const MOST_WAITING = 200;
const SECONDS = 3;

/** In the order of the log; entries about no gateway error are left out. Memory is bounded. */
export class LogExplainer {
  private readonly errors = new RecentErrors();
  private waiting: { entry: Entry; explanation: Explanation; isOpen: boolean }[] = [];

  constructor(private readonly project: Project | null) {}

  add(entry: Entry): readonly Explained[] {
    const { record } = entry;
    this.errors.add(record);
    const explanation = explain(record, this.project, this.errors);
    if (!record.access) {
      for (const each of this.waiting) if (each.isOpen) this.retry(each);
    }
    if (explanation) {
      const isOpen = record.access !== undefined && reasonOf(record, this.errors) === null;
      this.waiting.push({ entry, explanation, isOpen });
    }
    return this.release(record.time);
  }

  end(): readonly Explained[] {
    const rest = this.waiting;
    this.waiting = [];
    return rest;
  }

  private retry(each: { entry: Entry; explanation: Explanation; isOpen: boolean }): void {
    if (reasonOf(each.entry.record, this.errors) === null) return;
    each.explanation = explain(each.entry.record, this.project, this.errors) ?? each.explanation;
    each.isOpen = false;
  }

  private release(now: string | null): readonly Explained[] {
    const { waiting } = this;
    let count = 0;
    while (
      count < waiting.length &&
      (!waiting[count]!.isOpen || waiting.length - count > MOST_WAITING || isPast(waiting[count]!.entry, now))
    ) {
      count++;
    }
    return waiting.splice(0, count);
  }
}

function isPast({ record }: Entry, now: string | null): boolean {
  if (record.time === null || now === null) return false;
  return (Date.parse(`${now}Z`) - Date.parse(`${record.time}Z`)) / 1000 > SECONDS;
}
