/** The values that nginx's generic setters accept (ngx_conf_file.c, ngx_parse.c, ngx_string.c). */
import type { Span } from '../../text/span';
import { closest } from '../../text/spelling';
import type { Signature } from '../catalogue';
import type { Directive, Word } from '../tree';

export interface Wrong {
  readonly span: Span;
  readonly message: string;
  readonly fix?: { readonly title: string; readonly span: Span; readonly newText: string };
}

/** Null where the setter of the signature's value type takes the arguments, or the directive has a setter of its own (no type). */
export function checkValue(directive: Directive, signature: Signature): Wrong | null {
  const [first, second] = directive.args;
  const name = directive.called;
  if (!first) return null;
  const refuse = (word: Word, accepted: string): Wrong => ({
    span: word,
    message: `"${shown(word.value)}" is no value for "${name}": ${accepted}.`,
  });
  switch (signature.value) {
    case 'flag':
      return /^(?:on|off)$/i.test(first.value) || isPlaceholder(first)
        ? null
        : withSpelling(refuse(first, 'write on or off'), first, ['on', 'off']);
    case 'number':
      return checkNumber(first, name, RANGES[name], refuse);
    case 'size':
      if (isPlaceholder(first)) return null;
      if (!isSize(first.value, 'km')) return refuse(first, 'write a size such as 8192, 8k or 1m');
      return Object.hasOwn(SIZES, name) && !SIZES[name]!.accepts(bytesOf(first.value))
        ? refuse(first, SIZES[name]!.form)
        : null;
    case 'offset':
      return isSize(first.value, 'kmg') || isPlaceholder(first)
        ? null
        : refuse(first, 'write a size such as 8192, 8k, 1m or 1g');
    case 'msec':
      return isTime(first.value, false) || isPlaceholder(first)
        ? null
        : refuse(first, 'write a time such as 60s, 2m or 500ms');
    case 'sec':
      return isTime(first.value, true) || isPlaceholder(first)
        ? null
        : refuse(first, 'write a time in seconds or more, such as 60s, 2m or 1h');
    case 'bufs': {
      if (!/^0*[1-9]\d*$/.test(first.value) && !isPlaceholder(first))
        return refuse(first, 'write the number of buffers, then the size of each, such as 8 16k');
      if (second && (!isSize(second.value, 'km') || /^0+[km]?$/i.test(second.value)) && !isPlaceholder(second)) {
        return refuse(second, 'write the number of buffers, then the size of each, such as 8 16k');
      }
      return null;
    }
    case 'enum':
    case 'bitmask':
      return checkWords(directive, signature, refuse);
    default:
      return null;
  }
}

interface Sizes {
  accepts(bytes: number): boolean;
  readonly form: string;
}

const POOL: Sizes = {
  accepts: (bytes) => bytes >= 112 && bytes % 16 === 0,
  form: 'write 112 or more, a multiple of 16',
};

const isPower = (value: number): boolean => Number.isInteger(Math.log2(value));

/** What the directives of a size check besides its form. */
const SIZES: Readonly<Record<string, Sizes>> = {
  connection_pool_size: POOL,
  request_pool_size: POOL,
  http2_pool_size: POOL,
  gzip_hash: {
    accepts: (bytes) => isPower(bytes) && bytes >= 512 && bytes <= 131_072,
    form: 'write 512, 1k, 2k, 4k, 8k, 16k, 32k, 64k or 128k',
  },
  gzip_window: {
    accepts: (bytes) => isPower(bytes) && bytes >= 512 && bytes <= 32_768,
    form: 'write 512, 1k, 2k, 4k, 8k, 16k or 32k',
  },
  http2_body_preread_size: { accepts: (bytes) => bytes < 2 ** 31, form: 'write 2147483647 or less' },
  http2_chunk_size: { accepts: (bytes) => bytes > 0, form: 'write a size above 0, such as 8k' },
  http2_recv_buffer_size: { accepts: (bytes) => bytes > 32, form: 'write more than 32 bytes, such as 256k' },
};

