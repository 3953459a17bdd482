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

/** Null where the setter of the signature's value type takes the arguments, or the directive has a setter of its own. */
export function checkValue(directive: Directive, signature: Signature): Wrong | null {
  const [first, second] = directive.args;
  const name = directive.name.value;
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
      return checkNumber(first, RANGES[name], refuse);
    case 'size':
      if (isPlaceholder(first)) return null;
      if (!isSize(first.value, 'km')) return refuse(first, 'write a size such as 8192, 8k or 1m');
      // ngx_http_core_pool_size()
      return name === 'connection_pool_size' || name === 'request_pool_size' ? checkPoolSize(first, refuse) : null;
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

function checkPoolSize(word: Word, refuse: (word: Word, accepted: string) => Wrong): Wrong | null {
  const size = Number(word.value);
  if (!/^\d+$/.test(word.value) || (size >= 112 && size % 16 === 0)) return null;
  return refuse(word, 'write 112 or more, a multiple of 16');
}

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
  range: readonly [number, number] | undefined,
  refuse: (word: Word, accepted: string) => Wrong,
): Wrong | null {
  if (isPlaceholder(word)) return null;
  if (!/^\d{1,18}$/.test(word.value)) return refuse(word, 'write a whole number');
  if (!range) return null;
  const number = Number(word.value);
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

/** `60`, `1h 30m`, `500ms`: units from large to small, each at most once (ngx_parse_time()). */
export function isTime(value: string, seconds: boolean): boolean {
  const order = seconds ? ['y', 'M', 'w', 'd', 'h', 'm', 's'] : ['w', 'd', 'h', 'm', 's', 'ms'];
  const part = /(\d{0,18})(ms|[yMwdhms]| |$) */y;
  let step = -1;
  let digits = false;
  while (part.lastIndex < value.length) {
    const found = part.exec(value);
    if (!found || found[0] === '') return false;
    if (found[1] !== '') digits = true;
    const unit = found[2]!;
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
  return (units === 'km' ? /^\d{1,18}[km]?$/i : /^\d{1,18}[kmg]?$/i).test(value);
}

/** A value that envsubst or another template will fill in: `${WORKERS}`. */
export function isPlaceholder(word: Word): boolean {
  return word.template || /\$\{\{|\$\{[A-Z_][A-Z0-9_]*\}|^@[A-Z_][A-Z0-9_]*@$|^__[A-Z0-9_]+__$/.test(word.value);
}

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
