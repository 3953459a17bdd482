/** How many events happened when, in memory that does not grow: buckets of a second, then of two, four … */

const MOST_BUCKETS = 128;
const BARS = '▁▂▃▄▅▆▇█';

export class Timeline {
  private width = 1;
  private buckets = new Map<number, number>();
  private low = Number.POSITIVE_INFINITY;
  private high = Number.NEGATIVE_INFINITY;

  /** `seconds`: any clock. */
  add(seconds: number): void {
    if (!Number.isFinite(seconds)) return;
    this.low = Math.min(this.low, seconds);
    this.high = Math.max(this.high, seconds);
    while (Math.floor(this.high / this.width) - Math.floor(this.low / this.width) >= MOST_BUCKETS) this.widen();
    const bucket = Math.floor(seconds / this.width);
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + 1);
  }

  /** First and last second; null when nothing was added. */
  range(): readonly [number, number] | null {
    return this.buckets.size === 0 ? null : [this.low, this.high];
  }

  /** Bars over `range`, a blank where nothing happened. */
  bars([low, high]: readonly [number, number], columns: number): string {
    const counts = new Array<number>(columns).fill(0);
    for (const [bucket, count] of this.buckets) {
      const at = Math.min(Math.max(bucket * this.width, low), high);
      counts[Math.min(columns - 1, Math.floor(((at - low) * columns) / (high - low + 1)))]! += count;
    }
    const most = Math.max(...counts);
    return counts
      .map((count) => (count === 0 ? ' ' : BARS[Math.ceil((count / most) * BARS.length) - 1]!))
      .join('')
      .trimEnd();
  }

  private widen(): void {
    this.width *= 2;
    const wider = new Map<number, number>();
    for (const [bucket, count] of this.buckets) {
      const half = Math.floor(bucket / 2);
      wider.set(half, (wider.get(half) ?? 0) + count);
    }
    this.buckets = wider;
  }
}
