/** Follows a line of a document through changes of its text. */

interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Change {
  readonly range: { readonly start: Position; readonly end: Position };
  readonly text: string;
}

/** Where `line` is after `changes`, which do not overlap and count from the text before all of them. */
export function followLine(line: number, changes: readonly Change[]): number {
  return changes.reduce((at, { range: { start, end }, text }) => {
    const isBefore = end.line < line || (end.line === line && end.character === 0);
    if (!isBefore) return at;
    const added = (text.match(/\r\n|\r|\n/g) ?? []).length;
    return at + added - (end.line - start.line);
  }, line);
}
