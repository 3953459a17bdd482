/**
 * Takes off what terminals, chats, containers, journals and log shippers put around a line. Each wrapping is told by its own
 * looks, never by the tool that makes it, so they may nest in any order.
 */
import { type Piece, part, replaced } from './piece';

/** Colours and links of terminals, also as journals, editors and copying spell the escape character. */
const COLOUR =
  /(?:\u001b|\u009b|\u241b|\^\[|#033|\\(?:x1b|u001b|033|e))(?:\[[0-9;:?]{0,30}[A-Za-z]|\]8;[^\u0007\u001b]{0,500}(?:\u0007|\u001b\\))|\u009b[0-9;]{0,30}m/g;
const COLOUR_SIGN = /[\u001b\u009b\u241b]|\^\[\[|#033\[|\\(?:x1b|u001b|033|e)\[/;
/** The escape character itself was lost: only at the ends, where nginx writes nothing like it. */
const BARE_COLOUR = /^(?:\[\d{1,3}(?:;\d{1,3}){0,4}m)+|(?:\[\d{0,3}m)+\s{0,20}$/g;

const ENTITY = /&(?:quot|#34|#x22|amp|lt|gt|#39|#x27|nbsp);/g;
const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&nbsp;': ' ' };
/** Word processors and chats make these of quotes; blanks that do not break come with them. */
const TYPOGRAPHIC = /[\u201c\u201d\u201e\u00a0\u202f]/g;

/** Escapes of JSON and its kin; a backslash before anything else stands for itself. */
const ESCAPE = /\\(?:u[0-9A-Fa-f]{4}|["\\/bfnrt])/g;
const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

export function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(ESCAPE, meant) : text;
}

function meant(sequence: string): string {
  const sign = sequence[1]!;
  return sign === 'u' ? String.fromCharCode(Number.parseInt(sequence.slice(2), 16)) : (ESCAPED[sign] ?? sign);
}

/** Without colours, HTML entities and typographic quotes. Entities beside quotes are within a string, whose turn is to come. */
export function plain(piece: Piece): Piece {
  let made = piece;
  if (COLOUR_SIGN.test(made.text)) made = replaced(made, COLOUR, () => '');
  if (made.text.includes('m') && /^\[\d|\[\d{0,3}m\s{0,20}$/.test(made.text))
    made = replaced(made, BARE_COLOUR, () => '');
  if (/&(?:quot|#34|#x22);/.test(made.text) && !made.text.includes('"')) {
    made = replaced(
      made,
      ENTITY,
      (entity) => ENTITIES[entity] ?? (entity.includes('39') || entity.includes('27') ? "'" : '"'),
    );
  }
  if (/: [\u201c\u201d\u201e]|\u00a0/.test(made.text)) {
    made = replaced(made, TYPOGRAPHIC, (sign) => (sign === '\u00a0' || sign === '\u202f' ? ' ' : '"'));
  }
  return made;
}

/** The quotes of nginx's fields are escaped, but what they were escaped for is not there: the inside of a string was copied. */
export function withoutEscapes(piece: Piece): Piece {
  const { text } = piece;
  return text.includes('\\"') && !/(?<!\\)"/.test(text) ? replaced(piece, ESCAPE, meant) : piece;
}

/** A string in a line of JSON or one of its kin (logfmt, Ruby and Python hashes, CSV). */
export interface Literal {
  /** With its quotes. */
  readonly start: number;
  readonly end: number;
  /** What names it: `log`, `message` …; null in arrays and where nothing does. */
  readonly key: string | null;
  /** What stands between the quotes, with its escapes undone. */
  readonly piece: Piece;
}

/** What can stand between a string that is a value and whatever follows. */
const AFTER_VALUE = /\s{0,200}(?:$|[,;}\])])|[ \t]/y;
const AFTER_KEY = /\s{0,200}(?::(?!\/\/)|=>)/y;
/** The end of a string whose own quotes were not escaped: the record closes, or the next key follows. */
const AFTER_RAW = /\s{0,200}(?:$|[}\])]|,\s{0,200}"[\w@.-]{1,60}"\s{0,20}(?:=>|:))/y;

/** The strings that are values, from left to right. */
export function* literals(piece: Piece): IterableIterator<Literal> {
  const { text } = piece;
  let key: string | null = null;
  for (let open = text.indexOf('"'); open >= 0; ) {
    if (open > 0 && !' \t\n{[(,:=>'.includes(text[open - 1]!)) {
      open = text.indexOf('"', open + 1);
      continue;
    }
    const close = closingQuote(text, open + 1);
    if (close < 0) {
      yield { start: open, end: text.length, key, piece: decoded(part(piece, open + 1)) };
      return;
    }
    if (matches(AFTER_KEY, text, close + 1)) {
      key = text.slice(open + 1, Math.min(close, open + 80));
      open = text.indexOf('"', close + 1);
      continue;
    }
    const before = text.slice(Math.max(0, open - 61), open);
    const name: string | null = key ?? /([\w.@-]{1,60})=$/.exec(before)?.[1] ?? null;
    key = null;
    const found: Literal = matches(AFTER_VALUE, text, close + 1)
      ? { start: open, end: close + 1, key: name, piece: decoded(part(piece, open + 1, close)) }
      : (doubled(piece, open, close, name) ?? unquoted(piece, open, close, name));
    yield found;
    open = text.indexOf('"', found.end);
  }
}

function decoded(piece: Piece): Piece {
  return piece.text.includes('\\') ? replaced(piece, ESCAPE, meant) : piece;
}

/** CSV writes a quote as two. */
function doubled(piece: Piece, open: number, first: number, key: string | null): Literal | null {
  const { text } = piece;
  let close = first;
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close === first || (close >= 0 && !matches(AFTER_VALUE, text, close + 1))) return null;
  const end = close < 0 ? text.length : close;
  const inside = part(piece, open + 1, end);
  return { start: open, end: Math.min(end + 1, text.length), key, piece: replaced(inside, /""/g, () => '"') };
}

function unquoted(piece: Piece, open: number, close: number, key: string | null): Literal {
  const { text } = piece;
  let end = close;
  while (end >= 0 && !matches(AFTER_RAW, text, end + 1)) end = text.indexOf('"', end + 1);
  if (end < 0) end = text.length;
  return { start: open, end: Math.min(end + 1, text.length), key, piece: part(piece, open + 1, end) };
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (at - 1 - slashes >= from && text[at - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}

function matches(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/**
 * The end of a line that begins as another one does, digits aside: so a stack trace or a wrapped line is told from its
 * container's name, time and marks whatever they look like. Null when it begins otherwise.
 */
export function afterPrefix(prefix: string, line: string): number | null {
  let at = 0;
  for (let i = 0; i < prefix.length; ) {
    const isNumber = isDigit(prefix, i);
    if (isNumber !== isDigit(line, at)) return null;
    if (isNumber) {
      while (isDigit(prefix, i)) i++;
      while (isDigit(line, at)) at++;
    } else if (prefix[i] !== line[at]) {
      // The blank at its end is lost where nothing follows it.
      return at === line.length && prefix.slice(i).trim() === '' ? at : null;
    } else {
      i++;
      at++;
    }
  }
  return at;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** What may stand before a message that has no header of nginx's own; each is tried again and again from left to right. */
const BEFORE_MESSAGE: readonly RegExp[] = [
  // A connection, before the star is taken for a list's.
  /\*\d{1,20} /y,
  // Blanks, marks of quotations, lists (also • and ·), tables and code.
  /[\s\uFEFF>`*+\u2022\xB7|"'-]{1,400}/y,
  /\d{1,3}[.)] /y,
  // RFC 5424 and the number that RFC 3164 begins with.
  /<\d{1,3}>1 \S{10,40} \S{1,255} \S{1,48} \S{1,128} \S{1,32} (?:-|\[[^\]]{1,1000}\]) ?/y,
  /<\d{1,3}>/y,
  // Times: ISO 8601, nginx, RFC 3164, journalctl's short-full, short-unix and short-monotonic.
  /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d| UTC)?(?=[\s[])/y,
  /\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?=[\s[])/y,
  /(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})? /y,
  /[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Z]{2,5} /y,
  /\d{9,10}\.\d{1,9} /y,
  // Containers: CRI, Compose, `kubectl logs --prefix`, stern.
  /std(?:out|err) [FP] /y,
  /[\w.@-]{1,200} {0,60}\|/y,
  /\[[^\]\n]{1,300}\]/y,
  /[a-z0-9.]{1,100}(?:-[a-z0-9.]{1,100}){0,20}-[a-z0-9.]{0,50}\d[a-z0-9.]{0,50} [a-z][a-z0-9-]{0,62} (?=\S)/y,
  // A host and a program, a file that grep names, a process.
  /[\w.-]{1,200} [\w./-]{1,60}(?:\[\d{1,10}\])?: /y,
  /[\w./-]{1,300}(?:\[\d{1,10}\])?:(?:\d{1,9}:)? ?/y,
  /\d{1,10}#\d{1,10}: /y,
];

/** Where a message may begin behind what tools and people put before it, outermost first. */
export function messageStarts(text: string): number[] {
  const starts = [0];
  let at = 0;
  for (let layers = 0; layers < 24; layers++) {
    let next = at;
    for (const pattern of BEFORE_MESSAGE) {
      pattern.lastIndex = at;
      const found = pattern.exec(text);
      if (found && found[0].length > 0) {
        next = at + found[0].length;
        break;
      }
    }
    if (next === at) return starts;
    starts.push(next);
    at = next;
  }
  return starts;
}
