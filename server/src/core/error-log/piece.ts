/** Text with a wrapping taken off, and the way back: where each part of it stands in what was pasted. */
import type { Span } from '../text/span';

export interface Piece {
  readonly text: string;
  /** Where a span of `text` stands in the original. */
  back(span: Span): Span;
}

export function whole(text: string): Piece {
  return { text, back: (span) => span };
}

export function part(piece: Piece, from: number, to = piece.text.length): Piece {
  if (from === 0 && to === piece.text.length) return piece;
  return {
    text: piece.text.slice(from, to),
    back: ({ start, end }) => piece.back({ start: start + from, end: end + from }),
  };
}

/** Every match replaced; `pattern` is global and matches no empty text. The way back is worked out when it is first asked for. */
export function replaced(piece: Piece, pattern: RegExp, by: (match: string) => string): Piece {
  const text = piece.text.replace(pattern, by);
  if (text === piece.text) return piece;
  let stretches: Stretch[] | null = null;
  return {
    text,
    back: (span) => {
      stretches ??= stretchesOf(piece.text, pattern, by);
      return piece.back(across(stretches, span));
    },
  };
}

/** One behind the other, with something between that is in no original. `at`: where a piece's own original begins. */
export function joined(
  parts: readonly { readonly piece: Piece; readonly at: number }[],
  gaps: readonly string[],
): Piece {
  const [only] = parts;
  if (parts.length === 1 && only?.at === 0) return only.piece;
  const starts: number[] = [];
  let text = '';
  parts.forEach(({ piece }, i) => {
    if (i > 0) text += gaps[i - 1] ?? '';
    starts.push(text.length);
    text += piece.text;
  });
  const place = (offset: number, isEnd: boolean): number => {
    const i = lastAtMost(starts, isEnd ? offset - 1 : offset);
    const { piece, at } = parts[i]!;
    const within = Math.min(offset - starts[i]!, piece.text.length);
    if (isEnd) return at + piece.back({ start: Math.max(0, within - 1), end: within }).end;
    return at + piece.back({ start: within, end: Math.min(within + 1, piece.text.length) }).start;
  };
  return {
    text,
    back: ({ start, end }) => {
      const from = place(start, false);
      return { start: from, end: end > start ? Math.max(from, place(end, true)) : from };
    },
  };
}

interface Stretch {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  /** The same characters in both. */
  readonly verbatim: boolean;
}

function stretchesOf(text: string, pattern: RegExp, by: (match: string) => string): Stretch[] {
  const stretches: Stretch[] = [];
  let at = 0;
  let from = 0;
  const add = (to: number, length: number, verbatim: boolean): void => {
    if (length > 0) stretches.push({ at, from, to, verbatim });
    at += length;
    from = to;
  };
  for (const match of text.matchAll(pattern)) {
    add(match.index, match.index - from, true);
    add(match.index + match[0].length, by(match[0]).length, false);
  }
  add(text.length, text.length - from, true);
  return stretches;
}

function across(stretches: readonly Stretch[], { start, end }: Span): Span {
  if (stretches.length === 0) return { start: 0, end: 0 };
  const find = (offset: number): Stretch => {
    let low = 0;
    let high = stretches.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (stretches[middle]!.at <= offset) low = middle;
      else high = middle - 1;
    }
    return stretches[low]!;
  };
  const first = find(start);
  const from = first.verbatim ? Math.min(first.to, first.from + start - first.at) : first.from;
  if (end <= start) return { start: from, end: from };
  const last = find(end - 1);
  return { start: from, end: last.verbatim ? Math.min(last.to, last.from + end - last.at) : last.to };
}

function lastAtMost(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
