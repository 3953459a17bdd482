/** The message of a plain line: where it ends, and the number of its wording (wording.ts), from its bytes. */
import { STDERR_START } from './tail';
import { isColour, isEntity, isNumber, letters, startsWith, table, word } from './tally-bytes';
import { Names } from './tally-names';

/** Longest message without FastCGI stderr, and longest line without fields: in shorter ones nothing is out of sight for `findErrno` and the like. */
const LONGEST_MESSAGE = 300;
const LONGEST_REST = 200;
const LONGEST_STDERR = 3500;
export const MOST_WORDINGS = 8 * 1024;

const LF = 10;
const SPACE = 32;
const QUOTE = 34;
const PAREN = 40;
const COMMA = 44;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const BRACKET = 91;
const BACKSLASH = 92;

const PLAIN = 0;
const DIGIT = 1;
const SPECIAL = 2;
const KINDS = table(/[\0- "&[]/).map((is, byte) => (is ? SPECIAL : byte >= 48 && byte <= 57 ? DIGIT : PLAIN));
// A no-break space, typographic quotes and the like begin with these.
KINDS[0xc2] = SPECIAL;
KINDS[0xe2] = SPECIAL;
/** What a value in quotes may hold to be left out: VALUES in wording.ts. */
const CALM = table(/[!#-%'*-Z\\-~]/);
const HEX = table(/[0-9a-f]/);
const STDERR = letters(STDERR_START);
const WHILE = letters(' while ');
const STACK_TRACE = letters('Stack trace:');
const THROWN = letters('  thrown in ');
const MOST_TRACE_LINES = 60;
const CLIE = word('clie');
const NT_ = word('nt: ');
const FIELDS = 10; // `, client: `

/** Messages met before, as they were written: sets of four, found by some of their letters. */
const SETS = 512;
const WAYS = 4;
const LONGEST_KNOWN = 252;

export class Messages {
  wording = 0;
  /** Does `, client: ` follow? */
  hasFields = false;
  /** Further lines of PHP's stack trace in the message, and where the first of them begins. */
  traceLines = 0;
  traceStart = -1;
  /** Something was left out of the wording, so that the same message will hardly come again. */
  private isVaried = false;

  private readonly form = new Uint8Array(4096 + 64);
  private readonly formView = new DataView(this.form.buffer);
  private readonly names: Names;
  private readonly known = new Int32Array((SETS * WAYS * (LONGEST_KNOWN + 4)) / 4);
  private readonly knownLengths = new Int32Array(SETS * WAYS);
  private readonly knownWordings = new Int32Array(SETS * WAYS);
  private readonly nextWay = new Uint8Array(SETS);

  /** Forgets all wordings: there were too many. */
  clear(): void {
    this.names.clear();
    this.knownLengths.fill(0);
  }

  constructor(
    private readonly bytes: Uint8Array,
    private readonly view: DataView,
    seed: number,
  ) {
    this.names = new Names(MOST_WORDINGS, seed);
  }

  /** Reads the message at `start`: the offset of the client, or of the end of the line; -1 when it is not plain. */
  read(start: number): number {
    const { view } = this;
    this.traceLines = 0;
    const mixed = Math.imul(
      view.getInt32(start, true) ^ Math.imul(view.getInt32(start + 17, true), 0x85ebca6b),
      0x9e3779b1,
    );
    const set = mixed >>> 23;
    for (let entry = set * WAYS; entry < set * WAYS + WAYS; entry++) {
      const length = this.knownLengths[entry]!;
      if (length > 0 && this.isKnown(entry, start, length)) {
        this.wording = this.knownWordings[entry]!;
        this.hasFields = true;
        return start + length;
      }
    }
    const end = this.reword(start);
    if (end > 0 && this.hasFields && !this.isVaried && this.traceLines === 0) this.remember(set, start, end - start);
    return end;
  }

  private isKnown(entry: number, start: number, length: number): boolean {
    const { view, known } = this;
    const last = start + length - 4;
    let word = entry * ((LONGEST_KNOWN + 4) / 4);
    for (let at = start; at < last; at += 4) if (view.getInt32(at, true) !== known[word++]) return false;
    return view.getInt32(last, true) === NT_;
  }

  private remember(set: number, start: number, length: number): void {
    if (length > LONGEST_KNOWN || this.wording === 0) return;
    const way = this.nextWay[set]!;
    this.nextWay[set] = (way + 1) % WAYS;
    const entry = set * WAYS + way;
    let word = entry * ((LONGEST_KNOWN + 4) / 4);
    for (let at = start; at < start + length - 4; at += 4) this.known[word++] = this.view.getInt32(at, true);
    this.knownLengths[entry] = length;
    this.knownWordings[entry] = this.wording;
  }

  /** Puts the wording together up to the fields or the end. */
  private reword(start: number): number {
    const { bytes, view, form, formView } = this;
    let at = start;
    let length = 0;
    let quote = -1;
    let hasBracket = false;
    const isStderr = startsWith(bytes, start, STDERR);
    const last = start + (isStderr ? LONGEST_STDERR : LONGEST_MESSAGE + FIELDS);
    if (isStderr) while (length < STDERR.length) form[length++] = bytes[at++]!;
    this.isVaried = isStderr;
    while (at <= last) {
      // Four letters at a time, up to one less than `:`, a bracket, or one beyond ASCII: the lowest bit that says so is right.
      const four = view.getInt32(at, true);
      const brackets = four ^ 0x5b5b5b5b;
      const found = (((four - 0x3a3a3a3a) & ~four) | ((brackets - 0x01010101) & ~brackets) | four) & 0x80808080;
      formView.setInt32(length, four, true);
      const calm = found === 0 ? 4 : (31 - Math.clz32(found & -found)) >> 3;
      length += calm;
      at += calm;
      if (calm === 4) continue;
      if (at > last) return -1;
      const byte = bytes[at]!;
      const kind = KINDS[byte]!;
      if (kind === PLAIN) {
        form[length++] = byte;
        at++;
      } else if (kind === DIGIT) {
        let end = at + 1;
        while (KINDS[bytes[end]!] === DIGIT) end++;
        const before = bytes[at - 1]!;
        if (end - at > 20) return -1;
        if (isStderr || (before !== PAREN && (end - at > 3 || (end - at === 3 && before === DOT)))) {
          form[length++] = 48;
          at = end;
          this.isVaried = true;
        } else while (at < end) form[length++] = bytes[at++]!;
      } else if (byte === SPACE) {
        if (bytes[at - 1] === COLON && view.getInt32(at - 3, true) === NT_ && view.getInt32(at - 7, true) === CLIE) {
          return this.atFields(start, at - 9, isStderr, quote, length - 9);
        }
        // php-fpm's own levels, and byte counts that a message pretends to.
        if (this.traceLines > 0 && bytes[at - 1] === COLON && (bytes[at - 2]! - 65) >>> 0 < 26) return -1;
        if (bytes[at - 1] === COMMA && bytes[at + 1] === 98) return -1;
        form[length++] = byte;
        at++;
      } else if (byte === QUOTE) {
        if (bytes[at - 1] === BACKSLASH && bytes[at - 2] === SPACE) return -1;
        if (this.traceLines > 0 && bytes[at + 1] !== COMMA && !startsWith(bytes, at + 1, WHILE)) return -1;
        let end = at + 1;
        while (CALM[bytes[end]!] === 1) end++;
        quote = at;
        form[length++] = QUOTE;
        if (bytes[end] === QUOTE && end > at + 1) {
          const digits = this.numbered(at, end);
          this.isVaried = true;
          if (digits === 0) form[length++] = 95;
          else {
            form[length++] = SLASH;
            for (let i = 0; i < digits; i++) form[length++] = 48;
          }
          form[length++] = QUOTE;
          quote = end;
          at = end;
        }
        at++;
      } else if (byte > SPACE) {
        if (byte > 127 || this.traceLines > 0 || (byte === BRACKET ? isColour(bytes, at) : isEntity(bytes, at)))
          return -1;
        hasBracket ||= byte === BRACKET;
        form[length++] = byte;
        at++;
      } else if (isStderr && byte === LF && this.goesOn(at, quote)) {
        form[length++] = LF;
        at++;
      } else {
        if (isStderr || at - start > LONGEST_REST || bytes[at - 1]! <= SPACE || (hasBracket && bytes[at - 1] === 109))
          return -1;
        this.hasFields = false;
        this.wording = this.names.add(this.formView, 0, length);
        return at;
      }
    }
    return -1;
  }

  /** Does a stack trace go on behind the line feed, of lines that can be nothing else? */
  private goesOn(at: number, quote: number): boolean {
    const { bytes } = this;
    const next = at + 1;
    const isTrace =
      (bytes[next] === 35 && isNumber(bytes, next + 1, 1)) ||
      startsWith(bytes, next, STACK_TRACE) ||
      startsWith(bytes, next, THROWN);
    if (!isTrace || bytes[at - 1]! <= SPACE || this.traceLines > MOST_TRACE_LINES) return false;
    if (quote >= 0 && (quote === at - 1 || startsWith(bytes, quote + 1, WHILE))) return false;
    if (this.traceLines++ === 0) this.traceStart = next;
    return true;
  }

  /** Of the value between two quotes: how many digits a file at its end has that nginx names by number; NUMBERED in wording.ts. */
  private numbered(from: number, to: number): number {
    const { bytes } = this;
    let at = to - 1;
    while (HEX[bytes[at]!] === 1) at--;
    const digits = to - 1 - at;
    if (bytes[at] !== SLASH || at <= from) return 0;
    return digits === 32 || (digits === 10 && isNumber(bytes, at + 1, 10)) ? digits : 0;
  }

  /** `client: ` follows the comma, if it is one. */
  private atFields(start: number, comma: number, isStderr: boolean, quote: number, length: number): number {
    const { bytes } = this;
    if (comma <= start || bytes[comma] !== COMMA || bytes[comma + 1] !== SPACE) return -1;
    if (isStderr) {
      if (quote < start + STDERR.length) return -1;
      if (quote !== comma - 1 && (comma - quote > 80 || !startsWith(bytes, quote + 1, WHILE))) return -1;
      // A number there might be the system's.
      for (let at = quote + 1; at < comma; at++) if (KINDS[bytes[at]!] === DIGIT) return -1;
    }
    this.hasFields = true;
    this.wording = this.names.add(this.formView, 0, length);
    return comma + FIELDS;
  }
}
