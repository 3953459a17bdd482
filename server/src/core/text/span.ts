/** Where a piece of text stands in its file. */

/** A half-open range of UTF-16 code units, 0-based: `text.slice(start, end)` is the piece. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place: a span in a named file. */
export interface Place {
  /** Path or URI of the file, `/`-separated: see `path.ts`. */
  readonly file: string;
  readonly span: Span;
}

/** The span alone: words and directives of a tree are spans too, and findings hand over plain data. */
export function plainSpan({ start, end }: Span): Span {
  return { start, end };
}

/** True when `offset` lies in `span`, its end included, so that a cursor behind the last character counts. */
export function contains(span: Span, offset: number): boolean {
  return span.start <= offset && offset <= span.end;
}

/** True when the two spans share a character, or touch. */
export function overlaps(a: Span, b: Span): boolean {
  return a.start <= b.end && b.start <= a.end;
}
