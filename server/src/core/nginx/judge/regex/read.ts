/**
 * What PCRE2 refuses in a regular expression, as pcre2_compile() of release 10.42 goes through one without PCRE2_UTF.
 * A refusal says whether older or newer releases take the expression.
 */
import { readClass } from './classes';
import { readEscape, readProperty } from './escapes';
import { leave, nextBranch, readGroup } from './groups';
import { checkLookbehinds } from './lookbehind';
import {
  next,
  Refused,
  readCounts,
  readName,
  readNumber,
  refuse,
  refuseUnclosed,
  type TakenBy,
  Uncertain,
} from './reader';
import { compiledSize, LARGEST } from './size';
import { addOne, groupOf, newState, type State } from './state';

export interface RegexProblem {
  /** `the ")" of a group is missing`. */
  readonly problem: string;
  readonly takenBy: TakenBy | null;
}

export interface RegexFacts {
  /** Capturing groups; null where they cannot be counted for certain. */
  readonly captures: number | null;
  readonly names: readonly string[];
}

/** More than nginx's parameter can hold. */
const LONGEST = 4096;
const DEEPEST = 250;

/** Plain characters, some escapes, quantifiers: most lines of long maps are nothing else. */
const PLAIN = /^\^?(?:(?:[\w/ ,:;=&%@!~<>"'#.-]|\\[dws./-])(?:[*+?][?+]?)?)*\$?$/;
const NOTHING: RegexFacts = { captures: 0, names: [] };

export function readRegex(pattern: string): RegexProblem | RegexFacts {
  if (PLAIN.test(pattern) && pattern.length <= LONGEST) return NOTHING;
  // U+FFFD stands for bytes that are not known here.
  if (pattern.length > LONGEST || pattern.includes('\ufffd')) return { captures: null, names: [] };
  try {
    return read(pattern);
  } catch (error) {
    if (error instanceof Uncertain) return { captures: null, names: [] };
    if (error instanceof Refused) return { problem: error.problem, takenBy: error.takenBy };
    throw error;
  }
}

const SETTINGS = new Set([
  ...['UTF8', 'UTF', 'UCP', 'NOTEMPTY', 'NOTEMPTY_ATSTART', 'NO_AUTO_POSSESS', 'NO_DOTSTAR_ANCHOR', 'NO_JIT'],
  ...['NO_START_OPT', 'CR', 'LF', 'CRLF', 'ANY', 'NUL', 'ANYCRLF', 'BSR_ANYCRLF', 'BSR_UNICODE'],
]);

/** `(*UTF)` and its kin, which count only at the start. */
function readSettings(pattern: string): { length: number; utf: boolean; newline: boolean } {
  const setting = /\(\*(?:([A-Z_8]+)\)|LIMIT_(?:HEAP|MATCH|DEPTH|RECURSION)=(\d{0,20}\)?))/y;
  let length = 0;
  let utf = false;
  let newline = false;
  for (let found = setting.exec(pattern); found; found = setting.exec(pattern)) {
    const [, name, limit] = found;
    if (name !== undefined && !SETTINGS.has(name)) break;
    if (limit !== undefined && !/^\d+\)$/.test(limit)) refuse('a number and a ")" must follow "(*LIMIT_…="');
    if (name?.startsWith('UTF')) utf = true;
    if (name && /^(?:CR|CRLF|ANY|NUL|ANYCRLF)$/.test(name)) newline = true;
    length = setting.lastIndex;
  }
  return { length, utf, newline };
}

/** A character for each byte of UTF-8. */
function toBytes(text: string): string {
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  return text.replace(/[^\x00-\x7f]/gu, (character) => {
    const code = character.codePointAt(0)!;
    const rest = (shift: number): number => 0x80 | ((code >> shift) & 0x3f);
    if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), rest(0));
    if (code < 0x10000) return String.fromCharCode(0xe0 | (code >> 12), rest(6), rest(0));
    return String.fromCharCode(0xf0 | (code >> 18), rest(12), rest(6), rest(0));
  });
}

function read(pattern: string): RegexFacts {
  const settings = readSettings(pattern);
  const rest = pattern.slice(settings.length);
  const state = newState(settings.utf ? rest : toBytes(rest), settings.utf);
  readItems(state, settings.newline);
  if (state.open.length > 0) refuseUnclosed();
  checkReferences(state);
  if (state.hasLookbehinds) checkLookbehinds(state);
  if (compiledSize(state.items) > LARGEST) refuse('it is too large: what is repeated counts each time');
  return { captures: state.groups, names: [...new Set(state.named.map(({ name }) => name))] };
}