/** ngx_conf_check_num_bounds() of the directives that have it. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  gzip_comp_level: [1, 9],
  limit_conn_status: [400, 599],
  limit_req_status: [400, 599],
  uwsgi_modifier1: [0, 255],
  uwsgi_modifier2: [0, 255],
};

function checkNumber(
  word: Word,
  name: string,
  range: readonly [number, number] | undefined,
  refuse: (word: Word, accepted: string) => Wrong,
): Wrong | null {
  if (isPlaceholder(word)) return null;
  const number = Number(word.value);
  if (!/^\d+$/.test(word.value) || number > LARGEST) return refuse(word, 'write a whole number');
  if (name === 'http2_streams_index_size' && !isPower(number)) return refuse(word, 'write a power of two, such as 32');
  if (!range) return null;
  return range[0] <= number && number <= range[1]
    ? null
    : refuse(word, `write a number from ${range[0]} to ${range[1]}`);
}

function checkWords(
  directive: Directive,
  { words, value }: Signature,
  refuse: (word: Word, accepted: string) => Wrong,
): Wrong | null {
  if (words.length === 0) return null;
  for (const word of value === 'enum' ? directive.args.slice(0, 1) : directive.args) {
    if (isPlaceholder(word) || words.some((accepted) => accepted.toLowerCase() === word.value.toLowerCase())) continue;
    return withSpelling(refuse(word, `write ${list(words)}`), word, words);
  }
  return null;
}

/** The largest number of nginx, in all its types on machines with 64 bits. */
export const LARGEST = 2 ** 63;

const SECONDS: Readonly<Record<string, number>> = {
  y: 31_536_000,
  M: 2_592_000,
  w: 604_800,
  d: 86_400,
  h: 3600,
  m: 60,
  s: 1,
  ms: 0.001,
};

/** `60`, `1h 30m`, `500ms`: units from large to small, each at most once (ngx_parse_time()). */
export function isTime(value: string, seconds: boolean): boolean {
  const order = seconds ? ['y', 'M', 'w', 'd', 'h', 'm', 's'] : ['w', 'd', 'h', 'm', 's', 'ms'];
  const part = /(\d*)(ms|[yMwdhms]| |$) */y;
  let step = -1;
  let digits = false;
  let total = 0;
  while (part.lastIndex < value.length) {
    const found = part.exec(value);
    if (!found || found[0] === '') return false;
    if (found[1] !== '') digits = true;
    const unit = found[2]!;
    total += Number(found[1]) * (SECONDS[unit] ?? 1);
    if (total * (seconds ? 1 : 1000) > LARGEST) return false;
    if (unit === '') return digits;
    // A number before a blank counts seconds, and is the last that does.
    const index = order.indexOf(unit === ' ' ? 's' : unit);
    if (index <= step || index < 0) return false;
    step = unit === ' ' ? order.length : index;
  }
  return digits;
}

/** `8192`, `8k`, `1m`, without a sign or a blank (ngx_parse_size(), ngx_parse_offset()). */
export function isSize(value: string, units: 'km' | 'kmg'): boolean {
  return (units === 'km' ? /^\d+[km]?$/i : /^\d+[kmg]?$/i).test(value) && bytesOf(value) <= LARGEST;
}

/** Bytes of a size such as `8k`. */
export function bytesOf(size: string): number {
  const unit = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[size.slice(-1).toLowerCase()] ?? 1;
  return Number.parseInt(size, 10) * unit;
}

/** Of envsubst, shells and Terraform (`${server.ip}`), configure, YunoHost (`__PORT__`), Python (`%(port)s`), hosting panels (`%ip%`, not the `%c3%` of an encoded path), `[[PORT]]`. */
const PLACEHOLDER =
  /\$\{\{|\$\$\{|\$\{[A-Z_][A-Z0-9_]*\}|\$\{\w+[.[(][^}]{0,200}\}|^\$\{\w+\}[a-z]?$|^@[A-Z_][A-Z0-9_]*@$|(?<![?P])<[A-Z][A-Z0-9_]+>|__[A-Z][A-Z0-9_]*__|%\(\w+\)[sd]|%(?![0-9a-fA-F]{2}%)[A-Za-z]\w+%|\[\[[.\w]+\]\]/;

/** A value that envsubst or another template will fill in: `${WORKERS}`. */
export function isPlaceholder(word: Word): boolean {
  return word.template || (MARKED.test(word.value) && PLACEHOLDER.test(word.value));
}

/** Most values have nothing that a placeholder could begin with, and are done with here. */
const MARKED = /[$@<%[]|__/;

function withSpelling(wrong: Wrong, word: Word, words: readonly string[]): Wrong {
  const meant = closest(word.value, words);
  return meant === null
    ? wrong
    : { ...wrong, fix: { title: `Write ${meant}`, span: { start: word.start, end: word.end }, newText: meant } };
}

function list(words: readonly string[]): string {
  const shownWords = words.length > 14 ? [...words.slice(0, 14), '…'] : words;
  return shownWords.length < 2
    ? shownWords.join('')
    : `${shownWords.slice(0, -1).join(', ')} or ${shownWords[shownWords.length - 1]}`;
}

function shown(value: string): string {
  return value.length > 60 ? `${value.slice(0, 59)}…` : value;
}
