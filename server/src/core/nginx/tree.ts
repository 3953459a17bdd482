/** How an nginx file is written: words, directives and blocks, with the place of each in the text. */
import type { Span } from '../text/span';
import type { Phrase } from './phrase';

/** One word of a directive. Its span includes the quotes. */
export interface Word extends Span {
  /** The word as nginx reads it: without quotes, escapes resolved. */
  readonly value: string;
  readonly quote: '"' | "'" | null;
  /** The word holds a Jinja, Go-template or ERB marker, so its value is known only once the template is rendered. */
  readonly template: boolean;
}

/** A name, its arguments and what ends it. */
export interface Directive extends Span {
  /** The value of `name`: asked so often that it must cost nothing. */
  readonly called: string;
  /** The values of `name` and of `args`, for those who need not know where they stand. */
  readonly values: readonly string[];
  /** What all directives of this text have in common; null where the text alone does not tell. */
  readonly phrase: Phrase | null;
  readonly name: Word;
  readonly args: readonly Word[];
  /** Present when the directive opens `{`. */
  readonly block: Block | null;
  /** The directive whose block holds this one; null at the top of the file. */
  readonly parent: Directive | null;
  /** Offset of the `;` that ends a simple directive; -1 for a block or where the `;` is missing. */
  readonly semicolon: number;
}

/** A directive by the words that it is written with. */
export class WordDirective implements Directive {
  readonly start: number;
  readonly called: string;
  readonly values: readonly string[];
  readonly phrase: null;
  readonly name: Word;
  readonly args: readonly Word[];
  block: Block | null;

  /** `words`: the name and the arguments. `endOfWords`: behind its `;`, where it opens no block. */
  constructor(
    words: readonly Word[],
    private readonly endOfWords: number,
    readonly semicolon: number,
    readonly parent: Directive | null,
  ) {
    const [name, ...args] = words as readonly [Word, ...Word[]];
    this.start = name.start;
    this.called = name.value;
    this.values = words.map(({ value }) => value);
    this.phrase = null;
    this.name = name;
    this.args = args;
    this.block = null;
  }

  get end(): number {
    return this.block ? this.block.end : this.endOfWords;
  }
}

/** From `{` to `}`, both included; where the `}` is missing it ends where the text does. */
export interface Block extends Span {
  readonly items: readonly Directive[];
  /** One of the items is an `include`, so that they are not all. */
  readonly includes: boolean;
  /** False when the file ends before the `}`. */
  readonly closed: boolean;
  /** A template's own statements stand in it: its items may be alternatives, or not all. */
  readonly templated: boolean;
  /** Text that is not nginx's: the body of a `*_by_lua_block`. */
  readonly foreign: Span | null;
}

export interface NginxTree {
  readonly text: string;
  readonly items: readonly Directive[];
  /** `#` comments, without their line ends, in file order. */
  readonly comments: readonly Span[];
  /** Template statements that stand between directives (`{% if … %}`, `<% end %>`), in file order. */
  readonly templates: readonly Span[];
  readonly problems: readonly SyntaxProblem[];
}

export type SyntaxCode =
  | 'missing-semicolon'
  | 'likely-missing-semicolon'
  | 'unclosed-block'
  | 'unclosed-quote'
  | 'unexpected-close'
  | 'unexpected-token'
  | 'missing-brace'
  | 'not-a-block'
  | 'too-long-parameter'
  | 'byte-order-mark';

/** Where nginx would stop reading, on the line that nginx names, and what would mend it. */
export interface SyntaxProblem {
  readonly code: SyntaxCode;
  readonly span: Span;
  readonly message: string;
  /** The other half: the quote or brace that this is about. */
  readonly related?: { readonly span: Span; readonly message: string };
  readonly fix?: { readonly title: string; readonly span: Span; readonly newText: string };
}

/** Does a block bring in other files, so that its own lines are not all of it? */
export function includesFiles({ block }: Directive): boolean {
  return block?.includes ?? false;
}

/** Every directive below `items`, parents before children, in file order. */
export function* walk(items: readonly Directive[]): Generator<Directive> {
  // An explicit stack, so that the depth of a file cannot exhaust ours.
  const stack: { items: readonly Directive[]; next: number }[] = [{ items, next: 0 }];
  for (let top = stack[0]; top; top = stack[stack.length - 1]) {
    const directive = top.items[top.next++];
    if (!directive) {
      stack.pop();
      continue;
    }
    yield directive;
    if (directive.block) stack.push({ items: directive.block.items, next: 0 });
  }
}

/** The innermost directive whose span holds `offset`, or null between top-level directives. */
export function directiveAt(tree: NginxTree, offset: number): Directive | null {
  let found: Directive | null = null;
  let items = tree.items;
  while (true) {
    const index = lastStartingAtOrBefore(items, offset);
    const candidate = index < 0 ? undefined : items[index];
    if (!candidate || offset > candidate.end) return found;
    found = candidate;
    if (!candidate.block) return found;
    items = candidate.block.items;
  }
}

/** Text of one directive up to `;` or `{`, its words as they are written, joined by single spaces. */
export function headline(tree: NginxTree, directive: Directive): string {
  return [directive.name, ...directive.args].map((word) => tree.text.slice(word.start, word.end)).join(' ');
}

function lastStartingAtOrBefore(items: readonly Directive[], offset: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle]!.start <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
