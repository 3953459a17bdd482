/**
 * Counts the gateway errors of a log: bytes in, counts out, in memory that does not grow and at the speed of reading. Plain
 * lines are read from their bytes and explained once for each wording (wording.ts); every other line, and a line that what
 * follows may belong to, is read as `entries` reads it. Both give the same counts: test/core/error-log/tally.test.ts.
 */
import { addLine, closeEntry, type Entry, type OpenEntry } from './entries';
import { readLine } from './line';
import { LineSplitter } from './line-splitter';
import type { LogRecord } from './record';
import { Counts, type CountsData, LONGEST_REQUEST, type Meaning, requestName, upstreamName } from './tally-counts';
import { PlainLine } from './tally-line';
import { MOST_WORDINGS } from './tally-messages';
import { Names } from './tally-names';
import { parseUpstream } from './values';
import { upstreamKind } from './wording';

export type { Meaning, Report, Row, StatusRow } from './tally-counts';

export interface TallyOptions {
  /** What a record means, null when it is no gateway error. `byWording`: every record with the same `said` means the same. */
  meaning(record: LogRecord): { readonly meaning: Meaning | null; readonly byWording: boolean };
  /** For UTF-8; keeps a byte order mark. */
  readonly decoder: { decode(bytes?: Uint8Array, options?: { stream?: boolean }): string };
  /** Seconds since 1970 by the log's own clock, both included; with one of them, entries without a time do not count. */
  readonly since?: number | null;
  readonly until?: number | null;
  /** Any number that who wrote the log cannot know. */
  readonly seed?: number;
  /** What is counted is a part of a log, for `counted`. */
  readonly isPart?: boolean;
  /** Reads every line as `entries` does: what the tests compare with. */
  readonly slow?: boolean;
}

/** What was counted of a part of a log, as plain data. */
export interface Counted {
  readonly lines: number;
  readonly counts: CountsData;
}

const ROOM = 1 << 18;
/** What may be looked at behind the last line. */
const SLACK = 64;
/** nginx writes 2 KB, patched builds 4 KB. */
const LONGEST_PLAIN = 4096;
const LONGEST_UPSTREAM = 200;
const MOST_FORMS = 32 * 1024;
const MOST_KINDS = 32;
const MOST_UPSTREAMS = 8 * 1024;
const LF = 10;
const STAR = 42;
const SLASH = 47;
/** Of most wordings there are lines with several kinds of upstream. */
const LAST_FORMS = 4;

/** `rows`: in the counts, by number of the upstream, each plus one. `status`: in the counts, once there is a row. */
interface Known {
  readonly meaning: Meaning;
  readonly rows: Int32Array;
  status: number;
}

interface Upstream {
  readonly name: string | null;
  readonly kind: number;
  /** False when the name depends on more than scheme and address. */
  readonly isSure: boolean;
}

export class Tally {
  readonly counts: Counts;
  private readonly bytes = new Uint8Array(ROOM + SLACK);
  private readonly line: PlainLine;
  /** What has not been read. */
  private start = 0;
  private end = 0;
  private isBeginning = true;
  /** The last text that was read the slow way did not end with LF. */
  private isInLine = false;
  private splitter = new LineSplitter();
  private linesBefore = 0;
  private open: OpenEntry | null = null;
  /** What the entries of the last text meant. */
  private found: ReturnType<TallyOptions['meaning']>[] = [];

  /** What lines mean, by `formKey`. */
  private readonly forms = new Map<number, Known | null>();
  private formKey = 0;
  /** By number of the wording and the upstream's kind: the form met last. */
  private readonly lastKeys = new Int32Array((MOST_WORDINGS + 1) * LAST_FORMS);
  private readonly lastMeanings: (Known | null)[] = [];
  private readonly meanings = new Map<string, Known>();
  private readonly upstreamNames: Names;
  private readonly upstreams: Upstream[] = [{ name: null, kind: 0, isSure: true }];
  private readonly kinds = new Map<string, number>();
  private readonly name = new Uint8Array(LONGEST_PLAIN + SLACK);
  private readonly nameView = new DataView(this.name.buffer);
  private readonly isLimited: boolean;
  private readonly since: number;
  private readonly until: number;

