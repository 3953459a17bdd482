/** Which word was meant? */

/** How many characters must be added, removed, changed or swapped with their neighbour (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        next[j] = Math.min(next[j]!, before[j - 2]! + 1);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}

/** The candidate spelt most like `word`; null when none is like it. Case and the difference of `-` and `_` count little. */
export function closest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > 60) return null;
  const wanted = plain(word);
  // One slip in a short word, two in a longer one, three where most of it still agrees.
  const most = wanted.length < 5 ? 1 : wanted.length < 12 ? 2 : 3;
  let best: { candidate: string; distance: number } | null = null;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) > most) continue;
    const distance = editDistance(wanted, plain(candidate)) + (candidate === word ? 0 : 0.1);
    if (distance <= most + 0.1 && (!best || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate ?? null;
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll('-', '_');
}
