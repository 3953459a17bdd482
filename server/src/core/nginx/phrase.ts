/**
 * Statements that stand on one line, by their text. Configurations repeat themselves, and between two keystrokes hardly a
 * line changes: what has been read once is neither read nor judged again, wherever it stands.
 */
import { type Name, nameOf } from './catalogue';
import type { Block, Directive, Word } from './tree';

export interface Phrase {
  /** Its words as nginx reads them. */
  readonly values: readonly string[];
  readonly about: Name;
  /** With places that count from the start of the statement; null where single blanks are all that stands between them. */
  readonly words: readonly Word[] | null;
  readonly length: number;
  /** Ends with `{`, not with `;`. */
  readonly opens: boolean;
  /** There is a `$` in some word. */
  readonly dollar: boolean;
  /** What the readers of `byText` have made of it: few have read one phrase. */
  answers: Answer | null;
  /** Where it was last found to be all right, kept by whoever judges it: by what, under what, and in which contexts. */
  acceptedBy: object | null;
  acceptedUnder: Phrase | null;
  acceptedIn: number;
}

interface Answer {
  readonly reader: unknown;
  readonly value: unknown;
  readonly next: Answer | null;
}

const LONGEST = 200;
const MOST = 40_000;
const OPEN = 123;

const phrases = new Map<string, Phrase>();

/** The statement from `start` to `end`, exclusive; null for one that is to be read character by character. */
export function phraseAt(text: string, start: number, end: number): Phrase | null {
  if (end - start > LONGEST) return null;
  const slice = text.slice(start, end);
  const known = phrases.get(slice);
  if (known !== undefined) return known;
  return SPECIAL.test(slice) ? null : ordinary(copy(slice));
}

