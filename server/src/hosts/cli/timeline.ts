/** A row of counts as bars of a terminal. */

const BARS = '▁▂▃▄▅▆▇█';

/** A blank where there is nothing. */
export function bars(counts: readonly number[]): string {
  const most = Math.max(...counts);
  return counts
    .map((count) => (count === 0 ? ' ' : BARS[Math.ceil((count / most) * BARS.length) - 1]!))
    .join('')
    .trimEnd();
}
