/**
 * How many events of each kind happened when, in memory that grows with the kinds only: buckets of a second, then of two,
 * four …, the same for all.
 */

const BUCKETS = 128;
/** Kinds whose buckets are in one piece of memory. */
const PIECE = 256;

export interface Timeline {
  readonly count: number;
  /** First and last second; null where no event has a time. */
  readonly range: readonly [number, number] | null;
  /** How many fell into each of `columns` parts of `range`; what is in a bucket is spread evenly. */
  columns(range: readonly [number, number], columns: number): number[];
}

/** What timelines hold, as plain data: by kind, as in `Timelines`. */
export interface TimelinesData {
  /** Of kinds. */
  readonly size: number;
  readonly width: number;
  readonly origin: number;
  readonly low: number;
  readonly high: number;
  readonly pieces: readonly Uint32Array[];
  readonly kinds: Float64Array;
}

/** What is known of each kind, side by side: a kind is one place in memory, and two are not in one line of a cache. */
const FIELDS = 8;
/** Events of this bucket, which are in `pieces` later. */
const PENDING = 0;
/** First and last second. */
const LOW = 1;
const HIGH = 2;
/** Events, those that are pending not yet; also those without a time, which are in no bucket. */
const COUNT = 3;
/** Of the first and the last event. */
const FIRST_LINE = 4;
const LAST_LINE = 5;

export class Timelines {
  /** Of kinds. */
  size = 0;
  private width = 1;
  /** Of the first bucket, in widths. */
  private origin = 0;
  private low = Number.POSITIVE_INFINITY;
  private high = Number.NEGATIVE_INFINITY;
  /** Counts by kind and bucket. */
  private readonly pieces: Uint32Array[] = [];
  private kinds = new Float64Array(0);
  private second = Number.NaN;
  private bucket = 0;
  /** Kinds with pending events. */
  private touched = new Uint32Array(0);
  private touchedCount = 0;

  /** A new kind; its number. */
  kind(): number {
    if (this.size === this.touched.length) this.grow();
    if (this.size === this.pieces.length * PIECE) this.pieces.push(new Uint32Array(PIECE * BUCKETS));
    this.kinds[this.size * FIELDS + LOW] = Number.POSITIVE_INFINITY;
    this.kinds[this.size * FIELDS + HIGH] = Number.NEGATIVE_INFINITY;
    this.kinds[this.size * FIELDS + FIRST_LINE] = -1;
    return this.size++;
  }

  /** `seconds`: any clock; what is no number happened at no time. `line`: none is less than one before. */
  add(kind: number, seconds: number, line = 0): void {
    const { kinds } = this;
    const at = kind * FIELDS;
    if (kinds[at + FIRST_LINE]! < 0) kinds[at + FIRST_LINE] = line;
    kinds[at + LAST_LINE] = line;
    if (seconds !== this.second && !this.moveTo(seconds)) {
      kinds[at + COUNT]!++;
      return;
    }
    if (kinds[at + PENDING]!++ === 0) this.touched[this.touchedCount++] = kind;
    if (seconds < kinds[at + LOW]!) kinds[at + LOW] = seconds;
    if (seconds > kinds[at + HIGH]!) kinds[at + HIGH] = seconds;
  }

  /** False for what is no number. */
  private moveTo(seconds: number): boolean {
    if (!Number.isFinite(seconds)) return false;
    if (seconds < this.low || seconds > this.high) this.reach(seconds);
    this.second = seconds;
    const bucket = Math.floor(seconds / this.width) - this.origin;
    if (bucket !== this.bucket) this.flush();
    this.bucket = bucket;
    return true;
  }

  private flush(): void {
    const { kinds, pieces, bucket } = this;
    for (let i = 0; i < this.touchedCount; i++) {
      const kind = this.touched[i]!;
      const pending = kinds[kind * FIELDS + PENDING]!;
      kinds[kind * FIELDS + PENDING] = 0;
      kinds[kind * FIELDS + COUNT]! += pending;
      pieces[Math.floor(kind / PIECE)]![(kind % PIECE) * BUCKETS + bucket]! += pending;
    }
    this.touchedCount = 0;
  }

  private buckets(kind: number): Uint32Array {
    return bucketsOf(this.pieces, kind);
  }

  data(): TimelinesData {
    this.flush();
    const { width, origin, low, high, size, pieces } = this;
    return { size, width, origin, low, high, pieces, kinds: this.kinds.slice(0, size * FIELDS) };
  }

  /** Of the first and the last event; -1 and 0 where there is none. */
  lines(kind: number): readonly [first: number, last: number] {
    return [this.kinds[kind * FIELDS + FIRST_LINE]!, this.kinds[kind * FIELDS + LAST_LINE]!];
  }

