/** How large an expression becomes when PCRE compiles it: what is repeated a number of times is copied. */
import type { Item } from './items';

/** PCRE's 64 KB, and a little for what is only estimated here. */
export const LARGEST = 66_500;

/** At least nearly the bytes of the compiled expression. */
export function compiledSize(items: readonly Item[]): number {
  const sums = [0];
  /** Kinds of the groups around. */
  const kinds: string[] = [];
  /** What the next quantifier repeats: the size of the item, and what it is. */
  let last = 0;
  let lastKind = '';
  for (const item of items) {
    const top = sums.length - 1;
    switch (item.op) {
      case 'open':
        sums.push(item.kind === 'capture' ? 8 : 6);
        kinds.push(item.kind);
        continue;
      case 'alternative':
        sums[top]! += 3;
        continue;
      case 'close':
        last = sums.pop()!;
        lastKind = kinds.pop()!;
        sums[sums.length - 1]! += last;
        continue;
      case 'repeat':
        sums[top]! += repeated(last, lastKind, item.min, item.max);
        continue;
      case 'one':
      case 'zero':
        last = item.size;
        break;
      case 'reference':
      case 'call':
        last = 3;
        break;
      default:
        last = 1;
    }
    lastKind = item.op;
    sums[top]! += last;
  }
  return sums[0]!;
}

/** What a quantifier adds. */
function repeated(size: number, kind: string, min: number, max: number): number {
  if (kind === 'ahead' || kind === 'behind') return 0;
  const copied = kind === 'group' || kind === 'capture' || kind === 'condition' || kind === 'call';
  // A single character has instructions that count.
  if (!copied) return min > 1 || (max > 1 && max !== Number.POSITIVE_INFINITY) ? 2 : 0;
  const whole = kind === 'call' ? size + 6 : size;
  const more = max === Number.POSITIVE_INFINITY ? 0 : Math.max(0, max - Math.max(min, 1)) * (whole + 7);
  return Math.max(0, min - 1) * whole + more;
}
