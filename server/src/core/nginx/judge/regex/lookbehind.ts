/** How far a lookbehind looks back, which must be known: every branch has a length of its own, without choice in it. */
import type { Item } from './items';
import { refuse, Uncertain } from './reader';
import { groupOf, type State } from './state';

const LONGEST = 65_535;
/** Branches that PCRE looks at before it gives up. */
const MOST_BRANCHES = 2000;

/** A length that no release knows, or that those since 10.43 find a limit for. */
type Unknown = 'endless' | 'limited';

export function checkLookbehinds(state: State): void {
  const { items, named, hasResets } = state;
  let branches = 0;
  const closing = closes(items);
  const known = new Map<number, number>();

  /** Behind the `(` of a lookbehind: every branch counts for itself. Gives back the place of its `)`. */
  function lookbehind(at: number, calls: readonly number[]): number {
    const end = closing[at]!;
    for (let next = at + 1; next <= end; next++) next = branch(next, calls).end;
    return end;
  }

  function refuseLength(why: Unknown, what: string): never {
    return refuse(`a lookbehind "(?<=" must have a fixed length, ${what}`, why === 'limited' ? 'newer' : null);
  }

  /** The length of the group whose `(` stands at `at`: all branches must have the same. */
  function group(at: number, calls: readonly number[]): number {
    const item = items[at]!;
    const number = item.op === 'open' && item.kind === 'capture' ? item.group : null;
    const before = number === null || hasResets ? undefined : known.get(number);
    if (before !== undefined) return before;
    const end = closing[at]!;
    let length = -1;
    for (let next = at + 1; next <= end; next++) {
      const found = branch(next, calls);
      if (length >= 0 && found.length !== length)
        refuseLength('limited', 'and the branches of a group within it differ in theirs');
      length = found.length;
      next = found.end;
    }
    if (number !== null) known.set(number, length);
    return length;
  }

  /** A branch from `start` to its `|` or `)`. */
  function branch(start: number, calls: readonly number[]): { length: number; end: number } {
    if (++branches > MOST_BRANCHES) throw new Uncertain();
    let length = 0;
    let last = 0;
    for (let at = start; ; at++) {
      const item = items[at]!;
      let own = 0;
      switch (item.op) {
        case 'close':
        case 'alternative':
          return { length, end: at };
        case 'one':
          own = 1;
          break;
        case 'zero':
          break;
        case 'unfixed':
          refuseLength(
            item.bounded ? 'limited' : 'endless',
            item.bounded ? 'which "\\R" has not' : 'which "\\X" has not',
          );
          break;
        case 'stop':
          while (items[at + 1]!.op !== 'close' && items[at + 1]!.op !== 'alternative') {
            at++;
            if (items[at]!.op === 'open') at = closing[at]!;
          }
          break;
        case 'open':
          if (item.kind === 'behind') at = lookbehind(at, calls);
          else if (item.kind === 'ahead') {
            within(at + 1, closing[at]!, calls);
            at = closing[at]!;
            if (items[at + 1]!.op === 'repeat') at++;
          } else if (item.kind === 'define') at = closing[at]!;
          else {
            own = group(at, calls);
            at = closing[at]!;
          }
          break;
        case 'repeat': {
          const { min, max } = item;
          if (min !== max)
            refuseLength(
              max === Number.POSITIVE_INFINITY ? 'endless' : 'limited',
              max === Number.POSITIVE_INFINITY ? 'without *, + or {n,}' : 'without ? or {n,m}',
            );
          if (min === 0) length -= last;
          own = min < 2 ? 0 : (min - 1) * last;
          break;
        }
        case 'reference':
        case 'call':
          own = target(item, at, calls);
          break;
      }
      length += own;
      last = own;
      if (length > LONGEST) refuse(`a lookbehind looks back further than ${LONGEST} characters`);
    }
  }

  /** Lookbehinds in an assertion that looks ahead. */
  function within(start: number, end: number, calls: readonly number[]): void {
    for (let at = start; at < end; at++) {
      const item = items[at]!;
      if (item.op === 'open' && item.kind === 'behind') at = lookbehind(at, calls);
    }
  }

  function target(item: Item & { op: 'reference' | 'call' }, at: number, calls: readonly number[]): number {
    const number = groupOf(state, item.group)!;
    const isOpen = item.op === 'reference' && (hasResets || named.filter(({ name }) => name === item.group).length > 1);
    const start = items.findIndex((each) => each.op === 'open' && each.group === number);
    if (isOpen || number === 0 || start < 0 || (at > start && at < closing[start]!) || calls.includes(start))
      refuseLength('limited', 'which a reference in it has not');
    return group(start, [...calls, start]);
  }

  within(0, items.length, []);
}

/** For each `(` the place of its `)`. */
function closes(items: readonly Item[]): Int32Array {
  const found = new Int32Array(items.length).fill(-1);
  const open: number[] = [];
  items.forEach(({ op }, at) => {
    if (op === 'open') open.push(at);
    else if (op === 'close') found[open.pop()!] = at;
  });
  return found;
}
