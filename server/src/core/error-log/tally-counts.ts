/** What the gateway errors of a log come to: by cause and upstream, by status, by request, and when. */

import { Names } from './tally-names';
import { type Timeline, Timelines } from './tally-timelines';
import { parseRequest, parseUpstream } from './values';

/** What an entry means. */
export interface Meaning {
  readonly cause: string;
  readonly status: readonly number[];
}

export interface Row {
  readonly cause: string;
  /** Null where the line names none. */
  readonly upstream: string | null;
  readonly status: readonly number[];
  /** 0-based, of the first and the last entry as the log has them. */
  readonly lines: readonly [number, number];
  readonly timeline: Timeline;
}

export interface StatusRow {
  readonly status: readonly number[];
  readonly timeline: Timeline;
}

export interface Report {
  readonly total: number;
  /** First and last second; null where no entry has a time. */
  readonly range: readonly [number, number] | null;
  /** Most frequent first, as all lists here. */
  readonly statuses: readonly StatusRow[];
  readonly rows: readonly Row[];
  /** What came after `MOST_ROWS` different pairs of cause and upstream. */
  readonly others: Row | null;
  /** Method and path, see `requestName`; the ten most frequent. */
  readonly requests: readonly { readonly request: string; readonly count: number }[];
  /** The others: how many different ones and their entries, and the entries that came when there was no room for more. */
  readonly otherRequests: { readonly different: number; readonly count: number; readonly beyond: number };
}

/** More are counted together: a log can be made to have any number. */
export const MOST_ROWS = 10_000;
export const MOST_REQUESTS = 16 * 1024;
const TOP_REQUESTS = 10;
export const LONGEST_REQUEST = 120;
const OTHERS = 0;

export class Counts {
  private readonly timelines = new Timelines();
  /** Of each row. */
  private readonly kinds: number[] = [];
  /** A row and the status it counts for, by number of the pair. */
  private readonly pairRows: number[] = [];
  private readonly pairStatuses: number[] = [];
  /** Of its first and its last entry, by number of the pair. */
  private readonly firstLines: number[] = [];
  private readonly lastLines: number[] = [];
  private readonly pairs = new Map<string, number>();
  private readonly rows = new Map<string, number>();
  private readonly rowNames: {
    readonly cause: string;
    readonly upstream: string | null;
    readonly status: Set<number>;
    readonly pairs: number[];
  }[] = [];
  private readonly statuses = new Map<string, { readonly status: readonly number[]; readonly kind: number }>();
  private readonly requests: Names;
  private readonly requestCounts = new Float64Array(MOST_REQUESTS + 1);
  /** Requests with letters beyond ASCII. */
  private readonly foreign = new Map<string, number>();
  private readonly key = new DataView(new ArrayBuffer(LONGEST_REQUEST + 4));

  constructor(seed: number) {
    this.requests = new Names(MOST_REQUESTS, seed);
    this.row('other', null);
  }

  /** The number of the pair, the same for the same meaning and upstream. */
  pair({ cause, status }: Meaning, upstream: string | null): number {
    const code = status.join('/');
    const row = this.rows.get(`${cause} ${upstream ?? ''}`) ?? this.newRow(cause, upstream);
    const key = `${row} ${code}`;
    const known = this.pairs.get(key);
    if (known !== undefined) return known;
    for (const each of status) this.rowNames[row]!.status.add(each);
    let ofStatus = this.statuses.get(code);
    if (!ofStatus) {
      ofStatus = { status, kind: this.timelines.kind() };
      this.statuses.set(code, ofStatus);
    }
    this.pairRows.push(this.kinds[row]!);
    this.pairStatuses.push(ofStatus.kind);
    this.rowNames[row]!.pairs.push(this.pairs.size);
    this.firstLines.push(-1);
    this.lastLines.push(-1);
    this.pairs.set(key, this.pairs.size);
    return this.pairs.size - 1;
  }

  add(pair: number, seconds: number, line: number): void {
    if (this.firstLines[pair]! < 0) this.firstLines[pair] = line;
    this.lastLines[pair] = line;
    this.timelines.add(this.pairRows[pair]!, seconds);
    this.timelines.add(this.pairStatuses[pair]!, seconds);
  }

