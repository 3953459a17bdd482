/** Sets directives in a block with as little change to the text as can be: the only place that writes nginx. */
import type { Directive, Word } from '../nginx/tree';
import type { Edit } from '../text/edit';
import type { At, Project } from './project';

/** The block that directives go into; `directive` is null for the top of a file. */
export interface BlockAt {
  readonly file: string;
  readonly directive: Directive | null;
}

/** A directive as it should be. `key`: how many leading arguments tell one use from another (1 for `proxy_set_header Host …`). */
export interface Wanted {
  readonly name: string;
  /** Arguments as they are to be written, quoted where they need it. */
  readonly args: readonly string[];
  readonly key?: number;
}

/**
 * Edits after which `block` holds every wanted directive once: one that is there is changed in place (also in a file that
 * the block includes), the others are inserted together behind `anchor`, or at the end of the block. No edits when all
 * is as wanted.
 */
export function setDirectives(
  project: Project,
  block: BlockAt,
  wanted: readonly Wanted[],
  anchor: Directive | null,
): Edit[] {
  const present = project.children(block.file, block.directive);
  const edits: Edit[] = [];
  const missing: string[] = [];
  let neighbour: Directive | null = null;
  for (const want of wanted) {
    const key = want.key ?? 0;
    const existing = (present.get(want.name) ?? []).filter(({ directive }) =>
      want.args.slice(0, key).every((arg, i) => sameKey(directive.args[i]?.value, unquoted(arg))),
    );
    const at = existing[existing.length - 1];
    if (!at) {
      missing.push(`${want.name} ${want.args.join(' ')};`);
      continue;
    }
    if (at.file === block.file && at.directive.parent === block.directive) neighbour = at.directive;
    const { args } = at.directive;
    if (
      args.length === want.args.length &&
      args.every(({ value }, i) => (i < key ? sameKey : Object.is)(value, unquoted(want.args[i]!)))
    )
      continue;
    edits.push({ file: at.file, span: argumentSpan(args, at.directive.name), newText: want.args.join(' ') });
  }
  const own = anchor && anchor.parent === block.directive ? anchor : null;
  if (missing.length > 0) edits.push(insertion(project, block, missing, own ?? neighbour));
  return edits;
}

/** A new block or directive text, one string a line, put behind `anchor` or at the end of `block`. */
export function insertion(project: Project, block: BlockAt, lines: readonly string[], anchor: Directive | null): Edit {
  const { file, directive } = block;
  const { text, tree, start } = project.nginx(file)!;
  const body = directive?.block ?? null;
  const items = body?.items ?? tree.items;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const last = anchor ?? items[items.length - 1] ?? null;
  if (body && !text.slice(body.start, body.end).includes('\n')) {
    // A block on one line stays on one line.
    const at = last ? last.end : body.start + 1;
    const needsSpace = !last && text[at] !== ' ' ? ' ' : '';
    return { file, span: { start: at, end: at }, newText: ` ${lines.join(' ')}${needsSpace}` };
  }
  const outer = directive ? lineIndent(text, directive.start) : '';
  const indent =
    last && startsItsLine(text, last.start)
      ? lineIndent(text, last.start)
      : directive
        ? outer + step(text, directive)
        : '';
  const from = last ? last.end : body ? body.start + 1 : start;
  const lineEnd = endOfLine(text, from);
  const rest = text.slice(from, lineEnd);
  // What follows on the same line stays there when it is a comment; anything else moves behind the new lines.
  const at = /^\s*(?:#.*)?$/.test(rest) ? lineEnd : from;
  const inserted = lines.map((line) => `${newline}${line === '' ? '' : indent}${line}`).join('');
  const tail = at === lineEnd ? '' : `${newline}${indent}`;
  const skip = tail ? rest.length - rest.trimStart().length : 0;
  return {
    file,
    span: { start: at, end: at + skip },
    newText: inserted + (tail && text[at + skip] === '}' ? newline + outer : tail),
  };
}

/** Lines put before a directive, at its indentation; on its line where others stand before it. */
export function insertionBefore(project: Project, { file, directive }: At, lines: readonly string[]): Edit {
  const { text } = project.nginx(file)!;
  const at = directive.start;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const between = startsItsLine(text, at) ? newline + lineIndent(text, at) : ' ';
  return { file, span: { start: at, end: at }, newText: lines.map((line) => line + between).join('') };
}

/** The line end's offset, before CR and LF. */
function endOfLine(text: string, from: number): number {
  let end = text.indexOf('\n', from);
  if (end < 0) end = text.length;
  return end > from && text[end - 1] === '\r' ? end - 1 : end;
}

/** One level of indentation as this file writes it: taken from the block's surroundings, four spaces where there are none. */
function step(text: string, directive: Directive): string {
  const outer = directive.parent;
  const own = lineIndent(text, directive.start);
  if (outer) {
    const base = lineIndent(text, outer.start);
    if (own.startsWith(base) && own.length > base.length) return own.slice(base.length);
  }
  const first = directive.block?.items[0];
  if (first && startsItsLine(text, first.start)) {
    const inner = lineIndent(text, first.start);
    if (inner.startsWith(own) && inner.length > own.length) return inner.slice(own.length);
  }
  return own.startsWith('\t') ? '\t' : '    ';
}

function lineIndent(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  let end = start;
  while (text[end] === ' ' || text[end] === '\t') end++;
  return text.slice(start, Math.min(end, at));
}

function startsItsLine(text: string, at: number): boolean {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  return text.slice(start, at).trim() === '';
}

function argumentSpan(args: readonly Word[], name: Word): { start: number; end: number } {
  const first = args[0];
  const last = args[args.length - 1];
  return first && last ? { start: first.start, end: last.end } : { start: name.end, end: name.end };
}

/** Header names, the keys we set directives by, are the same whatever their case. */
function sameKey(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}

function unquoted(word: string): string {
  return /^"(.*)"$/s.exec(word)?.[1] ?? /^'(.*)'$/s.exec(word)?.[1] ?? word;
}

/** The arguments of a directive as they are written, quotes included. */
export function writtenArgs(project: Project, { file, directive }: At): string[] {
  const { text } = project.nginx(file)!;
  return directive.args.map(({ start, end }) => text.slice(start, end));
}
