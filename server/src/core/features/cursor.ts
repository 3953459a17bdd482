/** Where in an nginx file a cursor stands: in which block, behind which words. Read from the text, because what is being typed is not finished. */
import { type Directive, directiveAt, type NginxTree } from '../nginx/tree';

export interface Cursor {
  /** The innermost block around it; null at the top of the file. */
  readonly block: Directive | null;
  /** Words of the unfinished statement before the one at the cursor; the first is the directive's name. */
  readonly before: readonly string[];
  /** What is written of the word, up to the cursor, and where it starts. A quote is part of it. */
  readonly word: string;
  readonly start: number;
  /** Where the statement starts; `start` when the word is its first. */
  readonly statement: number;
}

/** No statement that someone is typing is longer. */
const LONGEST = 100_000;

/** Null in a comment and in text that is not nginx's. `start`: where the file begins in the text. */
export function cursorAt(tree: NginxTree, offset: number, start = 0): Cursor | null {
  const { text } = tree;
  let block = directiveAt(tree, offset);
  while (block && !holds(block, offset)) block = block.parent;
  if (block?.block?.foreign) return null;
  if (tree.templates.some((span) => offset > span.start && offset < span.end)) return null;
  let from = block ? block.block!.start + 1 : start;
  for (const item of block ? block.block!.items : tree.items) {
    if (item.end > offset) break;
    if (item.semicolon >= 0 || item.block?.closed) from = Math.max(from, item.end);
  }
  return offset - from > LONGEST ? null : read(text, from, offset, block);
}

function holds({ block }: Directive, offset: number): boolean {
  return block !== null && offset > block.start && (offset < block.end || !block.closed);
}

function read(text: string, from: number, offset: number, block: Directive | null): Cursor | null {
  let words: { value: string; start: number }[] = [];
  for (let i = from; ; ) {
    while (i < offset && /\s/.test(text[i]!)) i++;
    if (text[i] === '#' && i < offset) {
      const end = text.indexOf('\n', i);
      if (end < 0 || end >= offset) return null;
      i = end;
      continue;
    }
    if (i < offset && /[;{}]/.test(text[i]!)) {
      words = [];
      i++;
      continue;
    }
    const start = i;
    i = wordEnd(text, i, offset);
    // A word that ends at the cursor is being typed.
    if (words.length > 0 && startsAnew(text, words[0]!.start, start)) words = [];
    if (i >= offset)
      return {
        block,
        before: words.map(({ value }) => value),
        word: text.slice(start, offset),
        start,
        statement: words[0]?.start ?? start,
      };
    words.push({ value: text.slice(start, i), start });
  }
}

function wordEnd(text: string, start: number, limit: number): number {
  const quote = text[start] === '"' || text[start] === "'" ? text[start] : null;
  let i = quote ? start + 1 : start;
  while (i < limit) {
    const char = text[i]!;
    if (char === '\\') i++;
    else if (quote) {
      if (char === quote) return i + 1;
    } else if (char === '$' && text[i + 1] === '{') i++;
    else if (/[\s;{]/.test(char)) break;
    i++;
  }
  return Math.min(i, limit);
}

/** A ";" is missing above: lines that continue a statement are indented further than its first. */
function startsAnew(text: string, statement: number, word: number): boolean {
  if (!text.slice(statement, word).includes('\n')) return false;
  const column = (at: number): number => at - (text.lastIndexOf('\n', at - 1) + 1);
  return column(word) <= column(statement) && isFirst(text, word) && isFirst(text, statement);
}

function isFirst(text: string, at: number): boolean {
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, at).trim() === '';
}
