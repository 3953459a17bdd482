/**
 * Reads a plain line of an error log from its bytes: date, level, process, a message, and fields that can be read in one way
 * only, because every quote and every blank in them is accounted for. Of such a line the reading here and that of `parseLine`
 * are the same; every other line is refused.
 */
import type { Level } from './record';
import { isColour, isEntity, isNumber, letters, lineEnd, startsWith, table, word } from './tally-bytes';
import { Messages } from './tally-messages';

const LEVELS: readonly Level[] = ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg'];

const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const BRACKET = 91;
const AMPERSAND = 38;

/** `[level] ` in two words that overlap or meet, and a blank. */
const LEVEL_LENGTHS = Int32Array.from(LEVELS, (level) => `[${level}] `.length);
const LEVEL_SECONDS = LEVEL_LENGTHS.map((length) => Math.min(4, length - 4));
const LEVEL_WORDS = Int32Array.from(LEVELS, (level) => word(`[${level}`));
const LEVEL_SECOND_WORDS = Int32Array.from(LEVELS, (level, i) => word(`[${level}] `.slice(LEVEL_SECONDS[i])));

/** Letters of IPv4 and IPv6 addresses. */
const ADDRESS = table(/[0-9A-Fa-f.:]/);
const SCHEME = table(/[a-z0-9+.-]/);
const STOPS = table(/[\0- "]/).fill(1, 128);

const [_SE, RVER] = [word(', se'), word('rver')];
const [REQU, EST_, SUBR, EQUE, ST_] = [word('requ'), word('est:'), word('subr'), word('eque'), word('st: ')];
const [UPST, REAM, HOST, REFE, RRER] = [word('upst'), word('ream'), word('host'), word('refe'), word('rrer')];
const [HTTP, HTTP_SCHEME, UNIX] = [word('HTTP'), word('http'), word('unix')];
const BYTES = [', bytes from/to client:', '/', ', bytes from/to upstream:', '/'].map(letters);

/** What stands behind the message. */
export const NO_FIELDS = 0;
export const CLIENT = 1;
export const BYTE_COUNTS = 2;

export class PlainLine {
  /** By the log's own clock, since 1970. */
  seconds = 0;
  /** Number in LEVELS. */
  level = 0;
  hasConnection = false;
  /** How many lines the entry has. */
  lineFeeds = 1;
  /** Number of the message's wording; 0 where there are too many of them. */
  wording = 0;
  tail = NO_FIELDS;
  /** Offsets of values; the start is -1 where there is none. */
  requestStart = -1;
  requestEnd = -1;
  upstreamStart = -1;
  upstreamEnd = -1;
  /** Where the upstream's host or path begins, behind scheme and `unix:`. */
  hostStart = -1;
  hasScheme = false;
  isSocket = false;

  readonly view: DataView;
  /** Where a header was looked for last, and what was found: the message's offset, or -1. */
  private ahead = -1;
  private messageAhead = -1;
  private secondsAhead = 0;
  private levelAhead = 0;
  private hasConnectionAhead = false;
  private readonly messages: Messages;
  /** Date and hour, minute and second that were read last, as they were written. */
  private hour = [0, 0, 0, 0];
  private hourStart = Number.NaN;
  private minute = [0, 0];

  /** `bytes` must go on for 64 bytes behind the last line. */
  constructor(
    private readonly bytes: Uint8Array,
    seed: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.messages = new Messages(bytes, this.view, seed);
  }

  /** Reads the line at `at`, which must end with LF: the offset behind it, or -1 when the line is not plain. */
  read(at: number): number {
    if (!this.startsAt(at)) return -1;
    const { messages } = this;
    this.seconds = this.secondsAhead;
    this.level = this.levelAhead;
    this.hasConnection = this.hasConnectionAhead;
    const end = messages.read(this.messageAhead);
    this.wording = messages.wording;
    this.requestStart = -1;
    this.upstreamStart = -1;
    this.lineFeeds = messages.traceLines + 1;
    if (end < 0) return -1;
    if (messages.hasFields) {
      const next = this.fields(end);
      return messages.traceLines > 0 && next > 0 && this.hasStatus(messages.traceStart, next) ? -1 : next;
    }
    this.tail = NO_FIELDS;
    return lineEnd(this.bytes, end);
  }

  /** A line of the trace might be one of the access log: SAYS_STATUS in access.ts. */
  private hasStatus(from: number, to: number): boolean {
    const { bytes } = this;
    for (let at = from; at < to; at++) {
      if (bytes[at] !== 52 && bytes[at] !== 53) continue;
      if (isNumber(bytes, at + 1, 2) && !isNumber(bytes, at - 1, 1) && !isNumber(bytes, at + 3, 1)) return true;
    }
    return false;
  }

  /** Does a plain entry begin here? What was read of the line before stays. */
  startsAt(at: number): boolean {
    if (at !== this.ahead) {
      this.ahead = at;
      this.messageAhead = this.header(at);
    }
    return this.messageAhead >= 0;
  }

  /** The lines are at other offsets now. */
  moved(): void {
    this.ahead = -1;
  }

  /** Starts the numbers of wordings anew. */
  clear(): void {
    this.messages.clear();
  }

  /** `YYYY/MM/DD hh:mm:ss [level] pid#tid: *cid `: where the message begins, or -1. */
  private header(at: number): number {
    const { bytes, view, hour, minute } = this;
    const isHour =
      view.getInt32(at, true) === hour[0] &&
      view.getInt32(at + 4, true) === hour[1] &&
      view.getInt32(at + 8, true) === hour[2] &&
      bytes[at + 12] === hour[3];
    if (!isHour && !this.readHour(at)) return -1;
    const isSecond = isHour && view.getInt32(at + 13, true) === minute[0] && view.getInt32(at + 17, true) === minute[1];
    if (!isSecond && !this.readMinute(at + 13)) return -1;
    if (!this.readLevel(at + 20)) return -1;
    let p = this.numberEnd(at + 20 + LEVEL_LENGTHS[this.levelAhead]!, 10);
    if (p < 0 || bytes[p] !== 35) return -1;
    p = this.numberEnd(p + 1, 10);
    if (p < 0 || bytes[p] !== COLON || bytes[p + 1] !== SPACE) return -1;
    p += 2;
    this.hasConnectionAhead = false;
    if (bytes[p] !== 42) return p;
    p = this.numberEnd(p + 1, 20);
    if (p < 0 || bytes[p] !== SPACE) return -1;
    this.hasConnectionAhead = true;
    return p + 1;
  }

  private numberEnd(from: number, most: number): number {
    const { bytes } = this;
    let at = from;
    while ((bytes[at]! - 48) >>> 0 < 10) at++;
    return at === from || at - from > most ? -1 : at;
  }

  private readHour(at: number): boolean {
    const { bytes, view } = this;
    if (bytes[at + 4] !== SLASH || bytes[at + 7] !== SLASH || bytes[at + 10] !== SPACE) return false;
    let text = '';
    for (let i = 0; i < 13; i++) text += String.fromCharCode(bytes[at + i]!);
    const [, year, month, day, hour] = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d)$/.exec(text) ?? [];
    if (year === undefined || hour === '24') return false;
    const start = Date.parse(`${year}-${month}-${day}T${hour}:00:00Z`) / 1000;
    if (Number.isNaN(start)) return false;
    this.hour = [view.getInt32(at, true), view.getInt32(at + 4, true), view.getInt32(at + 8, true), bytes[at + 12]!];
    this.hourStart = start;
    this.minute[0] = 0;
    return true;
  }

  /** `:mm:ss [` */
  private readMinute(at: number): boolean {
    const { bytes, view } = this;
    this.minute[0] = 0;
    if (bytes[at] !== COLON || bytes[at + 3] !== COLON || bytes[at + 6] !== SPACE || bytes[at + 7] !== 91) return false;
    if (!isNumber(bytes, at + 1, 2) || !isNumber(bytes, at + 4, 2)) return false;
    const minute = bytes[at + 1]! * 10 + bytes[at + 2]! - 528;
    const second = bytes[at + 4]! * 10 + bytes[at + 5]! - 528;
    if (minute > 59 || second > 59) return false;
    this.minute[0] = view.getInt32(at, true);
    this.minute[1] = view.getInt32(at + 4, true);
    this.secondsAhead = this.hourStart + minute * 60 + second;
    return true;
  }

  /** `[level] ` */
  private readLevel(at: number): boolean {
    if (this.isLevel(this.levelAhead, at)) return true;
    for (let level = 0; level < LEVELS.length; level++) {
      if (!this.isLevel(level, at)) continue;
      this.levelAhead = level;
      return true;
    }
    return false;
  }

  private isLevel(level: number, at: number): boolean {
    const { view } = this;
    return (
      view.getInt32(at, true) === LEVEL_WORDS[level] &&
      view.getInt32(at + LEVEL_SECONDS[level]!, true) === LEVEL_SECOND_WORDS[level] &&
      this.bytes[at + LEVEL_LENGTHS[level]! - 1] === SPACE
    );
  }

  /** Reads `, client: …` from its value on. */
  private fields(start: number): number {
    const { bytes, view } = this;
    let at = start;
    if (view.getInt32(at, true) === UNIX && bytes[at + 4] === COLON) at += 5;
    else while (ADDRESS[bytes[at]!] === 1) at++;
    if (at === start || at - start > 60) return -1;
    if (view.getInt32(at, true) !== _SE || view.getInt32(at + 4, true) !== RVER) return -1;
    if (bytes[at + 8] !== COLON || bytes[at + 9] !== SPACE) return -1;
    const server = at + 10;
    at = this.stop(server);
    this.tail = CLIENT;
    if (bytes[at] !== SPACE) {
      // At the end of a line `[0m` is a colour.
      const isOdd = at === server || bytes[at - 1] === COMMA || bytes[at - 1] === 109;
      return isOdd && (bytes[at - 1] !== 109 || bytes.subarray(server, at).includes(BRACKET)) ? -1 : lineEnd(bytes, at);
    }
    if (bytes[at - 1] !== COMMA) return -1;
    at--;
    for (let order = 0; ; ) {
      // At the comma before a label.
      const label = view.getInt32(at + 2, true);
      const next = view.getInt32(at + 6, true);
      let from = at + 12;
      let now = 0;
      if (label === REQU && next === EST_) {
        now = 1;
        from = at + 11;
      } else if (label === UPST && next === REAM && bytes[at + 10] === COLON) now = 3;
      else if (label === HOST && bytes[at + 6] === COLON) {
        now = 4;
        from = at + 8;
      } else if (label === REFE && next === RRER && bytes[at + 10] === COLON) now = 5;
      else if (label === SUBR && next === EQUE && view.getInt32(at + 10, true) === ST_) {
        now = 2;
        from = at + 14;
      } else return order === 3 ? this.byteCounts(at) : -1;
      if (now <= order || bytes[from - 1] !== SPACE || bytes[from] !== QUOTE) return -1;
      order = now;
      from++;
      let close = this.stop(from);
      if (now === 1) {
        close = this.request(from, close);
        if (close < 0) return -1;
        this.requestStart = from;
        this.requestEnd = close;
      } else if (now === 3) {
        this.upstreamStart = from;
        this.upstreamEnd = close;
        this.upstreamKind();
      }
      if (bytes[close] !== QUOTE) return -1;
      at = close + 1;
      if (bytes[at] !== COMMA || bytes[at + 1] !== SPACE) return lineEnd(bytes, at);
    }
  }

  /** `METHOD /target HTTP/x.y`, of which `blank` is the first blank: where it ends, or -1. */
  private request(from: number, blank: number): number {
    const { bytes, view } = this;
    if (bytes[blank] !== SPACE || blank === from || blank - from > 64) return -1;
    for (let i = from; i < blank; i++) {
      const byte = bytes[i]!;
      if ((byte < 65 || byte > 90) && byte !== 45 && byte !== 95) return -1;
    }
    if (bytes[blank + 1] !== SLASH) return -1;
    const end = this.stop(blank + 1);
    if (bytes[end] !== SPACE || view.getInt32(end + 1, true) !== HTTP || bytes[end + 5] !== SLASH) return -1;
    if (!isNumber(bytes, end + 6, 1) || bytes[end + 7] !== DOT || !isNumber(bytes, end + 8, 1)) return -1;
    return end + 9;
  }

  /** `, bytes from/to client:N/N, bytes from/to upstream:N/N` and the end of the line. */
  private byteCounts(start: number): number {
    let at = start;
    for (const label of BYTES) {
      if (!startsWith(this.bytes, at, label)) return -1;
      at = this.numberEnd(at + label.length, 20);
      if (at < 0) return -1;
    }
    this.tail = BYTE_COUNTS;
    return lineEnd(this.bytes, at);
  }

  /** Scheme and `unix:`, as KIND in wording.ts reads them. */
  private upstreamKind(): void {
    const { bytes, view, upstreamStart: start } = this;
    let at = start;
    if (view.getInt32(start, true) === HTTP_SCHEME && bytes[start + 4] === COLON) at += 4;
    else if (bytes[at]! > COLON) while (at < start + 10 && SCHEME[bytes[at]!] === 1) at++;
    this.hasScheme = at > start && bytes[at] === COLON && bytes[at + 1] === SLASH && bytes[at + 2] === SLASH;
    at = this.hasScheme ? at + 3 : start;
    this.isSocket = view.getInt32(at, true) === UNIX && bytes[at + 4] === COLON;
    this.hostStart = this.isSocket ? at + 5 : at;
  }

  /** The first blank, quote, control character, letter beyond ASCII, or mark of a wrapping from `from` on. */
  private stop(from: number): number {
    const { bytes, view } = this;
    let at = from;
    for (;;) {
      // Four at a time: is one of them less than 39 (`&` is 38), `[`, or more than 127? Of the bits that say so, the lowest is right.
      const four = view.getInt32(at, true);
      const brackets = four ^ 0x5b5b5b5b;
      const found = (((four - 0x27272727) & ~four) | ((brackets - 0x01010101) & ~brackets) | four) & 0x80808080;
      if (found === 0) {
        at += 4;
        continue;
      }
      at += (31 - Math.clz32(found & -found)) >> 3;
      const byte = bytes[at]!;
      const isMark =
        byte === AMPERSAND ? isEntity(bytes, at) : byte === BRACKET ? isColour(bytes, at) : STOPS[byte] === 1;
      if (isMark) return at;
      at++;
    }
  }
}
