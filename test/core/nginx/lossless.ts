/** Is a tree whole? Its pieces in order, within bounds, one inside the other, and nothing but space and comments between. */
import type { Directive, NginxTree } from '../../../server/src/core/nginx/tree';
import type { Span } from '../../../server/src/core/text/span';

/** What is wrong with the tree's spans; empty when nothing is. */
export function faults(tree: NginxTree): string[] {
  const { text } = tree;
  const found: string[] = [];
  const pieces: Span[] = [...tree.comments, ...tree.templates];
  const stack: { directive: Directive; within: Span; parent: Directive | null }[] = [];
  const push = (items: readonly Directive[], within: Span, parent: Directive | null): void => {
    for (const directive of items) stack.push({ directive, within, parent });
    for (let i = 1; i < items.length; i++) {
      if (items[i]!.start < items[i - 1]!.end) found.push(`directives overlap at ${items[i]!.start}`);
    }
  };
  push(tree.items, { start: 0, end: text.length }, null);
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { directive, within, parent } = next;
    const { start, end, name, args, block, semicolon } = directive;
    if (directive.parent !== parent) found.push(`wrong parent at ${start}`);
    if (start < within.start || end > within.end || start > end) found.push(`${start}..${end} leaves its block`);
    if (name.start !== start) found.push(`directive at ${start} does not start with its name`);
    const words = [name, ...args];
    for (const word of words) {
      if (word.start < start || word.end > end || word.start > word.end) found.push(`word at ${word.start} is outside`);
      const raw = text.slice(word.start, word.end);
      if (word.quote && (!raw.startsWith(word.quote) || !raw.endsWith(word.quote) || raw.length < 2))
        found.push(`${raw} is not quoted by ${word.quote}`);
      pieces.push(word);
    }
    if (semicolon >= 0) {
      if (text[semicolon] !== ';' || end !== semicolon + 1) found.push(`no ; at ${semicolon}`);
      pieces.push({ start: semicolon, end: semicolon + 1 });
    }
    if (block) {
      if (block.closed && text[block.end - 1] !== '}') found.push(`no } at ${block.end - 1}`);
      if (block.end !== end) found.push(`block and directive end apart at ${end}`);
      if (text[block.start] === '{') pieces.push({ start: block.start, end: block.start + 1 });
      if (block.closed) pieces.push({ start: block.end - 1, end: block.end });
      if (block.foreign) pieces.push(block.foreign);
      push(block.items, block, directive);
    }
  }
  // Printing: the pieces as they stand and what lies between them give the text back.
  // Template statements may hold half a block, so that a brace has no partner here.
  const isValid = tree.problems.length === 0 && tree.templates.length === 0;
  pieces.sort((a, b) => a.start - b.start || a.end - b.end);
  let at = 0;
  for (const piece of pieces) {
    if (piece.start < at) {
      found.push(`pieces overlap at ${piece.start}`);
      continue;
    }
    // Where nginx has refused the file, single characters have been passed over: a second ";", a "}" too many.
    const between = text.slice(at, piece.start);
    if (isValid && !/^[ \t\r\n]*$/.test(between)) found.push(`lost ${JSON.stringify(between)} at ${at}`);
    at = piece.end;
  }
  if (isValid && !/^[ \t\r\n]*$/.test(text.slice(at))) found.push(`lost the end from ${at}`);
  for (const { span, fix, related } of tree.problems) {
    for (const { start, end } of [span, ...(fix ? [fix.span] : []), ...(related ? [related.span] : [])]) {
      if (start < 0 || end < start || end > text.length) found.push(`problem at ${start}..${end} of ${text.length}`);
    }
  }
  return found;
}
