/**
 * Where nginx looks for variables: which arguments of which directives it compiles, and how it reads names in them. Facts from
 * its sources: every caller of ngx_http_compile_complex_value(), ngx_http_script_compile() and ngx_http_get_variable_index(),
 * and of their twins in stream. mail knows no variables.
 */
import { type Context, signatures } from './catalogue';
import type { Directive, Word } from './tree';

export interface Use {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** `$name` and `${name}`, in places where `$1` … `$9` are captures. */
export function usesIn(word: Word, text: string): Use[] {
  return scan(word, text, false);
}

const NAME = /\$(?:\{(\w+)\}|(\w+))/g;

/** A log format knows no captures: `$1` is a variable of that name there. */
function scan(word: Word, text: string, isLog: boolean): Use[] {
  if (!word.value.includes('$') || word.template) return [];
  const uses: Use[] = [];
  for (const match of text.slice(word.start, word.end).matchAll(NAME)) {
    const name = match[1] ?? match[2]!;
    if (!isLog && match[2] !== undefined && /^[1-9]/.test(name)) continue;
    // "${NAME}" in capitals is filled in by envsubst before nginx reads the file.
    if (/[A-Z]/.test(name) && !/[a-z]/.test(name)) continue;
    const start = word.start + match.index;
    uses.push({ name: name.toLowerCase(), start, end: start + match[0].length });
  }
  return uses;
}

/** The whole word is the name, between what is left out before and behind it: `${host}` means a variable called `{host}` here. */
function whole(word: Word, before = 0, behind = 0): Use[] {
  const text = word.value.slice(before, word.value.length - behind);
  if (word.template || text.length < 2 || !text.startsWith('$')) return [];
  const name = text.slice(1);
  if (/[A-Z]/.test(name) && !/[a-z]/.test(name)) return [];
  const quote = word.quote ? 1 : 0;
  return [{ name: name.toLowerCase(), start: word.start + quote + before, end: word.end - quote - behind }];
}

type Pick = (args: readonly Word[]) => readonly Word[];

const ALL: Pick = (args) => args;
const FIRST: Pick = (args) => args.slice(0, 1);
const SECOND: Pick = (args) => args.slice(1, 2);
const LAST: Pick = (args) => args.slice(-1);
const REST: Pick = (args) => args.slice(1);
const NO_REGEX: Pick = (args) => (args[0]?.value.startsWith('~') ? args.slice(1) : args);

const LOG: Pick = (args) =>
  args.filter(({ value }, i) => (i === 0 && !value.startsWith('syslog:')) || value.startsWith('if='));

/** Directives whose setter compiles arguments, by name. The forms `complex`, `predicate` and `bind` of the catalogue come on top. */
const HTTP: Readonly<Record<string, Pick>> = {
  access_log: LOG,
  add_header: SECOND,
  add_trailer: SECOND,
  aio: FIRST,
  alias: FIRST,
  auth_basic: FIRST,
  auth_basic_user_file: FIRST,
  auth_request_set: SECOND,
  disable_symlinks: (args) => args.filter(({ value }) => value.startsWith('from=')),
  error_page: LAST,
  expires: LAST,
  fastcgi_cache: FIRST,
  fastcgi_cache_key: FIRST,
  fastcgi_pass: FIRST,
  fastcgi_store: FIRST,
  grpc_pass: FIRST,
  hash: FIRST,
  http2_push: FIRST,
  image_filter: REST,
  image_filter_jpeg_quality: FIRST,
  image_filter_sharpen: FIRST,
  image_filter_webp_quality: FIRST,
  index: ALL,
  limit_conn_zone: FIRST,
  limit_req_zone: FIRST,
  map: FIRST,
  proxy_cache: FIRST,
  proxy_cache_key: FIRST,
  proxy_cookie_domain: NO_REGEX,
  proxy_cookie_flags: NO_REGEX,
  proxy_cookie_path: NO_REGEX,
  proxy_pass: FIRST,
  proxy_redirect: NO_REGEX,
  proxy_store: FIRST,
  return: LAST,
  rewrite: SECOND,
  root: FIRST,
  scgi_cache: FIRST,
  scgi_cache_key: FIRST,
  scgi_pass: FIRST,
  scgi_store: FIRST,
  set: SECOND,
  split_clients: FIRST,
  sub_filter: ALL,
  try_files: ALL,
  tunnel_pass: FIRST,
  uwsgi_cache: FIRST,
  uwsgi_cache_key: FIRST,
  uwsgi_pass: FIRST,
  uwsgi_store: FIRST,
  xslt_param: SECOND,
  xslt_string_param: SECOND,
  xslt_stylesheet: REST,
};

const STREAM: Readonly<Record<string, Pick>> = {
  access_log: LOG,
  hash: FIRST,
  limit_conn_zone: FIRST,
  map: FIRST,
  pass: FIRST,
  proxy_bind: FIRST,
  proxy_pass: FIRST,
  return: FIRST,
  set: SECOND,
  split_clients: FIRST,
};

/** Of third-party modules: directives that use variables and define none. */
const FOREIGN: Readonly<Record<string, Pick>> = {
  echo: ALL,
  echo_before_body: ALL,
  echo_after_body: ALL,
  echo_duplicate: SECOND,
  echo_sleep: FIRST,
  more_clear_headers: REST,
  more_set_headers: ALL,
  more_set_input_headers: ALL,
};

/**
 * What nginx compiles while it merges blocks, not while it reads the line: what stands in `http` is read for each `server` that
 * sets none of its own, and for none when there is no `server`.
 */
const MERGED: Readonly<Record<string, Pick>> = {
  fastcgi_param: SECOND,
  grpc_set_header: SECOND,
  proxy_set_body: FIRST,
  proxy_set_header: SECOND,
  scgi_param: SECOND,
  ssl_certificate: FIRST,
  ssl_certificate_key: FIRST,
  uwsgi_param: SECOND,
};

/** Is the directive read only where blocks are merged? */
export function isMerged(name: string): boolean {
  return Object.hasOwn(MERGED, name);
}

/** Directives that use a variable without naming it. */
const SILENT: Readonly<Record<string, string>> = { memcached_pass: 'memcached_key' };

/** Directives that may use variables in other ways than `$name` in one of their arguments. */
export const ODD: readonly string[] = ['charset', 'source_charset', 'geo', 'if', 'log_format', ...Object.keys(SILENT)];

/** Does a directive of another module use variables and define none? */
export function onlyUses(name: string): boolean {
  return Object.hasOwn(FOREIGN, name);
}

/** The variables that nginx looks up for a directive; none where that is not certain. */
export function variableUses(directive: Directive, kind: 'http' | 'stream', context: Context, text: string): Use[] {
  const { args, name } = directive;
  const silent = own(SILENT, name.value);
  if (silent !== undefined && kind === 'http') {
    return [{ name: silent, start: name.start, end: name.end }, ...scanAll(args.slice(0, 1), text)];
  }
  switch (name.value) {
    case 'charset':
    case 'source_charset':
      return kind === 'http' && args[0] ? whole(args[0]) : [];
    case 'geo':
      return args.length > 1 ? whole(args[0]!) : [];
    case 'if':
      return conditionUses(args, text);
    case 'log_format':
      return args.slice(1).flatMap((word) => scan(word, text, true));
    default: {
      const pick =
        own(kind === 'http' ? HTTP : STREAM, name.value) ??
        own(MERGED, name.value) ??
        (kind === 'http' ? own(FOREIGN, name.value) : undefined) ??
        byForm(name.value, context);
      return pick ? scanAll(pick(args), text) : [];
    }
  }
}

function byForm(name: string, context: Context): Pick | undefined {
  switch (signatures(name).find(({ contexts }) => contexts.includes(context))?.value) {
    case 'complex':
    case 'complex-size':
    case 'bind':
      return FIRST;
    case 'predicate':
      return ALL;
    default:
      return undefined;
  }
}

/** `if ($a = $b)`: the first is a name and nothing else, the second a text, unless it is a regular expression. */
function conditionUses(args: readonly Word[], text: string): Use[] {
  const [first, operator, ...others] = args[0]?.value === '(' ? args.slice(1) : args;
  if (!first) return [];
  const before = first === args[0] ? 1 : 0;
  if (first.value[before] !== '$') return scanAll(args, text);
  const isLast = operator === undefined || operator.value === ')';
  const uses = whole(first, before, isLast && first.value.endsWith(')') ? 1 : 0);
  return operator && /^!?=$/.test(operator.value) ? [...uses, ...scanAll(others, text)] : uses;
}

function scanAll(words: readonly Word[], text: string): Use[] {
  return words.flatMap((word) => scan(word, text, false));
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