  private newRow(cause: string, upstream: string | null): number {
    if (this.rows.size === MOST_ROWS) return OTHERS;
    const row = this.row(cause, upstream);
    this.rows.set(`${cause} ${upstream ?? ''}`, row);
    return row;
  }

  private row(cause: string, upstream: string | null): number {
    this.kinds.push(this.timelines.kind());
    return this.rowNames.push({ cause, upstream, status: new Set(), pairs: [] }) - 1;
  }

  addRequest(name: string): void {
    if (/[^ -~]/.test(name)) {
      const known = this.foreign.get(name);
      if (known !== undefined || this.distinct < MOST_REQUESTS) this.foreign.set(name, (known ?? 0) + 1);
      else this.requestCounts[0]!++;
      return;
    }
    for (let i = 0; i < name.length; i++) this.key.setUint8(i, name.charCodeAt(i));
    this.addKey(this.key, name.length);
  }

  /** `addRequest` with the name in bytes of ASCII, from the start of `key`. */
  addKey(key: DataView, length: number): void {
    const hasRoom = this.foreign.size === 0 || this.distinct < MOST_REQUESTS;
    const id = hasRoom ? this.requests.add(key, 0, length) : this.requests.find(key, 0, length);
    this.requestCounts[id]!++;
  }

  private get distinct(): number {
    return this.requests.count + this.foreign.size;
  }

  report(): Report {
    const requests = [...this.foreign].map(([request, count]) => ({ request, count }));
    for (let id = 1; id <= this.requests.count; id++) {
      requests.push({ request: this.requests.text(id), count: this.requestCounts[id]! });
    }
    const byCount = (a: { count: number }, b: { count: number }): number => b.count - a.count;
    requests.sort((a, b) => byCount(a, b) || (a.request < b.request ? -1 : 1));
    const statuses = [...this.statuses.values()]
      .map(({ status, kind }) => ({ status, timeline: this.timelines.timeline(kind) }))
      .sort((a, b) => byCount(a.timeline, b.timeline));
    const ranges = statuses.map(({ timeline }) => timeline.range).filter((range) => range !== null);
    const [others, ...rows] = this.rowNames.map(({ cause, upstream, status, pairs }, row) => ({
      ...{ cause, upstream, status: [...status].sort() },
      lines: [
        Math.min(...pairs.map((pair) => this.firstLines[pair]!)),
        Math.max(...pairs.map((pair) => this.lastLines[pair]!)),
      ] as const,
      timeline: this.timelines.timeline(this.kinds[row]!),
    }));
    return {
      total: statuses.reduce((total, { timeline }) => total + timeline.count, 0),
      range: ranges[0] ? [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))] : null,
      statuses,
      rows: rows.sort((a, b) => byCount(a.timeline, b.timeline)),
      others: others!.timeline.count > 0 ? others! : null,
      requests: requests.slice(0, TOP_REQUESTS),
      otherRequests: {
        different: Math.max(0, requests.length - TOP_REQUESTS),
        count: requests.slice(TOP_REQUESTS).reduce((sum, { count }) => sum + count, 0),
        beyond: this.requestCounts[0]!,
      },
    };
  }
}

/** The upstream without the path that was asked of it; null where the line has none. */
export function upstreamName(upstream: string | null): string | null {
  if (upstream === null) return null;
  return parseUpstream(upstream)?.address ?? upstream.slice(0, 100);
}

/** A segment that is a number, or a long one of hexadecimal digits: what it names differs from request to request. */
const IDENTIFIER = /(?<=\/)(?:\d+|[0-9A-Fa-f-]{16,})(?=\/|$)/g;

/**
 * Method and path, with `*` for numbers and identifiers in it; null for what is no request line. The query is left out, because
 * tokens travel in it and summaries are pasted into incident channels.
 */
export function requestName(request: string): string | null {
  const parsed = parseRequest(request);
  return parsed && `${parsed.method} ${parsed.path.replace(IDENTIFIER, '*')}`.slice(0, LONGEST_REQUEST);
}
