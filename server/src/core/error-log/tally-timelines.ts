/**
 * How many events of each kind happened when, in memory that grows with the kinds only: buckets of a second, then of two,
 * four …, the same for all.
 */

const BUCKETS = 128;

export interface Timeline {
  readonly count: number;
  /** First and last second; null where no event has a time. */
  readonly range: readonly [number, number] | null;
  /** How many fell into each of `columns` parts of `range`; what is in a bucket is spread evenly. */
  columns(range: readonly [number, number], columns: number): number[];
}

export class Timelines {
  /** Of kinds. */
  size = 0;
  private width = 1;
  /** Of the first bucket, in widths. */
  private origin = 0;
  private low = Number.POSITIVE_INFINITY;
  private high = Number.NEGATIVE_INFINITY;
  private counts = new Uint32Array(0);
  /** By kind: first and last second, and events without a time. */
  private lows = new Float64Array(0);
  private highs = new Float64Array(0);
  private timeless = new Float64Array(0);
  private second = Number.NaN;
  /** Events of this bucket wait in a small piece of memory: `pending` by kind, of the kinds that were `touched`. */
  private bucket = 0;
  private pending = new Uint32Array(0);
  private touched = new Uint32Array(0);
  private touchedCount = 0;

  /** A new kind; its number. */
  kind(): number {
    if (this.size === this.lows.length) this.grow();
    this.lows[this.size] = Number.POSITIVE_INFINITY;
    this.highs[this.size] = Number.NEGATIVE_INFINITY;
    return this.size++;
  }

  /** `seconds`: any clock; what is no number happened at no time. */
  add(kind: number, seconds: number): void {
    if (seconds !== this.second && !this.moveTo(seconds)) {
      this.timeless[kind]!++;
      return;
    }
    if (this.pending[kind]!++ === 0) this.touched[this.touchedCount++] = kind;
    if (seconds < this.lows[kind]!) this.lows[kind] = seconds;
    if (seconds > this.highs[kind]!) this.highs[kind] = seconds;
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
    for (let i = 0; i < this.touchedCount; i++) {
      const kind = this.touched[i]!;
      this.counts[kind * BUCKETS + this.bucket]! += this.pending[kind]!;
      this.pending[kind] = 0;
    }
    this.touchedCount = 0;
  }

  timeline(kind: number): Timeline {
    this.flush();
    const buckets = this.counts.subarray(kind * BUCKETS, (kind + 1) * BUCKETS);
    const low = this.lows[kind]!;
    const high = this.highs[kind]!;
    return {
      count: buckets.reduce((sum, count) => sum + count, this.timeless[kind]!),
      range: low <= high ? [low, high] : null,
      columns: (range, columns) => this.columns(buckets, [low, high], range, columns),
    };
  }

  private columns(
    buckets: Uint32Array,
    own: readonly [number, number],
    [low, high]: readonly [number, number],
    columns: number,
  ): number[] {
    const sums = new Array<number>(columns).fill(0);
    const perColumn = (high + 1 - low) / columns;
    buckets.forEach((count, i) => {
      if (count === 0) return;
      const from = Math.max((this.origin + i) * this.width, own[0], low);
      const to = Math.min((this.origin + i + 1) * this.width, own[1] + 1, high + 1);
      const first = Math.floor((from - low) / perColumn);
      const last = Math.ceil((to - low) / perColumn) - 1;
      for (let column = Math.max(0, first); column <= Math.min(columns - 1, last); column++) {
        const share = Math.min(to, low + (column + 1) * perColumn) - Math.max(from, low + column * perColumn);
        sums[column]! += (count * share) / (to - from);
      }
    });
    return sums;
  }

  private grow(): void {
    const size = Math.max(64, this.size * 2);
    this.counts = grown(this.counts, new Uint32Array(size * BUCKETS));
    this.pending = grown(this.pending, new Uint32Array(size));
    this.touched = grown(this.touched, new Uint32Array(size));
    this.lows = grown(this.lows, new Float64Array(size));
    this.highs = grown(this.highs, new Float64Array(size));
    this.timeless = grown(this.timeless, new Float64Array(size));
  }

  /** Makes room for a second before or after all others. */
  private reach(second: number): void {
    if (this.low > this.high) {
      this.origin = second;
      this.bucket = 0;
    }
    if (second < this.low) this.low = second;
    if (second > this.high) this.high = second;
    const { width, origin, low, high, counts } = this;
    if (Math.floor(low / width) >= origin && Math.floor(high / width) - origin < BUCKETS) return;
    this.flush();
    while (Math.floor(high / this.width) - Math.floor(low / this.width) >= BUCKETS) this.width *= 2;
    this.origin = Math.floor(low / this.width);
    const before = new Uint32Array(BUCKETS);
    for (let start = 0; start < this.size * BUCKETS; start += BUCKETS) {
      before.set(counts.subarray(start, start + BUCKETS));
      counts.fill(0, start, start + BUCKETS);
      for (let i = 0; i < BUCKETS; i++) {
        if (before[i]! > 0)
          counts[start + Math.floor(((origin + i) * width) / this.width) - this.origin]! += before[i]!;
      }
    }
  }
}

function grown<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