  constructor(private readonly options: TallyOptions) {
    const { since = null, until = null, seed = 0, isPart = false } = options;
    this.counts = new Counts(seed, isPart);
    this.line = new PlainLine(this.bytes, seed);
    this.upstreamNames = new Names(MOST_UPSTREAMS, seed);
    this.isLimited = since !== null || until !== null;
    this.since = since ?? Number.NEGATIVE_INFINITY;
    this.until = until ?? Number.POSITIVE_INFINITY;
  }

  /** In all logs so far. */
  get lineCount(): number {
    return this.linesBefore + this.splitter.count;
  }

  /** Room for the next bytes; `filled` says how many have been put there. */
  room(): Uint8Array {
    return this.bytes.subarray(this.end, ROOM);
  }

  filled(count: number): void {
    this.end += count;
    this.read(false);
  }

  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + ROOM - this.end);
      this.bytes.set(part, this.end);
      at += part.length;
      this.filled(part.length);
    }
  }

  /** The log has ended; another may follow. */
  finish(): void {
    this.bytes.fill(0, this.end, this.end + SLACK);
    this.read(true);
    this.addLines(this.splitter.end(this.options.decoder.decode()));
    this.close();
    this.linesBefore += this.splitter.count;
    this.splitter = new LineSplitter();
    this.isInLine = false;
    this.isBeginning = true;
  }

  /** What is counted of this part so far, all of which must be read; null when more differs in it than can be told apart. */
  counted(): Counted | null {
    return this.counts.isBeyond ? null : { lines: this.lineCount, counts: this.counts.data() };
  }

  /** Adds what another tally counted of the log's next part, when this one has finished what is before. */
  merge({ lines, counts }: Counted): void {
    this.counts.merge(counts, this.lineCount);
    this.linesBefore += lines;
  }

  private read(isEnd: boolean): void {
    const { bytes } = this;
    if (this.isBeginning) {
      if (this.end < 3 && !isEnd) return;
      this.isBeginning = false;
      if (this.end >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.start = 3;
    }
    this.readLines(isEnd);
    bytes.copyWithin(0, this.start, this.end);
    this.end -= this.start;
    this.start = 0;
  }

  private readLines(isEnd: boolean): void {
    const { bytes, line, end, options } = this;
    let at = this.start;
    // The last line feed: up to it no line goes on behind the end, so that reading a line stops by itself.
    // Nothing goes on here, whatever was here before.
    bytes[end] = 0;
    line.moved();
    const last = bytes.lastIndexOf(LF, end - 1);
    while (at <= last && at < end) {
      const next = this.isInLine || options.slow ? -1 : line.read(at);
      if (next >= 0 && next - at <= LONGEST_PLAIN) {
        if (next + SLACK > end && !isEnd) break;
        // A line that something else than an entry follows may go on there.
        if (next === end || line.startsAt(next)) {
          this.close();
          if (this.count()) this.splitter.count += line.lineFeeds;
          else this.learn(at, next);
          at = next;
          continue;
        }
      }
      const from = at;
      at = bytes.indexOf(LF, at) + 1;
      this.addText(from, at);
    }
    if (at > last && at < end && (isEnd || end - at === ROOM)) {
      this.addText(at, end);
      at = end;
    }
    this.start = at;
  }

  /** Counts the line that was read; false when nothing like it has been met. */
  private count(): boolean {
    const { line } = this;
    this.formKey = 0;
    const number = line.upstreamStart < 0 ? 0 : this.upstream();
    if (number < 0 || line.wording === 0) return false;
    const upstream = this.upstreams[number]!;
    const kind = (line.wording * MOST_KINDS + upstream.kind) * 2 + (line.hasConnection ? 1 : 0);
    this.formKey = (kind * 8 + line.level) * 4 + line.tail;
    const meaning = this.meaning(line.wording * LAST_FORMS + (upstream.kind % LAST_FORMS));
    if (!meaning) return meaning === null;
    const { seconds } = line;
    if (seconds < this.since || seconds > this.until) return true;
    this.counts.add(this.row(meaning, number, upstream), meaning.status, seconds, this.lineCount);
    if (line.requestStart >= 0) this.countRequest();
    return true;
  }

  /** What the form means; undefined when it has not been met. `last`: where in `lastKeys` it may be. */
  private meaning(last: number): Known | null | undefined {
    if (this.lastKeys[last] === this.formKey) return this.lastMeanings[last];
    const meaning = this.forms.get(this.formKey);
    if (meaning === undefined) return undefined;
    this.lastKeys[last] = this.formKey;
    this.lastMeanings[last] = meaning;
    return meaning;
  }

  /** Reads the line the slow way, and remembers what lines of its form mean. */
  private learn(from: number, to: number): void {
    if (this.line.lineFeeds > 1) {
      this.addText(from, to);
      // An entry follows, so nothing else belongs to this one.
      this.close();
    } else {
      // One line that is one entry needs nothing of what puts lines and entries together.
      this.found = [];
      const line = this.splitter.count++;
      for (const { record } of readLine(this.text(from, to).trimEnd())) this.addEntry({ line, record });
    }
    if (this.line.wording === 0 || this.forms.size >= MOST_FORMS) {
      this.line.clear();
      this.forms.clear();
      this.lastKeys.fill(0);
      return;
    }
    const [only, more] = this.found;
    if (this.formKey === 0 || !only?.byWording || more) return;
    this.forms.set(this.formKey, only.meaning && this.known(only.meaning));
  }

  private known(meaning: Meaning): Known {
    const key = `${meaning.cause} ${meaning.status.join('/')}`;
    let known = this.meanings.get(key);
    if (!known) {
      known = { meaning, rows: new Int32Array(MOST_UPSTREAMS + 1), status: -1 };
      this.meanings.set(key, known);
    }
    return known;
  }

  private row(known: Known, number: number, upstream: Upstream): number {
    const row = known.rows[number]!;
    if (row > 0) return row - 1;
    const { upstreamStart, upstreamEnd } = this.line;
    const name = upstream.isSure ? upstream.name : upstreamName(this.text(upstreamStart, upstreamEnd));
    const added = this.counts.row(known.meaning, name);
    known.status = this.counts.status(known.meaning.status);
    if (upstream.isSure) known.rows[number] = added + 1;
    return added;
  }

  /** The number of the line's upstream, by its value up to the path; -1 when it has none. */
  private upstream(): number {
    const { line, bytes } = this;
    const { upstreamStart: start, upstreamEnd: stop } = line;
    let end = line.hostStart;
    if (line.isSocket) {
      end++;
      while (end < stop && (bytes[end] !== 58 || bytes[end + 1] !== 47)) end++;
      if (end >= stop) end = bytes[stop - 1] === 58 && stop > line.hostStart ? stop - 1 : stop;
    } else if (line.hasScheme) while (end < stop && bytes[end] !== 47 && bytes[end] !== 63) end++;
    else end = stop;
    const known = this.upstreamNames.find(line.view, start, end - start);
    return known > 0 ? known : this.newUpstream(start, end, stop);
  }

  private newUpstream(start: number, end: number, stop: number): number {
    if (end - start > LONGEST_UPSTREAM) return -1;
    for (let i = start; i < end; i++) if (this.bytes[i]! >= 0x80) return -1;
    const value = this.text(start, stop);
    const kindName = upstreamKind(value);
    const kind = this.kinds.get(kindName) ?? this.kinds.size + 1;
    if (kind >= MOST_KINDS) return -1;
    this.kinds.set(kindName, kind);
    if (this.upstreamNames.count === MOST_UPSTREAMS) {
      this.upstreamNames.clear();
      for (const meaning of this.meanings.values()) meaning.rows.fill(0);
    }
    const number = this.upstreamNames.add(this.line.view, start, end - start);
    this.upstreams[number] = { name: upstreamName(value), kind, isSure: parseUpstream(value) !== null || end === stop };
    return number;
  }

  /** `requestName` in bytes: those of the line, unless a segment of the path is left out. */
  private countRequest(): void {
    const { line, bytes } = this;
    const start = line.requestStart;
    let at = start;
    /** Up to here the name has been put together, with so many bytes. */
    let copied = start;
    let length = 0;
    let kinds = 0;
    while (bytes[at] !== SLASH) at++;
    while (bytes[at] === SLASH) {
      const segment = ++at;
      let kind = 0;
      for (let next = SEGMENT[bytes[at]!]!; next < END; next = SEGMENT[bytes[++at]!]!) kind |= next;
      kinds |= kind;
      if (at === segment || (kind !== 0 && (kind !== HEX || at - segment < 16))) continue;
      length = this.copy(copied, segment, length);
      this.name[length++] = STAR;
      copied = at;
    }
    if (kinds >= WIDE) this.addRequest(this.text(start, line.requestEnd));
    else if (length === 0) this.counts.addKey(line.view, start, Math.min(at - start, LONGEST_REQUEST));
    else this.counts.addKey(this.nameView, 0, Math.min(this.copy(copied, at, length), LONGEST_REQUEST));
  }

  /** Adds bytes to the name that has `length`; its length then. */
  private copy(from: number, to: number, length: number): number {
    const { bytes, name } = this;
    let end = length;
    for (let at = from; at < to; at++) name[end++] = bytes[at]!;
    return end;
  }

  private addRequest(request: string): void {
    const name = requestName(request);
    if (name !== null) this.counts.addRequest(name);
  }

  /** Bytes of whole characters as text. */
  private text(from: number, to: number): string {
    return this.options.decoder.decode(this.bytes.subarray(from, to));
  }

  /** Reads lines, or part of one, the slow way. */
  private addText(from: number, to: number): void {
    this.isInLine = this.bytes[to - 1] !== LF;
    this.found = [];
    this.addLines(this.splitter.add(this.options.decoder.decode(this.bytes.subarray(from, to), { stream: true })));
  }

  private addLines(lines: Iterable<Parameters<typeof addLine>[1]>): void {
    for (const line of lines) {
      const step = addLine(this.open, line);
      this.open = step.open;
      for (const entry of step.entries) this.addEntry(entry);
    }
  }

  private close(): void {
    if (!this.open) return;
    for (const entry of closeEntry(this.open)) this.addEntry(entry);
    this.open = null;
  }

  private addEntry({ line, record }: Pick<Entry, 'line' | 'record'>): void {
    const found = this.options.meaning(record);
    this.found.push(found);
    if (!found.meaning) return;
    const seconds = record.time === null ? Number.NaN : Date.parse(`${record.time}Z`) / 1000;
    if (this.isLimited && !(seconds >= this.since && seconds <= this.until)) return;
    const row = this.counts.row(found.meaning, upstreamName(record.upstream));
    this.counts.add(row, this.counts.status(found.meaning.status), seconds, this.linesBefore + line);
    if (record.request !== null) this.addRequest(record.request);
  }
}

/**
 * The first offset in a piece of a log where the log can be cut into parts that are counted apart: a plain entry begins there, to
 * which nothing before can belong; -1 when there is none.
 */
export function seam(piece: Uint8Array): number {
  const bytes = new Uint8Array(piece.length + SLACK);
  bytes.set(piece);
  const line = new PlainLine(bytes, 0);
  const last = piece.lastIndexOf(LF);
  for (let at = piece.indexOf(LF) + 1; at > 0 && at <= last; at = piece.indexOf(LF, at) + 1) {
    const next = line.read(at);
    if (next >= 0 && next - at <= LONGEST_PLAIN && next + SLACK <= piece.length && line.startsAt(next)) return at;
  }
  return -1;
}

const HEX = 1;
const LETTER = 2;
const WIDE = 4;
const END = 8;
/** Of each byte: what it makes of a segment of a path; IDENTIFIER in tally-counts.ts. */
const SEGMENT = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  if (/[/?# ]/.test(char)) return END;
  return /\d/.test(char) ? 0 : /[A-Fa-f-]/.test(char) ? HEX : byte < 128 ? LETTER : WIDE;
});
