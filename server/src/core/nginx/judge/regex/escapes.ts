/** What a backslash makes of the characters behind it. */
import { NEWER_SCRIPTS, OTHERS, SCRIPTS } from './properties';
import {
  isDigit,
  MOST_GROUPS,
  next,
  type Reader,
  readCounts,
  readNumber,
  refuse,
  shortened,
  Uncertain,
} from './reader';

/** A character, a reference to a group by number, or what the letter stands for (`d`, `R`, `k` …). */
export type Escape =
  | { readonly kind: 'character'; readonly code: number }
  | { readonly kind: 'reference'; readonly group: number }
  | { readonly kind: 'letter'; readonly letter: string };

const CHARACTERS: Readonly<Record<string, number>> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 };
const LETTERS = 'ABCDEGHKNPQRSVWXZbdhkpsvwz';

/** Behind the backslash. */
export function readEscape(reader: Reader, inClass: boolean): Escape {
  const { text } = reader;
  if (reader.at >= text.length) refuse('it ends with a lone backslash');
  const letter = text[reader.at]!;
  const code = next(reader);
  const character = (of: number): Escape => ({ kind: 'character', code: of });
  if (!/[0-9A-Za-z]/.test(letter)) return character(code);
  if (Object.hasOwn(CHARACTERS, letter)) return character(CHARACTERS[letter]!);
  if (LETTERS.includes(letter)) {
    if (letter === 'N' && text[reader.at] === '{') {
      if (text.startsWith('{U+', reader.at) && reader.utf) {
        reader.at += 2;
        return character(braced(reader, 16));
      }
      if (!readCounts(text, reader.at)) refuse('PCRE knows no characters by name: write "\\x" and two digits');
    }
    return { kind: 'letter', letter };
  }
  switch (letter) {
    case 'F':
      return refuse('PCRE2 does not know "\\F"', 'older');
    case 'L':
    case 'U':
    case 'l':
    case 'u':
      return refuse(`PCRE does not know "\\${letter}"`);
    case 'c':
      return character(control(reader));
    case 'g':
      return inClass ? character(code) : reference(reader);
    case 'o':
      if (text[reader.at] !== '{') refuse('"{" and octal digits must follow "\\o"');
      return character(braced(reader, 8));
    case 'x':
      return character(hexadecimal(reader));
    case '0':
      return character(octalDigits(reader, 0));
    default:
      if (isDigit(letter)) return digits(reader, inClass, code);
      return refuse(`PCRE2 does not know "\\${letter}": write "${letter}" alone`, 'older');
  }
}

/** Behind `\c`. */
function control(reader: Reader): number {
  const at = reader.at;
  if (at >= reader.text.length) refuse('it ends with "\\c"');
  const code = reader.text.charCodeAt(at);
  if (code < 32 || code > 126)
    refuse('"\\c" must be followed by a printable ASCII character', code > 127 ? null : 'older');
  reader.at++;
  return (code >= 97 && code <= 122 ? code - 32 : code) ^ 0x40;
}

