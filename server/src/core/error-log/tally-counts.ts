/**
 * What the gateway errors of a log come to: by cause and upstream, by status, by request, and when. Parts of a log can be
 * counted apart and put together.
 */

import { Names } from './tally-names';
import { type Timeline, Timelines, type TimelinesData } from './tally-timelines';
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

/** What was counted, as plain data: it can go from one thread to another. */
export interface CountsData {
  readonly timelines: TimelinesData;
  /** As they came. */
  readonly statuses: readonly StatusOf[];
  readonly rows: readonly RowOf[];
  readonly requests: readonly (readonly [request: string, count: number])[];
}

/** More are counted together: a log can be made to have any number. */
const MOST_ROWS = 10_000;
const MOST_REQUESTS = 16 * 1024;
/** So many times as many for a part of a log, because which ones are counted together the parts before decide. */
const MORE_IN_PART = 4;
const TOP_REQUESTS = 10;
export const LONGEST_REQUEST = 120;
const OTHERS = 0;
/** Before a request with letters beyond ASCII, which has two bytes a letter. */
const WIDE = '\xff';

/** `kind`: of the timeline. */
interface StatusOf {
  readonly status: readonly number[];
  readonly kind: number;
}

interface RowOf {
  readonly cause: string;
  readonly upstream: string | null;
  readonly kind: number;
  readonly statuses: StatusOf[];
}

export class Counts {
  private readonly timelines = new Timelines();
  private readonly rows: RowOf[] = [];
  private readonly rowNumbers = new Map<string, number>();
  private readonly statuses = new Map<string, StatusOf>();
  private readonly requests: Names;
  /** By number of the name; 0: those that came when there was no room for more. */
  private readonly requestCounts: Float64Array;
  private readonly key = new DataView(new ArrayBuffer(LONGEST_REQUEST * 2 + 5));
  private readonly mostRows: number;

  /** `isPart`: a part of a log, that will be added to what is before it. */
  constructor(
    seed: number,
    private readonly isPart: boolean,
  ) {
    const most = MOST_REQUESTS * (isPart ? MORE_IN_PART : 1);
    this.mostRows = MOST_ROWS * (isPart ? MORE_IN_PART : 1);
    this.requests = new Names(most, seed);
    this.requestCounts = new Float64Array(most + 1);
    this.rows.push(this.newRow('other', null));
  }

  /** Counts an event of a row and a status, which are known by their kinds. `line`: none is less than in the call before. */
  add(row: number, status: number, seconds: number, line: number): void {
    this.timelines.add(row, seconds, line);
    this.timelines.add(status, seconds, line);
  }

  /** The row of this meaning and upstream. */
  row({ cause, status }: Meaning, upstream: string | null): number {
    const key = `${cause} ${upstream ?? ''}`;
    let row = this.rowNumbers.get(key) ?? OTHERS;
    if (row === OTHERS && this.rowNumbers.size < this.mostRows) {
      row = this.rows.push(this.newRow(cause, upstream)) - 1;
      this.rowNumbers.set(key, row);
    }
    const { kind, statuses } = this.rows[row]!;
    const ofStatus = this.statusOf(status);
    if (!statuses.includes(ofStatus)) statuses.push(ofStatus);
    return kind;
  }

  status(status: readonly number[]): number {
    return this.statusOf(status).kind;
  }

  private newRow(cause: string, upstream: string | null): RowOf {
    return { cause, upstream, kind: this.timelines.kind(), statuses: [] };
  }

  private statusOf(status: readonly number[]): StatusOf {
    const code = status.join('/');
    let known = this.statuses.get(code);
    if (!known) {
      known = { status, kind: this.timelines.kind() };
      this.statuses.set(code, known);
    }
    return known;
  }

  addRequest(name: string, count = 1): void {
    const isWide = /[^\0-\x7f]/.test(name);
    const text = isWide ? WIDE + name.replace(/[\s\S]/g, pairOfBytes) : name;
    for (let i = 0; i < text.length; i++) this.key.setUint8(i, text.charCodeAt(i));
    this.addKey(this.key, 0, text.length, count);
  }

  /** `addRequest` with the name in bytes of ASCII, at `start` of `key`. */
  addKey(key: DataView, start: number, length: number, count = 1): void {
    this.requestCounts[this.requests.add(key, start, length)]! += count;
  }

  private *requestList(): Generator<[request: string, count: number]> {
    for (let id = 1; id <= this.requests.count; id++) {
      const text = this.requests.text(id);
      const name = text.startsWith(WIDE) ? text.slice(1).replace(/([\s\S])([\s\S])/g, letterOf) : text;
      yield [name, this.requestCounts[id]!];
    }
  }

  /** Has more been counted together than can be put into what is before? */
  get isBeyond(): boolean {
    return this.isPart && (this.rowNumbers.size === this.mostRows || this.requestCounts[0]! > 0);
  }

  data(): CountsData {
    const statuses = [...this.statuses.values()];
    return { timelines: this.timelines.data(), statuses, rows: this.rows, requests: [...this.requestList()] };
  }

  /** Adds what was counted of the next part of the log, whose lines begin at `line`. */
  merge({ timelines, statuses, rows, requests }: CountsData, line: number): void {
    const kinds = new Uint32Array(timelines.size);
    for (const { status, kind } of statuses) kinds[kind] = this.status(status);
    for (const { cause, upstream, kind, statuses: ofRow } of rows) {
      for (const { status } of ofRow) kinds[kind] = this.row({ cause, status }, upstream);
    }
    this.timelines.merge(timelines, kinds, line);
    for (const [request, count] of requests) this.addRequest(request, count);
  }

  private reported({ cause, upstream, kind, statuses }: RowOf): Row {
    return {
      cause,
      upstream,
      status: [...new Set(statuses.flatMap(({ status }) => status))].sort(),
      lines: this.timelines.lines(kind),
      timeline: this.timelines.timeline(kind),
    };
  }

  report(): Report {
    const requests = Array.from(this.requestList(), ([request, count]) => ({ request, count }));
    const byCount = (a: { count: number }, b: { count: number }): number => b.count - a.count;
    requests.sort((a, b) => byCount(a, b) || (a.request < b.request ? -1 : 1));
    const statuses = [...this.statuses.values()]
      .map(({ status, kind }) => ({ status, timeline: this.timelines.timeline(kind) }))
      .sort((a, b) => byCount(a.timeline, b.timeline));
    const ranges = statuses.map(({ timeline }) => timeline.range).filter((range) => range !== null);
    const [others, ...rows] = this.rows.map((row) => this.reported(row));
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

function pairOfBytes(letter: string): string {
  const code = letter.charCodeAt(0);
  return String.fromCharCode(code & 255, code >> 8);
}

function letterOf(_: string, low: string, high: string): string {
  return String.fromCharCode(low.charCodeAt(0) | (high.charCodeAt(0) << 8));
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
