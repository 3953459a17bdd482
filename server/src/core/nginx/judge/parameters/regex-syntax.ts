/**
 * What every PCRE refuses in a regular expression. Lenient: an expression that uses something rare, or that PCRE 1 and
 * the releases of PCRE 2 read differently, is passed.
 */

export interface RegexProblem {
  /** `the ")" of a group is missing`. */
  readonly problem: string;
  /** Offset in the expression. */
  readonly at: number;
}

export interface RegexFacts {
  /** Capturing groups; null where they cannot be counted for certain. */
  readonly captures: number | null;
  readonly names: readonly string[];
}

const POSIX = new Set([
  ...['alpha', 'lower', 'upper', 'alnum', 'ascii', 'blank', 'cntrl', 'digit', 'graph', 'print', 'punct', 'space'],
  ...['word', 'xdigit'],
]);

/** More than nginx's parameter can hold. */
const LONGEST = 4096;

/** Thrown where this reader does not know for certain how PCRE goes on. */
class Uncertain extends Error {}

class Refused extends Error {
  constructor(
    readonly problem: string,
    readonly at: number,
  ) {
    super(problem);
  }
}

export function readRegex(pattern: string): RegexProblem | RegexFacts {
  if (pattern.length > LONGEST) return { captures: null, names: [] };
  try {
    return read(pattern);
  } catch (error) {
    if (error instanceof Uncertain) return { captures: null, names: [] };
    if (error instanceof Refused) return { problem: error.problem, at: error.at };
    throw error;
  }
}

