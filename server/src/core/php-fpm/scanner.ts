/**
 * Cuts one line into the tokens of php's INI scanner (Zend/zend_ini_scanner.l, normal mode). php-fpm hands its files to
 * that scanner line by line (fpm_conf_load_ini_file()), so nothing ever continues on the next line.
 */

export type TokenType =
  | 'section' // [
  | 'offset' // key[
  | 'close' // ]
  | 'label' // a key
  | 'assign' // =
  | 'second-assign' // = in a value: always an error
  | 'empty-quotes' // '' in a value: always an error
  | 'raw' // '…'
  | 'constant' // a word that may name a PHP constant
  | 'string'
  | 'space'
  | 'quote' // a double quote, opening or closing
  | 'quoted' // text in double quotes
  | 'variable' // ${
  | 'variable-name'
  | 'variable-end' // }
  | 'true'
  | 'false'
  | 'operator' // & | ^ ~ ( ) ! in a value
  | 'character' // one that no key starts with
  | 'line-end'
  | 'comment'
  | 'end'; // nothing more is read, even where text follows

export interface Token {
  readonly type: TokenType;
  /** Offsets in the file; white space around the token may be part of it. */
  readonly start: number;
  readonly end: number;
  /** What the token stands for, quotes and escapes resolved. */
  readonly text: string;
}

type State = 'initial' | 'value' | 'section' | 'offset' | 'quotes' | 'variable';

