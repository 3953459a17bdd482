/** The variables of nginx: which there are, where they are used, and what defines them. */
import { type Context, isDataBlock, signatures } from './catalogue';
import { type Directive, type Word, walk } from './tree';
import { names, prefixes } from './variables.generated';

const NAMES = { http: new Set(names.http.split(' ')), stream: new Set(names.stream.split(' ')) };
const PREFIXES = { http: prefixes.http.split(' '), stream: prefixes.stream.split(' ') };

/** Is it a variable of stock nginx, of any version known? */
export function isBuiltIn(kind: 'http' | 'stream', name: string): boolean {
  return NAMES[kind].has(name) || PREFIXES[kind].some((prefix) => name.startsWith(prefix));
}

export function builtInNames(kind: 'http' | 'stream'): Iterable<string> {
  return NAMES[kind];
}

/** What well-known modules and builds define beside their directives: NGINX Plus, Angie, Tengine, echo, VTS, brotli … */
const FOREIGN =
  /^(?:acme_|angie_|ascii_|auth_|base64_|brotli_|dyn_|dyups_|echo_|encrypted_|geoip2_|ja[34]|jwt_|lua_|memc_|modsecurity|naxsi_|nchan_|ngx_|oidc_|opentelemetry_|opentracing_|otel_|p8s_|pagespeed|parent_|passenger_|pg_|pool_|rds_|redis|rtmp_|session_|slowfs|sorted_|spnego|srcache_|sticky|trace|upload_|vhost_traffic|vts_|waf_|xss_|zstd_)|^(?:year|month|day|hour|minute|second|unix_time|dollar|host_comment|no_referer|empty|protocol|quic|server_ssl|unsecure)$/;

/** Beginnings that stock nginx and other modules share: there a name that is spelt like none of nginx's may be theirs. */
const SHARED = /^(?:connections_|cookie_|date_|geoip_|gzip_|http3?_|mirror_|request_body|ssl_|tcpinfo_|uid_|upstream_)/;

/** Is it a variable of a well-known module that stock nginx does not have? */
export function isForeign(name: string): boolean {
  return FOREIGN.test(name);
}

/** May it be one, where it is no slip of the pen? */
export function isLikelyForeign(name: string): boolean {
  return SHARED.test(name);
}

