/**
 * Matches the regular expressions of a configuration in time proportional to pattern × text, whatever either holds: they
 * come from files and logs. A subset of PCRE without what needs backtracking (back references, lookaround).
 */

/** A compiled expression; `test` looks for a match anywhere in the text, as nginx does. */
export interface Matcher {
  test(text: string): boolean;
}

type Step =
  | { readonly kind: 'char'; readonly accepts: (code: number) => boolean }
  | { readonly kind: 'split'; readonly to: number[] }
  | { readonly kind: 'start' | 'end' | 'word' | 'not-word' }
  | { readonly kind: 'match' };

/** So many steps suit every location of the world; `(a{1000}){1000}` must not fill the memory. */
const MOST_STEPS = 20_000;

class Unsupported extends Error {}

/** Null for a pattern that is no regular expression, or uses what this matcher does not know. */
export function matcher(pattern: string, ignoreCase: boolean): Matcher | null {
  try {
    const steps = compile(pattern, ignoreCase);
    return { test: (text) => run(steps, text) };
  } catch (error) {
    if (error instanceof Unsupported) return null;
    throw error;
  }
}

/** Recursive descent over the pattern; each part appends its steps and falls through to what follows. */
function compile(pattern: string, caseless: boolean): Step[] {
  const steps: Step[] = [];
  let ignoreCase = caseless;
  let at = 0;
  let depth = 0;

  const add = (step: Step): number => {
    if (steps.length >= MOST_STEPS) throw new Unsupported();
    return steps.push(step) - 1;
  };

  function alternatives(): void {
    if (++depth > 100) throw new Unsupported();
    const split: Step & { kind: 'split' } = { kind: 'split', to: [] };
    add(split);
    const ends: (Step & { kind: 'split' })[] = [];
    while (true) {
      split.to.push(steps.length);
      sequence();
      if (pattern[at] !== '|') break;
      at++;
      const jump: Step & { kind: 'split' } = { kind: 'split', to: [] };
      add(jump);
      ends.push(jump);
    }
    for (const jump of ends) jump.to.push(steps.length);
    depth--;
  }

  function sequence(): void {
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') {
      const from = at;
      const first = steps.length;
      atom();
      repeat(from, first);
    }
  }

  /** Applies a quantifier to the atom whose steps start at `first`, by compiling its text again for each copy. */
  function repeat(from: number, first: number): void {
    const atomEnd = at;
    const counts = quantifier();
    if (!counts) return;
    const [least, most] = counts;
    const after = at;
    steps.length = first;
    const copy = (): void => {
      at = from;
      atom();
      at = atomEnd;
    };
    for (let i = 0; i < least; i++) copy();
    if (most === Number.POSITIVE_INFINITY) {
      const loop = add({ kind: 'split', to: [] });
      copy();
      const back: Step = { kind: 'split', to: [loop] };
      add(back);
      (steps[loop] as { to: number[] }).to.push(loop + 1, steps.length);
    } else {
      const skips: number[][] = [];
      for (let i = least; i < most; i++) {
        const skip = add({ kind: 'split', to: [] });
        const { to } = steps[skip] as { to: number[] };
        to.push(skip + 1);
        skips.push(to);
        copy();
      }
      for (const to of skips) to.push(steps.length);
    }
    at = after;
  }

  function quantifier(): [number, number] | null {
    let counts: [number, number];
    const braces = /^\{(\d{1,5})(,(\d{0,5}))?\}/.exec(pattern.slice(at, at + 14));
    if (pattern[at] === '*') counts = [0, Number.POSITIVE_INFINITY];
    else if (pattern[at] === '+') counts = [1, Number.POSITIVE_INFINITY];
    else if (pattern[at] === '?') counts = [0, 1];
    else if (braces) {
      const least = Number(braces[1]);
      counts = [least, braces[2] === undefined ? least : braces[3] ? Number(braces[3]) : Number.POSITIVE_INFINITY];
      if (counts[1] < least) throw new Unsupported();
    } else return null;
    at += braces ? braces[0].length : 1;
    // Greed decides what is captured, not whether there is a match.
    if (pattern[at] === '?' || pattern[at] === '+') at++;
    return counts;
  }

  function atom(): void {
    const char = pattern[at++]!;
    switch (char) {
      case '(':
        group();
        return;
      case '[':
        add({ kind: 'char', accepts: folded(set()) });
        return;
      case '.':
        add({ kind: 'char', accepts: (code) => code !== 10 });
        return;
      case '^':
        add({ kind: 'start' });
        return;
      case '$':
        add({ kind: 'end' });
        return;
      case '*':
      case '+':
      case '?':
        throw new Unsupported(); // nothing to repeat
      case '\\':
        escaped();
        return;
      default:
        add({ kind: 'char', accepts: folded(is(char.charCodeAt(0))) });
        return;
    }
  }

  function group(): void {
    const [prefix, flags, colon] = /^\?(?:([imsx]{1,4})(:?)|:|P?<[A-Za-z_]\w{0,40}>|'[A-Za-z_]\w{0,40}')/.exec(
      pattern.slice(at, at + 50),
    ) ?? [''];
    if (pattern[at] === '?' && prefix === '') throw new Unsupported();
    at += prefix.length;
    const before = ignoreCase;
    if (flags?.includes('i')) ignoreCase = true;
    if (flags && /[msx]/.test(flags)) throw new Unsupported();
    if (flags !== undefined && colon === '') {
      if (pattern[at++] !== ')') throw new Unsupported();
      return; // (?i) holds on
    }
    alternatives();
    ignoreCase = before;
    if (pattern[at++] !== ')') throw new Unsupported();
  }

  function escaped(): void {
    const char = pattern[at++];
    const known = char === undefined ? undefined : CLASSES[char];
    const assertion = char === undefined ? undefined : ASSERTIONS[char];
    if (known) add({ kind: 'char', accepts: known });
    else if (assertion) add({ kind: assertion });
    else add({ kind: 'char', accepts: folded(is(literal(char))) });
  }

  /** The code of an escaped character; back references and the rest of PCRE's alphabet are not known here. */
  function literal(char: string | undefined): number {
    if (char === undefined) throw new Unsupported();
    if (char in CONTROLS) return CONTROLS[char]!;
    if (char === 'x') {
      const [hex] = /^[\da-f]{1,2}/i.exec(pattern.slice(at, at + 2)) ?? [''];
      at += hex.length;
      return Number.parseInt(hex || '0', 16);
    }
    if (/[A-Za-z0-9]/.test(char)) throw new Unsupported();
    return char.charCodeAt(0);
  }

  function set(): (code: number) => boolean {
    const negated = pattern[at] === '^';
    if (negated) at++;
    const parts: ((code: number) => boolean)[] = [];
    for (let first = true; pattern[at] !== ']' || first; first = false) {
      if (at >= pattern.length) throw new Unsupported();
      const named = /^\[:(\^?)([a-z]{1,10}):\]/.exec(pattern.slice(at, at + 15));
      if (named) {
        const test = POSIX[named[2]!];
        if (!test) throw new Unsupported();
        parts.push(named[1] ? (code) => !test(code) : test);
        at += named[0].length;
        continue;
      }
      const low = member();
      if (typeof low === 'function') {
        parts.push(low);
        continue;
      }
      if (pattern[at] !== '-' || pattern[at + 1] === ']' || pattern[at + 1] === undefined) {
        parts.push(is(low));
        continue;
      }
      at++;
      const high = member();
      if (typeof high === 'function' || high < low) throw new Unsupported();
      parts.push((code) => low <= code && code <= high);
    }
    at++;
    return (code) => parts.some((accepts) => accepts(code)) !== negated;
  }

  function member(): number | ((code: number) => boolean) {
    const char = pattern[at++]!;
    if (char !== '\\') return char.charCodeAt(0);
    const next = pattern[at++];
    const known = next === undefined ? undefined : CLASSES[next];
    return known ?? (next === 'b' ? 8 : literal(next));
  }

  function folded(accepts: (code: number) => boolean): (code: number) => boolean {
    if (!ignoreCase) return accepts;
    return (code) => accepts(code) || accepts(swapCase(code));
  }

  alternatives();
  if (at < pattern.length) throw new Unsupported(); // a ")" that closes nothing
  add({ kind: 'match' });
  return steps;
}

