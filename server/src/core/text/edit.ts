/** Changes to text: the only form in which a fix leaves core. */
import type { Span } from './span';

/** Replaces `span` of `file` by `newText`. */
export interface Edit {
  readonly file: string;
  readonly span: Span;
  readonly newText: string;
  /** The file is new: `span` is 0..0 and `newText` all of it. Where the file exists already nothing is done. */
  readonly create?: true;
}

/**
 * The text after `edits` (all of one file, not overlapping). Edits at the same offset are applied in the order given.
 * Throws a RangeError when two edits overlap, because applying either would lose the other.
 */
export function applyEdits(text: string, edits: readonly Omit<Edit, 'file'>[]): string {
  const sorted = edits.map((edit, order) => ({ edit, order }));
  sorted.sort((a, b) => a.edit.span.start - b.edit.span.start || a.order - b.order);
  let result = '';
  let at = 0;
  for (const { edit } of sorted) {
    if (edit.span.start < at) throw new RangeError(`edits overlap at offset ${edit.span.start}`);
    result += text.slice(at, edit.span.start) + edit.newText;
    at = edit.span.end;
  }
  return result + text.slice(at);
}