  /**
   * Adds the events of other timelines, each kind to the one that `kindsHere` has for it, as if they had been added one by one,
   * their lines counted from `line`.
   */
  merge(other: TimelinesData, kindsHere: ArrayLike<number>, line = 0): void {
    const { kinds } = this;
    this.flush();
    if (other.low <= other.high) {
      this.reach(other.low);
      this.reach(other.high);
    }
    // What is known of this second's bucket may be so no more.
    this.second = Number.NaN;
    for (let from = 0; from < kindsHere.length; from++) {
      const kind = kindsHere[from]!;
      const at = kind * FIELDS;
      const there = from * FIELDS;
      const count = other.kinds[there + COUNT]!;
      if (count === 0) continue;
      kinds[at + COUNT]! += count;
      if (kinds[at + FIRST_LINE]! < 0) kinds[at + FIRST_LINE] = line + other.kinds[there + FIRST_LINE]!;
      // Several kinds become one where rows are counted together.
      kinds[at + LAST_LINE] = Math.max(kinds[at + LAST_LINE]!, line + other.kinds[there + LAST_LINE]!);
      kinds[at + LOW] = Math.min(kinds[at + LOW]!, other.kinds[there + LOW]!);
      kinds[at + HIGH] = Math.max(kinds[at + HIGH]!, other.kinds[there + HIGH]!);
      this.addBuckets(kind, bucketsOf(other.pieces, from), other.origin, other.width);
    }
  }

  /** Widths are powers of two and buckets begin at multiples of them, so that none is cut by a larger width. */
  private addBuckets(kind: number, from: Uint32Array, origin: number, width: number): void {
    const buckets = this.buckets(kind);
    for (let i = 0; i < BUCKETS; i++) {
      const count = from[i]!;
      if (count > 0) buckets[Math.floor(((origin + i) * width) / this.width) - this.origin]! += count;
    }
  }

  timeline(kind: number): Timeline {
    this.flush();
    const low = this.kinds[kind * FIELDS + LOW]!;
    const high = this.kinds[kind * FIELDS + HIGH]!;
    return {
      count: this.kinds[kind * FIELDS + COUNT]!,
      range: low <= high ? [low, high] : null,
      columns: (range, columns) => this.columns(kind, range, columns),
    };
  }

  private columns(kind: number, [low, high]: readonly [number, number], columns: number): number[] {
    const ownLow = this.kinds[kind * FIELDS + LOW]!;
    const ownEnd = this.kinds[kind * FIELDS + HIGH]! + 1;
    const sums = new Array<number>(columns).fill(0);
    const perColumn = (high + 1 - low) / columns;
    const buckets = this.buckets(kind);
    for (let i = 0; i < BUCKETS; i++) {
      const count = buckets[i]!;
      if (count === 0) continue;
      const from = Math.max((this.origin + i) * this.width, ownLow, low);
      const to = Math.min((this.origin + i + 1) * this.width, ownEnd, high + 1);
      const first = Math.floor((from - low) / perColumn);
      const last = Math.ceil((to - low) / perColumn) - 1;
      for (let column = Math.max(0, first); column <= Math.min(columns - 1, last); column++) {
        const share = Math.min(to, low + (column + 1) * perColumn) - Math.max(from, low + column * perColumn);
        sums[column]! += (count * share) / (to - from);
      }
    }
    return sums;
  }

  private grow(): void {
    const size = Math.max(64, this.size * 2);
    this.touched = grown(this.touched, new Uint32Array(size));
    this.kinds = grown(this.kinds, new Float64Array(size * FIELDS));
  }

  /** Makes room for a second before or after all others. */
  private reach(second: number): void {
    if (this.low > this.high) {
      this.origin = second;
      this.bucket = 0;
    }
    if (second < this.low) this.low = second;
    if (second > this.high) this.high = second;
    const { width, origin, low, high } = this;
    if (Math.floor(low / width) >= origin && Math.floor(high / width) - origin < BUCKETS) return;
    this.flush();
    while (Math.floor(high / this.width) - Math.floor(low / this.width) >= BUCKETS) this.width *= 2;
    this.origin = Math.floor(low / this.width);
    const before = new Uint32Array(BUCKETS);
    for (let kind = 0; kind < this.size; kind++) {
      const buckets = this.buckets(kind);
      before.set(buckets);
      buckets.fill(0);
      this.addBuckets(kind, before, origin, width);
    }
  }
}

function bucketsOf(pieces: readonly Uint32Array[], kind: number): Uint32Array {
  const start = (kind % PIECE) * BUCKETS;
  return pieces[Math.floor(kind / PIECE)]!.subarray(start, start + BUCKETS);
}

function grown<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