const is =
  (wanted: number) =>
  (code: number): boolean =>
    code === wanted;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isUpper = (code: number): boolean => code >= 65 && code <= 90;
const isLower = (code: number): boolean => code >= 97 && code <= 122;
const isWord = (code: number): boolean => isDigit(code) || isUpper(code) || isLower(code) || code === 95;
const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);
const swapCase = (code: number): number => (isUpper(code) ? code + 32 : isLower(code) ? code - 32 : code);

const CLASSES: Readonly<Record<string, (code: number) => boolean>> = {
  d: isDigit,
  D: (code) => !isDigit(code),
  w: isWord,
  W: (code) => !isWord(code),
  s: isSpace,
  S: (code) => !isSpace(code),
  h: (code) => code === 32 || code === 9,
};

const ASSERTIONS: Readonly<Record<string, 'start' | 'end' | 'word' | 'not-word'>> = {
  A: 'start',
  z: 'end',
  Z: 'end',
  b: 'word',
  B: 'not-word',
};

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 };

const POSIX: Readonly<Record<string, (code: number) => boolean>> = {
  alpha: (code) => isUpper(code) || isLower(code),
  digit: isDigit,
  alnum: (code) => isDigit(code) || isUpper(code) || isLower(code),
  upper: isUpper,
  lower: isLower,
  space: isSpace,
  word: isWord,
  xdigit: (code) => isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102),
  punct: (code) => code > 32 && code < 127 && !isDigit(code) && !isUpper(code) && !isLower(code),
};

/** All ways at once: the set of steps that a reading of the text so far can have come to. */
function run(steps: readonly Step[], text: string): boolean {
  let current: number[] = [];
  const seen = new Int32Array(steps.length).fill(-1);

  /** Follows what needs no character from step `first` at `position`; true when that leads to a match. */
  function follow(first: number, position: number, into: number[]): boolean {
    const open = [first];
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (seen[index] === position) continue;
      seen[index] = position;
      const step = steps[index]!;
      if (step.kind === 'match') return true;
      if (step.kind === 'char') into.push(index);
      else if (step.kind === 'split') open.push(...step.to);
      else if (holds(step.kind, text, position)) open.push(index + 1);
    }
    return false;
  }

  for (let position = 0; position <= text.length; position++) {
    const code = text.charCodeAt(position);
    // A match may start anywhere.
    if (follow(0, position, current)) return true;
    if (position === text.length) break;
    const next: number[] = [];
    for (const index of current) {
      const step = steps[index]!;
      if (step.kind === 'char' && step.accepts(code) && follow(index + 1, position + 1, next)) return true;
    }
    current = next;
  }
  return false;
}

function holds(kind: 'start' | 'end' | 'word' | 'not-word', text: string, position: number): boolean {
  if (kind === 'start') return position === 0;
  // "$" also matches before a line end that ends the text.
  if (kind === 'end') return position === text.length || (position === text.length - 1 && text.endsWith('\n'));
  const before = position > 0 && isWord(text.charCodeAt(position - 1));
  const after = position < text.length && isWord(text.charCodeAt(position));
  return (before !== after) === (kind === 'word');
}