export interface Use {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The variables in a word, with their places in the text; captures such as `$1` are left out. */
export function usesIn(word: Word, text: string): Use[] {
  if (!word.value.includes('$') || word.template) return [];
  const uses: Use[] = [];
  const written = text.slice(word.start, word.end);
  for (const match of written.matchAll(/(\\?)\$(?:\{(\w+)\}|(\w+))/g)) {
    const name = match[2] ?? match[3]!;
    // "${NAME}" in capitals is filled in by envsubst before nginx reads the file.
    if (match[1] || /^[1-9]/.test(name) || !/[a-z]/.test(name)) continue;
    const start = word.start + match.index;
    uses.push({ name: name.toLowerCase(), start, end: start + match[0].length });
  }
  return uses;
}

const VARIABLE = /\$\{?(\w+)/g;
const CAPTURE = /\(\?P?[<']([A-Za-z_]\w*)[>']/g;

/** Directives of stock nginx that define the variable in the argument at this index. */
const DEFINES: Readonly<Record<string, number>> = {
  set: 0,
  auth_request_set: 0,
  perl_set: 0,
  map: 1,
  split_clients: 1,
};

/** Every variable that a file may define. Directives unknown to stock nginx count as defining all that they name. */
export function definedIn(text: string, items: readonly Directive[]): Set<string> {
  const found = new Set<string>();
  for (const [, name] of text.matchAll(CAPTURE)) found.add(name!.toLowerCase());
  const addFrom = (value: string): void => {
    for (const [, name] of value.matchAll(VARIABLE)) found.add(name!.toLowerCase());
  };
  for (const { name, args, parent } of walk(items)) {
    // The lines of a `map` are no directives, known or unknown.
    if (parent && isDataBlock(parent.name.value)) continue;
    const index = Object.hasOwn(DEFINES, name.value) ? DEFINES[name.value] : undefined;
    if (index !== undefined) {
      if (args[index]) addFrom(args[index].value);
    } else if (name.value === 'geo') {
      if (args.length > 0) addFrom(args[args.length - 1]!.value);
    } else if (signatures(name.value).length === 0) {
      if (name.value.startsWith('$')) addFrom(name.value);
      for (const { value } of args) if (value.includes('$')) addFrom(value);
    }
  }
  return found;
}

const ALL = (args: readonly Word[]): readonly Word[] => args;
const FIRST = (args: readonly Word[]): readonly Word[] => args.slice(0, 1);
const SECOND = (args: readonly Word[]): readonly Word[] => args.slice(1, 2);
const LAST = (args: readonly Word[]): readonly Word[] => args.slice(-1);
const REST = (args: readonly Word[]): readonly Word[] => args.slice(1);
const NO_REGEX = (args: readonly Word[]): readonly Word[] => args.filter(({ value }) => !value.startsWith('~'));

type Pick = (args: readonly Word[]) => readonly Word[];

/** The arguments that setters of their own compile, tried with the real nginx. */
const HTTP: Readonly<Record<string, Pick>> = {
  access_log: (args) =>
    args.filter(({ value }, i) => (i === 0 && !value.startsWith('syslog:')) || value.startsWith('if=')),
  add_header: SECOND,
  add_trailer: SECOND,
  alias: FIRST,
  auth_basic: FIRST,
  auth_basic_user_file: FIRST,
  auth_request_set: SECOND,
  error_page: LAST,
  expires: LAST,
  fastcgi_cache: FIRST,
  fastcgi_cache_key: FIRST,
  fastcgi_pass: FIRST,
  geo: (args) => (args.length > 1 ? args.slice(0, 1) : []),
  grpc_pass: FIRST,
  hash: FIRST,
  if: (args) => conditionWords(args),
  index: ALL,
  limit_conn_zone: FIRST,
  limit_req_zone: FIRST,
  log_format: REST,
  map: FIRST,
  proxy_cache: FIRST,
  proxy_cache_key: FIRST,
  proxy_cookie_domain: NO_REGEX,
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
  set: SECOND,
  split_clients: FIRST,
  sub_filter: ALL,
  try_files: ALL,
  uwsgi_cache: FIRST,
  uwsgi_cache_key: FIRST,
  uwsgi_pass: FIRST,
};

const STREAM: Readonly<Record<string, Pick>> = {
  access_log: HTTP.access_log!,
  hash: FIRST,
  limit_conn_zone: FIRST,
  log_format: REST,
  map: FIRST,
  proxy_pass: FIRST,
  return: FIRST,
  set: SECOND,
  split_clients: FIRST,
};

/** nginx looks at these while it merges blocks: in `http` alone they can stay unread. */
const MERGED = /^(?:proxy|grpc)_set_header$|^(?:fastcgi|uwsgi|scgi)_param$/;

/** The arguments of a directive in which nginx looks for variables when it reads the configuration; none where that is not certain. */
export function evaluated(directive: Directive, kind: 'http' | 'stream', context: Context): readonly Word[] {
  const name = directive.name.value;
  const table = kind === 'http' ? HTTP : STREAM;
  const pick = Object.hasOwn(table, name) ? table[name] : undefined;
  if (pick) return pick(directive.args);
  if (kind === 'http' && MERGED.test(name))
    return context === 'location' || context === 'server' ? SECOND(directive.args) : [];
  const signature = signatures(name).find(({ contexts }) => contexts.includes(context));
  switch (signature?.value) {
    case 'complex':
    case 'complex-size':
      return FIRST(directive.args);
    case 'predicate':
      return directive.args;
    default:
      return [];
  }
}

/** `if ($a = $b)`: the variable and what it is compared with, unless that is a regular expression. */
function conditionWords(args: readonly Word[]): readonly Word[] {
  const operator = args.findIndex(({ value }) => /^!?~\*?$/.test(value));
  return operator < 0 ? args : args.slice(0, operator);
}
