/** A regular expression while it is read: how far, and the small pieces that several constructs share. */

export interface Reader {
  /** A character for each byte, as nginx hands them over; for each code point behind "(*UTF)". */
  readonly text: string;
  readonly utf: boolean;
  at: number;
  /** Capturing groups so far. */
  groups: number;
}

/** `older`: PCRE 8, which nginx was built with before 1.21.5, takes it. `newer`: PCRE2 since 10.43 does. */
export type TakenBy = 'older' | 'newer';

export class Refused extends Error {
  constructor(
    readonly problem: string,
    readonly takenBy: TakenBy | null,
  ) {
    super(problem);
  }
}

/** Thrown where this reader does not know for certain how PCRE goes on. */
export class Uncertain extends Error {}

export function refuse(problem: string, takenBy: TakenBy | null = null): never {
  throw new Refused(problem, takenBy);
}

/** The next character, which is there. */
export function next(reader: Reader): number {
  const code = reader.text.codePointAt(reader.at)!;
  reader.at += code > 0xffff ? 2 : 1;
  return code;
}

export function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

export function refuseUnclosed(): never {
  return refuse('the ")" that closes a "(" is missing');
}

export const MOST_GROUPS = 65_535;

/** The number at `reader.at`; null where there is none. `sign`: "+" and "-" count from the groups so far. */
export function readNumber(reader: Reader, sign: boolean): number | null {
  const { text } = reader;
  let { at } = reader;
  const first = text[at];
  const signed = sign && (first === '+' || first === '-');
  if (signed) at++;
  if (!isDigit(text[at])) return null;
  let number = 0;
  while (isDigit(text[at])) {
    number = number * 10 + Number(text[at++]);
    if (number + (signed && first === '+' ? reader.groups : 0) > MOST_GROUPS)
      refuse('the number of a group is larger than 65535');
  }
  reader.at = at;
  if (!signed) return number;
  if (number === 0) refuse(`"${first}0" is no group`);
  if (first === '+') return number + reader.groups;
  if (number > reader.groups) refuse(`"-${number}" refers to a group that is not there`);
  return reader.groups + 1 - number;
}

const WORD = /\w*/y;
/** Made when it is needed: V8 looks up all letters there are. */
let unicodeWord: RegExp | null = null;
const LONGEST_NAME = 32;

/** Letters, digits and "_" at `reader.at`. */
export function readWord(reader: Reader, utf = false): string {
  if (utf) unicodeWord ??= /[\p{L}\p{Nd}_]*/uy;
  const pattern = utf ? unicodeWord! : WORD;
  pattern.lastIndex = reader.at;
  const [word] = pattern.exec(reader.text)!;
  reader.at += word.length;
  return word;
}

/** The name of a group and `close`, which ends it. */
export function readName(reader: Reader, close: string): string {
  const { text, utf, at } = reader;
  if (utf ? /^\p{Nd}/u.test(text.slice(at, at + 2)) : isDigit(text[at])) {
    refuse(`the name of a group starts with the digit "${text[at]}"`);
  }
  const name = readWord(reader, utf);
  if (name.length > LONGEST_NAME) refuse(`the name of a group is longer than ${LONGEST_NAME} characters`, 'newer');
  if (name === '' || text[reader.at] !== close) {
    // Blanks within braces are passed over since 10.43.
    refuse(
      `the name of a group must be letters, digits and "_", with "${close}" behind it`,
      close === '}' && /^[ \t]/.test(text.slice(name === '' ? at : reader.at)) ? 'newer' : null,
    );
  }
  reader.at++;
  return name;
}

const COUNTS = /\{(\d+)(,?)(\d*)\}/y;
const MOST_REPEATS = 65_535;

/** `{2}`, `{2,}` or `{2,5}` at `at`; null for a brace that counts nothing. */
export function readCounts(text: string, at: number): { min: number; max: number; length: number } | null {
  COUNTS.lastIndex = at;
  const found = COUNTS.exec(text);
  if (!found || (found[2] === '' && found[3] !== '')) return null;
  const [written, low, comma, high] = found;
  const min = Number(low);
  const max = comma === '' ? min : high === '' ? Number.POSITIVE_INFINITY : Number(high);
  if (min > MOST_REPEATS || (max > MOST_REPEATS && max !== Number.POSITIVE_INFINITY))
    refuse(`"${shortened(written)}" repeats more than ${MOST_REPEATS} times`);
  if (max < min) refuse(`"${written}" runs backwards`);
  return { min, max, length: written.length };
}

export function shortened(text: string): string {
  return text.length > 30 ? `${text.slice(0, 29)}…` : text;
}