function read(pattern: string): RegexFacts {
  let at = 0;
  let captures = 0;
  let highestReference = 0;
  let referenceAt = 0;
  const names: string[] = [];
  /** Where the groups that are still open begin. */
  const open: number[] = [];
  /** Is there something that a quantifier may follow? */
  let repeatable = false;

  function escaped(inClass: boolean): void {
    const start = at;
    const next = pattern[at + 1];
    if (next === undefined) throw new Refused('it ends with a lone backslash', start);
    at += 2;
    if (next === 'Q' || next === 'E') {
      const end = pattern.indexOf('\\E', at);
      if (next === 'Q') {
        if (inClass) throw new Uncertain();
        repeatable ||= at !== (end < 0 ? pattern.length : end);
        at = end < 0 ? pattern.length : end + 2;
      }
      return;
    }
    repeatable = true;
    if ('LlUu'.includes(next)) throw new Refused(`PCRE does not know "\\${next}"`, start);
    if (next === 'c') {
      if (at >= pattern.length) throw new Refused('it ends with "\\c"', start);
      at++;
    } else if (/[xopPgkN]/.test(next)) {
      // Braces and names follow: whether they are right differs between releases.
      if (pattern[at] !== '{' && pattern[at] !== '<' && pattern[at] !== "'") {
        if (next === 'g') throw new Uncertain();
        return;
      }
      const end = pattern.indexOf({ '{': '}', '<': '>', "'": "'" }[pattern[at]!]!, at + 1);
      if (end < 0 || next === 'N') throw new Uncertain();
      at = end + 1;
    } else if (!inClass && next >= '1' && next <= '9' && !/\d/.test(pattern[at] ?? '')) {
      if (Number(next) > highestReference) {
        highestReference = Number(next);
        referenceAt = start;
      }
    }
  }

  /** At the `[`. */
  function bracket(): void {
    const start = at++;
    if (/^\[[<>]:\]\]/.test(pattern.slice(start))) {
      at = start + 7;
      return;
    }
    const [outside] = /^\[:\^?[a-z]+:\]/.exec(pattern.slice(start)) ?? [];
    if (outside) throw new Refused(`"${outside}" stands only inside brackets: write "[${outside}]"`, start);
    if (pattern[at] === '^') at++;
    /** The character before, where it may start a range; -2 where one that is not known may. */
    let low = -1;
    for (let isFirst = true; ; isFirst = false) {
      const character = pattern[at];
      if (character === undefined) throw new Refused('the "]" that closes a "[" is missing', start);
      if (character === ']' && !isFirst) break;
      const posix =
        character === '[' ? /^\[([:.=])(\^?)((?:(?!\1\]|[\]\\])[\s\S])*)\1\]/.exec(pattern.slice(at)) : null;
      if (posix) {
        if (posix[1] !== ':') throw new Refused(`PCRE does not know "${posix[0]}"`, at);
        if (!POSIX.has(posix[3]!)) throw new Refused(`"${posix[0]}" is no class of characters`, at);
        at += posix[0].length;
        low = -2;
      } else if (character === '[' && /^\[[:.=]/.test(pattern.slice(at))) {
        // What ends it, and so where the class ends, differs.
        throw new Uncertain();
      } else if (character === '\\') {
        const from = at;
        escaped(true);
        const literal = /^\\[^A-Za-z0-9]$/.test(pattern.slice(from, at));
        low = literal ? pattern.charCodeAt(from + 1) : -2;
      } else if (character === '-' && low === -2) {
        // Passed with what follows, which may end a range.
        low = -1;
        at += /^-[^[\]\\]/.test(pattern.slice(at, at + 2)) ? 2 : 1;
      } else if (character === '-' && !isFirst && low >= 0) {
        const high = pattern[at + 1];
        if (high === undefined) throw new Refused('the "]" that closes a "[" is missing', start);
        if (high === ']' || high === '[' || (high === '\\' && /[A-Za-z0-9]/.test(pattern[at + 2] ?? 'a'))) {
          // A literal "-", or a range whose end is not seen at once.
          if (high === '\\' && /[QE]/.test(pattern[at + 2] ?? '')) throw new Uncertain();
          low = -1;
          at++;
        } else {
          const from = at;
          at++;
          const code = high === '\\' ? pattern.charCodeAt(at + 1) : pattern.charCodeAt(at);
          at += high === '\\' ? 2 : 1;
          if (code < low && code < 128 && low < 128) {
            throw new Refused(`the range "${pattern.slice(from - 1, at)}" runs backwards`, from - 1);
          }
          low = -1;
        }
      } else {
        low = character.charCodeAt(0);
        at++;
      }
    }
    at++;
    repeatable = true;
  }

  /** At the `(`. */
  function group(): void {
    const start = at++;
    const after = pattern.slice(at, at + 1);
    if (after === '*') {
      // A verb such as (*UTF8), or nothing that could be repeated.
      if (/^\*[A-Za-z:]/.test(pattern.slice(at))) throw new Uncertain();
      throw new Refused('there is nothing to repeat before "*"', at);
    }
    repeatable = false;
    if (after !== '?') {
      captures++;
      open.push(start);
      return;
    }
    at++;
    const rest = pattern.slice(at);
    if (rest === '') throw new Refused('it ends after "(?"', start);
    const named = /^(?:P?<(?![=!*])|')/.exec(rest);
    const simple = /^(?:[:|>=!]|<[=!])/.exec(rest);
    if (simple) {
      if (simple[0] === '|') throw new Uncertain();
      at += simple[0].length;
      open.push(start);
    } else if (rest.startsWith('#')) {
      const end = pattern.indexOf(')', at);
      if (end < 0) throw new Refused('the ")" after the comment "(?#" is missing', start);
      at = end + 1;
      throw new Uncertain();
    } else if (named) {
      const name = rest.slice(named[0].length);
      const [word] = /^\w*/.exec(name)!;
      if (/^[^\x00-\x7f]/.test(name.slice(word.length))) throw new Uncertain();
      const close = named[0] === "'" ? "'" : '>';
      if (/^\d/.test(word)) throw new Refused(`the group name "${word}" starts with a digit`, start);
      if (name[word.length] !== close || word === '') {
        throw new Refused(`the name of the group must be letters, digits and "_", with "${close}" behind it`, start);
      }
      if (names.includes(word)) {
        if (/\(\?[a-zA-Z]*J|\(\?\|/.test(pattern)) throw new Uncertain();
        throw new Refused(`two groups are called "${word}"`, start);
      }
      names.push(word);
      at += named[0].length + word.length + 1;
      captures++;
      open.push(start);
    } else {
      const flags = /^\^?[imsnUJ]*(?:-[imsnUJ]*)?([:)])/.exec(rest);
      if (flags) {
        if (/n/.test(flags[0])) throw new Uncertain();
        at += flags[0].length;
        if (flags[1] === ':') open.push(start);
        else throw new UncertainAfter();
      } else if (/^[@/%;,.\\$"\]}~_{]|^ /.test(rest)) {
        throw new Refused(`"(?${rest[0]}" starts no group`, start);
      } else {
        throw new Uncertain();
      }
    }
  }

  while (at < pattern.length) {
    const character = pattern[at]!;
    switch (character) {
      case '\\':
        escaped(false);
        break;
      case '[':
        bracket();
        break;
      case '(':
        try {
          group();
        } catch (error) {
          // Flags are read, but what a quantifier after them does is not certain.
          if (!(error instanceof UncertainAfter)) throw error;
          if (/[*+?{]/.test(pattern[at] ?? '')) throw new Uncertain();
          repeatable = false;
        }
        break;
      case ')':
        if (open.pop() === undefined) throw new Refused('a ")" closes nothing', at);
        at++;
        repeatable = true;
        break;
      case '|':
        at++;
        repeatable = false;
        break;
      case '*':
      case '+':
      case '?':
      case '{': {
        const counted = /^\{(\d*)(,?)(\d*)\}/.exec(pattern.slice(at));
        if (character === '{' && (!counted || counted[1] === '')) {
          // An ordinary brace; since PCRE2 10.43 "{,3}" and "{ 1, 3 }" count too.
          if (/^\{[\s\d,]*\}/.test(pattern.slice(at))) throw new Uncertain();
          at++;
          repeatable = true;
          break;
        }
        const quantifier = counted && character === '{' ? counted[0] : character;
        if (!repeatable) throw new Refused(`there is nothing to repeat before "${quantifier}"`, at);
        if (counted && character === '{') {
          const [, low, , high] = counted;
          if (Number(low) > 65535 || Number(high) > 65535) throw new Refused(`"${quantifier}" repeats too often`, at);
          if (high !== '' && Number(low) > Number(high)) throw new Refused(`"${quantifier}" runs backwards`, at);
        }
        at += quantifier.length;
        // Lazy or possessive.
        if (pattern[at] === '?' || pattern[at] === '+') at++;
        repeatable = false;
        break;
      }
      default:
        at++;
        repeatable = character !== '^' && character !== '$';
    }
  }
  const unclosed = open.pop();
  if (unclosed !== undefined) throw new Refused('the ")" that closes a "(" is missing', unclosed);
  if (highestReference > captures) {
    throw new Refused(`"\\${highestReference}" refers to a group that is not there`, referenceAt);
  }
  return { captures, names };
}

/** Thrown after `(?i)`. */
class UncertainAfter extends Error {}