/** Behind `\g`: a number or a name, in braces or not. A call (`\g<name>`) is left to the caller. */
function reference(reader: Reader): Escape {
  const { text } = reader;
  const opening = text[reader.at];
  if (opening === '<' || opening === "'") return { kind: 'letter', letter: 'g' };
  const newer = /^\{[ \t]/.test(text.slice(reader.at, reader.at + 2)) ? 'newer' : null;
  const start = reader.at;
  if (opening === '{') reader.at++;
  const group = readNumber(reader, true);
  if (group === null) {
    reader.at = start;
    if (opening === '{') return { kind: 'letter', letter: 'k' };
    refuse('a number, or a name in braces, must follow "\\g"');
  }
  if (opening === '{') {
    if (text[reader.at] !== '}') refuse('the "}" behind "\\g{" is missing', newer ?? blanks(reader));
    reader.at++;
  }
  if (group === 0) refuse('"\\g0" refers to a group that is not there');
  return { kind: 'reference', group };
}

/** A blank within braces, which newer releases pass over. */
function blanks({ text, at }: Reader): 'newer' | null {
  return text[at] === ' ' || text[at] === '\t' ? 'newer' : null;
}

/** A digit other than 0: a group, or a character in octal. */
function digits(reader: Reader, inClass: boolean, code: number): Escape {
  const { text } = reader;
  const start = reader.at;
  if (!inClass) {
    let end = start;
    while (isDigit(text[end])) end++;
    const number = Number(text.slice(start - 1, end));
    if (number <= 214_748_363 && (number < 10 || code >= 0x38 || number <= reader.groups)) {
      if (number > MOST_GROUPS) refuse('the number of a group is larger than 65535');
      reader.at = end;
      return { kind: 'reference', group: number };
    }
  }
  // An 8 or 9 stands for itself.
  return { kind: 'character', code: code >= 0x38 ? code : octalDigits(reader, code - 0x30) };
}

function octalDigits(reader: Reader, first: number): number {
  const { text, utf } = reader;
  let code = first;
  for (let count = 0; count < 2 && /[0-7]/.test(text[reader.at] ?? ''); count++) {
    code = code * 8 + Number(text[reader.at++]);
  }
  if (!utf && code > 0xff) refuse(`"\\${code.toString(8)}" is larger than one byte`);
  return code;
}

/** Behind `\x`. */
function hexadecimal(reader: Reader): number {
  const { text } = reader;
  if (text[reader.at] === '{') return braced(reader, 16);
  const [written] = /^[0-9A-Fa-f]{0,2}/.exec(text.slice(reader.at, reader.at + 2))!;
  reader.at += written.length;
  return Number.parseInt(written || '0', 16);
}

const DIGITS = { 8: /[0-7]*/y, 16: /[0-9A-Fa-f]*/y };

/** At the `{` of `\o{` or `\x{`, or at the `+` of `\N{U+`. */
function braced(reader: Reader, base: 8 | 16): number {
  const { text, utf } = reader;
  const pattern = DIGITS[base];
  const letter = base === 8 ? 'o' : 'x';
  const older = base === 16 ? 'older' : null;
  pattern.lastIndex = reader.at + 1;
  const [written] = pattern.exec(text)!;
  reader.at += 1 + written.length;
  if (written.length === 0 && (reader.at >= text.length || text[reader.at] === '}'))
    refuse(`no digits stand in "\\${letter}{}"`, older);
  const code = Number.parseInt(written || '0', base);
  if (code > (utf ? 0x10ffff : 0xff))
    refuse(`"\\${letter}{${shortened(written)}}" is larger than ${utf ? 'any character' : 'one byte'}`);
  if (text[reader.at] !== '}') {
    // Where older and newer ones both take something, nothing is said.
    if (blanks(reader) && older) throw new Uncertain();
    refuse(
      `only ${base === 8 ? 'octal' : 'hexadecimal'} digits and a "}" may follow "\\${letter}{"`,
      older ?? blanks(reader),
    );
  }
  reader.at++;
  if (utf && code >= 0xd800 && code <= 0xdfff) refuse('a surrogate is no character');
  return code;
}

const LONGEST_PROPERTY = 49;

/** Behind `\p` or `\P`. */
export function readProperty(reader: Reader): void {
  const { text } = reader;
  const malformed = (): never => refuse('"\\p" must be followed by a letter or a name in braces, such as \\p{L}');
  const first = text[reader.at];
  if (first === undefined) malformed();
  if (first !== '{') {
    if (!/[A-Za-z]/.test(first!)) malformed();
    reader.at++;
    if (!OTHERS.has(first!.toLowerCase())) refuse(`"\\p${first}" is no property of characters`);
    return;
  }
  const end = text.indexOf('}', reader.at);
  if (end < 0) malformed();
  const written = text.slice(reader.at + 1, end);
  const name = written
    .replace(/^\^/, '')
    .replace(/[\s_-]/g, '')
    .toLowerCase();
  if (name.length > LONGEST_PROPERTY || written.includes('\0')) malformed();
  reader.at = end + 1;
  const [, of, value] = /^([^:=]*)[:=]([\s\S]*)$/.exec(name) ?? [];
  const known =
    of === undefined
      ? SCRIPTS.has(name) || OTHERS.has(name)
      : of === 'bidiclass' || of === 'bc'
        ? SCRIPTS.has(`bidi${value}`) || OTHERS.has(`bidi${value}`)
        : ['script', 'sc', 'scriptextensions', 'scx'].includes(of) && SCRIPTS.has(value!);
  if (!known)
    refuse(
      `"\\p{${shortened(written)}}" is no property of characters`,
      NEWER_SCRIPTS.has(value ?? name) ? 'newer' : null,
    );
}