const LABEL = /[^=\n\r\t;&|^$~(){}!"[]+/y;
const OFFSET_START = /([^=\n\r\t;&|^$~(){}!"[]+)\[[ \t]*/y;
const WORD = /(?:true|on|yes|false|off|none|no|null)[ \t]*/iy;
const ASSIGN = /[ \t]*=[ \t]*/y;
const BLANK = /[ \t]*/y;
const NEWLINE = /\r\n|\r|\n/y;
const COMMENT = /;[^\r\n]*(?:\r\n|\r|\n)/y;
const OFFSET_END = /[ \t]*\]/y;
const SECTION_END = /\][ \t]*(?:\r\n|\r|\n)?/y;
const OPERATOR = /[&|^~()!][ \t]*/y;
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The tokens of `text.slice(start, end)`, a line without its line feed; the last one is `end`. */
export function scanLine(text: string, start: number, end: number): Token[] {
  const line = text.slice(start, end);
  // zend_parse_ini_string() takes the length from strlen(): a NUL ends the line, and the line feed is lost with it.
  const nul = line.indexOf('\0');
  const s = nul < 0 ? `${line}\n` : line.slice(0, nul);
  const tokens: Token[] = [];
  const states: State[] = ['initial'];
  let p = s.startsWith('\uFEFF') ? 1 : 0; // a byte order mark is skipped on every line, not only the first

  const state = (): State => states[states.length - 1]!;
  const enter = (next: State): void => {
    states[states.length - 1] = next;
  };
  const add = (type: TokenType, length: number, value = s.slice(p, p + length)): void => {
    tokens.push({ type, start: start + p, end: Math.min(start + p + length, end), text: value });
    p += length;
  };
  const match = (pattern: RegExp): number => lengthAt(pattern, s, p);

  for (;;) {
    if (p >= s.length) {
      if (state() !== 'value') break;
      enter('initial');
      add('line-end', 0);
      continue;
    }
    const step = state();
    const more =
      step === 'initial'
        ? initial()
        : step === 'value'
          ? value()
          : step === 'quotes'
            ? quotes()
            : step === 'variable'
              ? variable()
              : brackets(step);
    if (!more) break;
  }
  tokens.push({ type: 'end', start: Math.min(start + p, end), end: Math.min(start + p, end), text: '' });
  return tokens;

  /** The longest rule wins, as in re2c; the rules that tie are asked in the order of the scanner's source. */
  function initial(): boolean {
    const label = match(LABEL);
    const word = match(WORD);
    const blank = match(BLANK);
    const after = s[p + blank];
    if (s[p] === '[') {
      add('section', 1);
      enter('section');
    } else if (s[p + label] === '[' && label > 0) {
      const key = trim(s.slice(p, p + label));
      add('offset', match(OFFSET_START), key);
      enter('offset');
    } else if (word > 0 && word >= label) addWord(word);
    else if (after === '=' && blank >= label) {
      add('assign', match(ASSIGN));
      enter('value');
    } else if ((after === '\n' || after === '\r') && blank >= label)
      add('line-end', blank + lengthAt(NEWLINE, s, p + blank));
    else if (after === ';' && blank >= label) return comment(blank);
    else if (blank > label) p += blank;
    else if (label > 0) add('label', label, trim(s.slice(p, p + label)));
    else add('character', 1);
    return true;
  }

  function value(): boolean {
    if (s[p] === "'") {
      if (!singleQuoted()) return false;
      return true;
    }
    if (s.startsWith('${', p)) return openVariable();
    const word = match(WORD);
    const chars = characters(s, p, /[^$= \t\n\r;&|^~()!"']/, false);
    if (word > 0 && word >= chars) addWord(word);
    else if (chars > 0) addText(chars);
    else {
      const blank = match(BLANK);
      const after = s[p + blank];
      if (after === '\n' || after === '\r') {
        enter('initial');
        add('line-end', blank + lengthAt(NEWLINE, s, p + blank));
      } else if (after === ';') {
        enter('initial');
        return comment(blank);
      } else if (after === '"') openQuotes(blank);
      else if (blank > 0) add('space', blank);
      else if (s[p] === '=') return stop('second-assign');
      else if (s[p] === '$') {
        enter('initial'); // a dollar at the very end of a line cut by NUL
        add('line-end', 1);
      } else {
        const length = match(OPERATOR);
        add('operator', length, s[p]!);
      }
    }
    return true;
  }

  /** A section's name, or what stands in the brackets behind a key. */
  function brackets(step: 'section' | 'offset'): boolean {
    if (s[p] === "'") return singleQuoted();
    if (s.startsWith('${', p)) return openVariable();
    const close = match(step === 'section' ? SECTION_END : OFFSET_END);
    const chars = characters(s, p, /[^$\n\r;"'\]\\]/, true);
    if (chars < 0) return false;
    if (close > chars) {
      enter('initial');
      add('close', close, ']');
      return true;
    }
    const blank = match(BLANK);
    if (s[p + blank] === '"') openQuotes(blank);
    else if (chars === 0) return false;
    else addText(chars);
    return true;
  }

  function quotes(): boolean {
    if (s.startsWith('${', p)) return openVariable();
    if (s[p] === '"') {
      states.pop();
      add('quote', 1 + lengthAt(BLANK, s, p + 1));
      return true;
    }
    let q = p;
    while (q < s.length && s[q] !== '"' && !s.startsWith('${', q)) {
      if (s[q] === '\\' && q + 1 < s.length) {
        // For Windows paths, "C:\path\": a quote at the end of the line closes, whatever is before it.
        const closes = s[q + 1] === '"' && (q + 2 >= s.length || s[q + 2] === '\n' || s[q + 2] === '\r');
        q += closes ? 1 : 2;
      } else q++;
    }
    add('quoted', q - p, s.slice(p, q).replace(/\\(["\\$])/g, '$1'));
    return true;
  }

  function variable(): boolean {
    if (s[p] === '}') {
      states.pop();
      add('variable-end', 1);
      return true;
    }
    const length = match(LABEL);
    // From PHP 8.3 on `${NAME:-text}` gives a default, in which more characters are allowed than in a name.
    const fallback = s.slice(p, p + length).includes(':-') ? fallbackEnd(s, p) - p : 0;
    if (length === 0) return false;
    add('variable-name', Math.max(length, fallback));
    return true;
  }

  function singleQuoted(): boolean {
    const close = s.indexOf("'", p + 1);
    if (close < 0) return false;
    if (close === p + 1) return stop('empty-quotes');
    add('raw', close + 1 - p, s.slice(p + 1, close));
    return true;
  }

  function stop(type: 'second-assign' | 'empty-quotes'): boolean {
    if (type === 'empty-quotes' && state() !== 'value') return false;
    add(type, type === 'empty-quotes' ? 2 : 1);
    return false;
  }

  function comment(blank: number): boolean {
    const length = lengthAt(COMMENT, s, p + blank);
    if (length === 0) return false;
    p += blank;
    add('comment', length);
    return true;
  }

  function addWord(length: number): void {
    const isTrue = /^(?:true|on|yes)/i.test(s.slice(p, p + 4));
    add(isTrue ? 'true' : 'false', length, isTrue ? '1' : '');
  }

  function addText(length: number): void {
    const word = s.slice(p, p + length);
    add(IDENTIFIER.test(word) ? 'constant' : 'string', length);
  }

  function openQuotes(blank: number): void {
    add('quote', blank + 1);
    states.push('quotes');
  }

  function openVariable(): boolean {
    add('variable', 2);
    states.push('variable');
    return true;
  }
}

function lengthAt(pattern: RegExp, s: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(s) ? pattern.lastIndex - at : 0;
}

/** php's own white space: only blanks, tabs and line ends, no form feed or no-break space. */
function trim(s: string): string {
  let start = 0;
  let end = s.length;
  while (s[start] === ' ' || s[start] === '\t') start++;
  while (end > start && (s[end - 1] === ' ' || s[end - 1] === '\t')) end--;
  return s.slice(start, end);
}

/**
 * Length of the longest run of plain characters, `$` with whatever follows it except `{`, and, where `escapes`, `\` with
 * whatever follows it; -1 when the run leaves the line. A position can be reached in more than one way (`$\$;`), so
 * all reachable ones are followed.
 */
function characters(s: string, at: number, plain: RegExp, escapes: boolean): number {
  let length = 0;
  let reachable = 1; // bit n: position p + n
  for (let p = at; reachable > 0; p++, reachable >>= 1) {
    if ((reachable & 1) === 0) continue;
    if (p > s.length) return -1;
    length = Math.min(p, s.length) - at;
    if (p === s.length) {
      if (escapes && length > 0 && s[p - 1] === '\n') return -1;
      continue;
    }
    const c = s[p]!;
    if (plain.test(c)) reachable |= 2;
    if (c === '\\' && escapes) reachable |= 4;
    if (c === '$' && p + 1 < s.length && s[p + 1] !== '{') reachable |= s[p + 1] === '\\' ? 12 : 4;
  }
  return length;
}

/** The offset of the brace that closes a `${NAME:-…}`, or `at` when there is none. */
function fallbackEnd(s: string, at: number): number {
  let depth = 1;
  for (let q = at; q < s.length && s[q] !== '\n' && s[q] !== '\r'; q++) {
    if (s.startsWith('${', q)) depth++;
    else if (s[q] === '}' && --depth === 0) return q;
  }
  return at;
}