/** Keeps what the scanner has read from `words[0]` to `end` and nginx accepts, whatever comes before and after it. */
export function remember(text: string, words: readonly Word[], end: number): void {
  const { start } = words[0]!;
  if (end - start > LONGEST || words.some(({ template }) => template)) return;
  const slice = text.slice(start, end);
  // A "{" or "<" inside may begin a template's mark, which need not end here.
  if (isGlued(slice) || /[<\n\r]|[^$]\{./.test(slice)) return;
  const own = words.map((word) => ({
    ...word,
    start: word.start - start,
    end: word.end - start,
    value: copy(word.value),
  }));
  keep(
    copy(slice),
    own.map(({ value }) => value),
    own,
  );
}

/** Does it depend on nothing around the statement that it is one? */
function standsAlone({ signatures }: Name, values: readonly string[], opens: boolean): boolean {
  if (!opens && values[0] === 'server') return values.length > 1;
  if (signatures.length === 0) return true;
  for (let i = 0; i < signatures.length; i++) if (signatures[i]!.block === opens) return true;
  return false;
}

function keep(written: string, values: readonly string[], words: readonly Word[] | null): Phrase | null {
  const opens = written.charCodeAt(written.length - 1) === OPEN;
  const about = nameOf(values[0]!);
  if (!standsAlone(about, values, opens)) return null;
  const phrase: Phrase = {
    values,
    about,
    words,
    length: written.length,
    opens,
    dollar: written.includes('$'),
    answers: null,
    acceptedBy: null,
    acceptedUnder: null,
    acceptedIn: 0,
  };
  if (phrases.size >= MOST) phrases.clear();
  phrases.set(written, phrase);
  return phrase;
}

/** A mere slice would keep the whole text of the file alive. */
function copy(slice: string): string {
  return ` ${slice}`.slice(1);
}

/** For what is not `SPECIAL`; null where its brace may belong to a word. */
function ordinary(written: string): Phrase | null {
  let end = written.length - 1;
  if (written.charCodeAt(end) === OPEN && isGlued(written)) return null;
  while (end > 0 && (written[end - 1] === ' ' || written[end - 1] === '\t')) end--;
  // Native code splits faster than a loop of ours: this is done for every new line of a file.
  const said = written.slice(0, end);
  const values = (said.includes('\t') ? said.replaceAll('\t', ' ') : said).split(' ');
  return values.includes('') ? spaced(written, values) : keep(written, values, null);
}

/** More than single blanks stand between the words. */
function spaced(written: string, parts: readonly string[]): Phrase | null {
  const words: Word[] = [];
  let start = 0;
  for (const value of parts) {
    const end = start + value.length;
    if (value !== '') words.push({ start, end, value, quote: null, template: false });
    start = end + 1;
  }
  if (words.length === 0) return null;
  return keep(
    written,
    words.map(({ value }) => value),
    words,
  );
}

/** A brace that belongs to the word before it, `${` or the `{4}` of an expression, is told by what comes behind it. */
function isGlued(written: string): boolean {
  const last = written.length - 1;
  const before = written.charCodeAt(last - 1);
  return written.charCodeAt(last) === OPEN && last > 0 && before !== 32 && before !== 9;
}

/** Quotes, escapes, braces, comments, marks of templates: to be read character by character. At the end there is a `;` or a `{`. */
const SPECIAL = /^[$%>@]|[\n\r"'\\}<#]|[{;]./;

/** `read`, asked once for each text. Its answer must hold wherever a directive of that text stands: no offsets in it. */
export function byText<T>(read: (directive: Directive) => T): (directive: Directive) => T {
  return (directive) => {
    const { phrase } = directive;
    if (phrase === null) return read(directive);
    for (let known = phrase.answers; known !== null; known = known.next) {
      if (known.reader === read) return known.value as T;
    }
    const value = read(directive);
    phrase.answers = { reader: read, value, next: phrase.answers };
    return value;
  };
}

/** The same object for all directives of one text that is known; else one of its own. */
export function textOf(directive: Directive): object {
  return directive.phrase ?? directive;
}

/** Is there a `$` in any word? */
export function hasDollar({ phrase, values }: Directive): boolean {
  return phrase === null ? values.some((value) => value.includes('$')) : phrase.dollar;
}

let lookedAt: Directive | null = null;

/**
 * Was one of the same text accepted already? Who is told that it was not judges it, and says `accept` where all is well.
 * `by` stands for all that the answer depends on, beside the context (a bit) and, where the judge has looked at it, the
 * directive around.
 */
export function acceptedBefore(directive: Directive, by: object, context: number): boolean {
  const { phrase } = directive;
  if (phrase === null) return false;
  if (
    phrase.acceptedBy === by &&
    (phrase.acceptedIn & context) !== 0 &&
    (phrase.acceptedUnder === null || phrase.acceptedUnder === phraseAround(directive))
  )
    return true;
  lookedAt = null;
  return false;
}

export function accept(directive: Directive, by: object, context: number): void {
  const { phrase } = directive;
  if (phrase === null) return;
  const around = lookedAt === null ? null : phraseAround(directive);
  // It depends on more than the directive around.
  if (lookedAt !== null && (lookedAt !== directive || around === null)) return;
  const isSame = around === null && phrase.acceptedBy === by && phrase.acceptedUnder === null;
  phrase.acceptedIn = isSame ? phrase.acceptedIn | context : context;
  phrase.acceptedBy = by;
  phrase.acceptedUnder = around;
}

/** Without looking at `parent`, which is noticed. */
function phraseAround(directive: Directive): Phrase | null {
  return (directive as PhraseDirective).outer?.phrase ?? null;
}

/** A directive as a phrase says it: most are never asked for their words, so these are made on demand. */
export class PhraseDirective implements Directive {
  readonly called: string;
  readonly values: readonly string[];
  block: Block | null;
  private ownName: Word | null;
  private ownArgs: readonly Word[] | null;

  constructor(
    readonly phrase: Phrase,
    readonly start: number,
    readonly outer: Directive | null,
  ) {
    this.values = phrase.values;
    this.called = this.values[0]!;
    this.block = null;
    this.ownName = null;
    this.ownArgs = null;
  }

  get end(): number {
    return this.block ? this.block.end : this.start + this.phrase.length;
  }

  get semicolon(): number {
    return this.phrase.opens ? -1 : this.start + this.phrase.length - 1;
  }

  get parent(): Directive | null {
    lookedAt = this;
    return this.outer;
  }

  get name(): Word {
    this.ownName ??= wordOf(this.phrase, 0, this.start);
    return this.ownName;
  }

  get args(): readonly Word[] {
    this.ownArgs ??= argsOf(this.phrase, this.start);
    return this.ownArgs;
  }
}

const NO_WORDS: readonly Word[] = [];

/** A list that grows has room for many more. */
function argsOf(phrase: Phrase, by: number): readonly Word[] {
  switch (phrase.values.length) {
    case 1:
      return NO_WORDS;
    case 2:
      return [wordOf(phrase, 1, by)];
    case 3:
      return [wordOf(phrase, 1, by), wordOf(phrase, 2, by)];
    default:
      return phrase.values.slice(1).map((_, i) => wordOf(phrase, i + 1, by));
  }
}

/** The word of that number, in a statement that starts at `by`. */
function wordOf({ values, words }: Phrase, number: number, by: number): Word {
  const known = words?.[number];
  if (known) {
    const { start, end, value, quote } = known;
    return { start: start + by, end: end + by, value, quote, template: false };
  }
  const value = values[number]!;
  let start = by;
  for (let i = 0; i < number; i++) start += values[i]!.length + 1;
  return { start, end: start + value.length, value, quote: null, template: false };
}