const BLANK = /[\t-\r \x85\u200e\u200f\u2028\u2029]/;
const ASSERTION = /^\((?:\?[=!].|\?<[=!]|\*[a-z].)/s;

function readItems(state: State, newline: boolean): void {
  const { text } = state;
  let quoted = false;
  while (state.at < text.length) {
    if (state.open.length > DEEPEST) refuse(`more than ${DEEPEST} groups are nested`);
    const start = state.at;
    const code = next(state);
    const character = code < 128 ? String.fromCharCode(code) : '';
    if (quoted) {
      if (character === '\\' && text[state.at] === 'E') {
        quoted = false;
        state.at++;
      } else {
        if (state.wanted > 0) refuse('an assertion must follow "(?("');
        state.afterQuantifier = false;
        addOne(state, 2);
      }
      continue;
    }
    // What follows is passed over, and changes nothing for a quantifier.
    if (character === '\\' && (text[state.at] === 'Q' || text[state.at] === 'E')) {
      quoted = text[state.at++] === 'Q';
      continue;
    }
    if (state.options.extended) {
      if (BLANK.test(String.fromCodePoint(code))) continue;
      if (character === '#') {
        if (newline) throw new Uncertain();
        const end = text.indexOf('\n', state.at);
        state.at = end < 0 ? text.length : end + 1;
        continue;
      }
    }
    if (text.startsWith('(?#', start)) {
      const end = text.indexOf(')', start + 3);
      if (end < 0) refuse('the ")" behind the comment "(?#" is missing');
      state.at = end + 1;
      continue;
    }
    if (state.wanted > 0) {
      const ahead = text.slice(start, start + 4);
      if (!ASSERTION.test(ahead) && !(state.wanted === 2 && /^\(\?C./s.test(ahead)))
        refuse('an assertion must follow "(?("');
    }
    state.wasWanted = state.wanted;
    state.wanted = 0;
    const { repeatable, afterQuantifier } = state;
    state.repeatable = false;
    state.afterQuantifier = false;
    // Lazy or possessive.
    if (afterQuantifier && (character === '?' || character === '+')) continue;
    readItem(state, character, start, repeatable);
  }
}

/** One item, of which the first character is read; `repeatable`: there is one before that can be repeated. */
function readItem(state: State, character: string, start: number, repeatable: boolean): void {
  const { text, items } = state;
  const repeat = (min: number, max: number): void => {
    if (!repeatable) refuse(`there is nothing to repeat before "${text.slice(start, state.at)}"`);
    items.push({ op: 'repeat', min, max });
    state.afterQuantifier = true;
  };
  switch (character) {
    case '\\':
      readEscaped(state);
      break;
    case '[':
      // What stands for the start or end of a word: \b and an assertion.
      if (/^\[\[:[<>]:\]\]/.test(text.slice(start, start + 7))) {
        state.at = start + 7;
        items.push({ op: 'zero', size: 8 });
        state.repeatable = true;
      } else addOne(state, readClass(state, !state.options.extendedMore));
      break;
    case '(':
      readGroup(state);
      break;
    case ')':
      leave(state);
      break;
    case '|':
      nextBranch(state);
      break;
    case '^':
    case '$':
      items.push({ op: 'zero', size: 1 });
      break;
    case '*':
      repeat(0, Number.POSITIVE_INFINITY);
      break;
    case '+':
      repeat(1, Number.POSITIVE_INFINITY);
      break;
    case '?':
      repeat(0, 1);
      break;
    case '{': {
      const counts = readCounts(text, start);
      if (counts) {
        state.at = start + counts.length;
        repeat(counts.min, counts.max);
      } else addOne(state, 2);
      break;
    }
    default:
      addOne(state, character === '.' ? 1 : 2);
  }
}

/** Behind a backslash that stands in no class. */
function readEscaped(state: State): void {
  const { items } = state;
  const found = readEscape(state, false);
  if (found.kind === 'character') {
    addOne(state, 2);
    return;
  }
  state.repeatable = true;
  if (found.kind === 'reference') {
    items.push({ op: 'reference', group: found.group, older: found.group >= 8 });
    return;
  }
  const { letter } = found;
  if (letter === 'p' || letter === 'P') {
    readProperty(state);
    addOne(state, 3);
  } else if (letter === 'R' || letter === 'X') items.push({ op: 'unfixed', bounded: letter === 'R' });
  else if (letter === 'C') items.push(state.utf ? { op: 'unfixed', bounded: false } : { op: 'one', size: 1 });
  else if (letter === 'g' || letter === 'k') readReference(state, letter);
  else if ('DdSsWwNHhVv'.includes(letter)) addOne(state, 1);
  else {
    items.push({ op: 'zero', size: 1 });
    state.repeatable = false;
  }
}

/** Behind `\g` or `\k`. */
function readReference(state: State, letter: 'g' | 'k'): void {
  const { text } = state;
  const opening = text[state.at];
  const close = opening === '{' ? '}' : opening === '<' ? '>' : opening === "'" ? "'" : null;
  if (close === null) refuse(`a name in braces, "<>" or "''" must follow "\\${letter}"`);
  state.at++;
  const number = letter === 'g' && close !== '}' ? readNumber(state, true) : null;
  if (number !== null) {
    if (text[state.at] !== close) refuse(`the "${close}" behind "\\g${opening}" is missing`);
    state.at++;
  }
  const group = number ?? readName(state, close);
  state.items.push(letter === 'k' || close === '}' ? { op: 'reference', group, older: false } : { op: 'call', group });
}

function checkReferences(state: State): void {
  const missing = (group: number | string): string =>
    `it refers to ${typeof group === 'number' ? `group ${group}` : `a group called "${group}"`}, which is not there`;
  for (const item of state.items) {
    if ((item.op === 'reference' || item.op === 'call') && groupOf(state, item.group) === null)
      refuse(missing(item.group), item.op === 'reference' && item.older ? 'older' : null);
  }
  for (const { group, digits } of state.tested) {
    if (groupOf(state, group) === null && (digits === null || digits > state.groups)) refuse(missing(group));
  }
}
