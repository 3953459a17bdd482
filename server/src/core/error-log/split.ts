/** Splits the quoted fields of a tail, of which any may contain text that looks like the others: rule 2 of tail.ts. */
import type { Field } from './record';

const QUOTED = ['request', 'subrequest', 'upstream', 'host', 'referrer'] as const;
const ORDERS = QUOTED.length;
const NONE = -1;
const REFERRER = QUOTED.length - 1;
const HOST = REFERRER - 1;
/** By order: the label as it stands behind `server`; behind a quoted field it has a `"` before it. */
export const LABELS = QUOTED.map((name) => `, ${name}: "`);

/** A place where fields may begin: what rule 2 needs to know of it. */
export interface TailStart {
  readonly at: number;
  /** Where the label of the next field stands; the end when there is none. */
  readonly next: number;
  /** Order of that field in LABELS; LABELS.length for `login`, -1 for none. */
  readonly order: number;
}

export interface Reading {
  readonly oddities: number;
  fields(): Field[];
}

/**
 * Works from right to left, so that each label is looked at once: of what can follow a label, only the next label and the
 * best of all later ones (per order) can be part of the best split. Plain arrays by number of the label: there may be a
 * million of them. A score is eight times the oddities less the number of fields, so the lower the better.
 */
export function splitter(line: string, starts: readonly TailStart[], end: number): (start: TailStart) => Reading {
  const { places, orders } = findLabels(line, starts[0]!.at, end);
  const count = places.length;
  const scores = new Array<number>(count).fill(0);
  const nexts = new Array<number>(count).fill(NONE);
  /** At `i * ORDERS + order`: the best label from `i` on that can follow a value of that order, leaving out others. */
  const later = new Array<number>((count + 1) * ORDERS).fill(NONE);

  const hasStart = (from: number, to: number): boolean => {
    const found = starts[firstFrom(starts.length, (i) => starts[i]!.at, from)];
    return found !== undefined && found.at < to;
  };
  const oddities = (order: number, from: number, to: number): number => {
    if (order === REFERRER) return 0;
    const isOdd =
      order === 0 ? !endsInProtocol(line, from, to) : order === HOST && isBefore(line.indexOf(' ', from), to);
    return (isOdd ? 1 : 0) + (hasStart(from, to) ? 1 : 0);
  };
  /** What it costs that a value of `order` ends at label `i` and holds others: for a request, its protocol still counts. */
  const skipScore = (order: number, i: number): number =>
    7 + scores[i]! + (order === 0 && !endsInProtocol(line, 0, places[i]!) ? 8 : 0);

  /** How a value goes on best, when the labels behind it begin with number `first`. On a tie the earlier label wins. */
  const choose = (order: number, from: number, first: number): { score: number; next: number } => {
    const holdsLabels = order !== REFERRER && first < count;
    let score = 8 * (oddities(order, from, end) + (holdsLabels ? 1 : 0)) - 1;
    let next = NONE;
    const skip = later[Math.min(first + 1, count) * ORDERS + order]!;
    if (skip !== NONE && skipScore(order, skip) <= score) {
      score = skipScore(order, skip);
      next = skip;
    }
    if (first < count && orders[first]! > order) {
      const adjacent = 8 * oddities(order, from, places[first]!) + scores[first]! - 1;
      if (adjacent <= score) {
        score = adjacent;
        next = first;
      }
    }
    return { score, next };
  };

  for (let i = count - 1; i >= 0; i--) {
    const order = orders[i]!;
    const from = places[i]! + 1 + LABELS[order]!.length;
    // A label may begin with the quote that the one before it ends with.
    const chosen = choose(order, from, i + 1 < count && places[i + 1]! < from ? i + 2 : i + 1);
    scores[i] = chosen.score;
    nexts[i] = chosen.next;
    for (let before = 0; before < ORDERS; before++) {
      const known = later[(i + 1) * ORDERS + before]!;
      const isBest = before < order && (known === NONE || skipScore(before, i) <= skipScore(before, known));
      later[i * ORDERS + before] = isBest ? i : known;
    }
  }

  return (start) => {
    if (start.order < 0 || start.order >= ORDERS) return { oddities: 0, fields: () => [] };
    const from = start.next + LABELS[start.order]!.length;
    const { score, next } = choose(
      start.order,
      from,
      firstFrom(count, (i) => places[i]!, from),
    );
    const fields = (): Field[] => {
      const found = [field(start.order, from, next === NONE ? end : places[next]!)];
      for (let i = next; i !== NONE; i = nexts[i]!) {
        const after = nexts[i]!;
        found.push(
          field(orders[i]!, places[i]! + 1 + LABELS[orders[i]!]!.length, after === NONE ? end : places[after]!),
        );
      }
      return found;
    };
    return { oddities: (score + 7) >> 3, fields };
  };
}

function field(order: number, start: number, end: number): Field {
  return { name: QUOTED[order]!, span: { start, end: Math.max(start, end) } };
}

/** Every `", subrequest: "`, `", upstream: "`, `", host: "`, `", referrer: "`: the offset of its first quote, and its order. */
function findLabels(line: string, from: number, end: number): { places: number[]; orders: number[] } {
  const places: number[] = [];
  const orders: number[] = [];
  for (let at = line.indexOf('", ', from); at >= 0 && at < end; at = line.indexOf('", ', at + 3)) {
    for (let order = 1; order < ORDERS; order++) {
      if (!line.startsWith(LABELS[order]!, at + 1) || at + 1 + LABELS[order]!.length > end) continue;
      places.push(at);
      orders.push(order);
      break;
    }
  }
  return { places, orders };
}

function endsInProtocol(line: string, from: number, to: number): boolean {
  return to - from >= 9 && line.startsWith(' HTTP/', to - 9) && /^\d\.\d$/.test(line.slice(to - 3, to));
}

function isBefore(at: number, end: number): boolean {
  return at >= 0 && at < end;
}

/** The number of the first of `count` ascending offsets that is at least `from`. */
function firstFrom(count: number, offset: (i: number) => number, from: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offset(middle) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
