/** What nginx directives mean: pass targets, upstream servers, times, names. Pure readings of single directives. */

import type { Span } from '../text/span';
import { byText } from './phrase';
import type { Directive, Word } from './tree';

/** Where a connection goes. `port` is null where the protocol's default or a group name decides. */
export type Address =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number | null };

/** Prefix of the directives that govern a pass: `proxy_read_timeout`, `fastcgi_read_timeout` … */
export type Family = 'proxy' | 'fastcgi' | 'uwsgi' | 'scgi' | 'grpc' | 'memcached';

export interface PassTarget {
  readonly family: Family;
  /** As in the error log's `upstream:` field: http, https, fastcgi, uwsgi, suwsgi, scgi, grpc, grpcs, memcached, tcp (stream). */
  readonly scheme: string;
  readonly tls: boolean;
  readonly address: Address;
  readonly uri: string | null;
  /** Characters of the address as it is written. */
  readonly length: number;
  /** Characters of the scheme, without `://`; null when it is not written. */
  readonly schemeLength: number | null;
  /** The target holds a variable or a template marker: what it is, only a request or a rendering tells. */
  readonly dynamic: boolean;
}

export const FAMILIES: readonly Family[] = ['proxy', 'fastcgi', 'uwsgi', 'scgi', 'grpc', 'memcached'];

const PASS: ReadonlyMap<string, { family: Family; scheme: string }> = new Map([
  ['proxy_pass', { family: 'proxy', scheme: 'tcp' }],
  ['fastcgi_pass', { family: 'fastcgi', scheme: 'fastcgi' }],
  ['uwsgi_pass', { family: 'uwsgi', scheme: 'uwsgi' }],
  ['scgi_pass', { family: 'scgi', scheme: 'scgi' }],
  ['grpc_pass', { family: 'grpc', scheme: 'grpc' }],
  ['memcached_pass', { family: 'memcached', scheme: 'memcached' }],
]);

const TLS_SCHEMES = new Set(['https', 'suwsgi', 'grpcs']);

export function isPass(name: string): boolean {
  return PASS.has(name);
}

/** The target of a `*_pass` directive, wherever that stands; null for any other directive and for one without an argument. */
export const passTarget = byText((directive): PassTarget | null => {
  const pass = PASS.get(directive.called);
  const value = directive.values[1];
  if (!pass || value === undefined) return null;
  const colon = value.indexOf('://');
  const written = colon > 0 ? value.slice(0, colon) : null;
  const scheme = written?.toLowerCase() ?? pass.scheme;
  const rest = written === null ? value : value.slice(colon + 3);
  const { address, length, uri } = splitAddress(rest, pass.family === 'proxy' && written !== null);
  return {
    family: pass.family,
    scheme,
    tls: TLS_SCHEMES.has(scheme),
    address,
    uri,
    length,
    schemeLength: written === null ? null : colon,
    dynamic: value.includes('$') || isTemplate(directive),
  };
});

/** Where the address of a pass stands in its file, without scheme and URI. */
export function addressSpan(pass: Directive, { schemeLength, length }: PassTarget): Span {
  const start = valueStart(pass.args[0]!) + (schemeLength === null ? 0 : schemeLength + 3);
  return { start, end: start + length };
}

/** Where its scheme stands, without `://`; null when it is not written. */
export function schemeSpan(pass: Directive, { schemeLength }: PassTarget): Span | null {
  if (schemeLength === null) return null;
  const start = valueStart(pass.args[0]!);
  return { start, end: start + schemeLength };
}

export interface UpstreamServer {
  readonly address: Address;
  /** Characters of the address as it is written. */
  readonly length: number;
  readonly dynamic: boolean;
  /** `down`, `backup`, `resolve` and the like. */
  readonly flags: ReadonlySet<string>;
  /** `max_fails=3` as `max_fails` → `3`. */
  readonly parameters: ReadonlyMap<string, string>;
}

const NO_FLAGS: ReadonlySet<string> = new Set();
const NO_PARAMETERS: ReadonlyMap<string, string> = new Map();

/** What a `server` line of an upstream block says, wherever it stands; null without an address. */
export const upstreamServer = byText((directive): UpstreamServer | null => {
  const { called, values } = directive;
  const written = values[1];
  if (called !== 'server' || written === undefined) return null;
  const { address, length } = splitAddress(written, false);
  const dynamic = written.includes('$') || isTemplate(directive);
  if (values.length === 2) return { address, length, dynamic, flags: NO_FLAGS, parameters: NO_PARAMETERS };
  const flags = new Set<string>();
  const parameters = new Map<string, string>();
  for (const value of values.slice(2)) {
    const equals = value.indexOf('=');
    if (equals < 0) flags.add(value);
    else parameters.set(value.slice(0, equals), value.slice(equals + 1));
  }
  return { address, length, dynamic, flags, parameters };
});

/** Where the address of such a line stands in its file. */
export function serverSpan(line: Directive, { length }: UpstreamServer): Span {
  const start = valueStart(line.args[0]!);
  return { start, end: start + length };
}

/** True when the word's value is known only at run time or after a template has been rendered. */
export function isDynamic(word: Word): boolean {
  return word.template || word.value.includes('$');
}

/** Is there a template's mark in the first argument? In a phrase there is none. */
function isTemplate(directive: Directive): boolean {
  return directive.phrase === null && directive.args[0]?.template === true;
}

/** How a `location` matches: its modifier and its path or regular expression. */
export interface LocationMatch {
  readonly modifier: '' | '=' | '^~' | '~' | '~*' | '@';
  readonly pattern: string;
}

/** Reads `location /x`, `location = /x`, `location ~ \.php$`, and the forms written without a space (`=/x`, `~\.php$`), as ngx_http_core_location() does. */
export const locationMatch = byText((directive): LocationMatch | null => {
  const [called, first, second] = directive.values;
  if (called !== 'location' || first === undefined) return null;
  if (second !== undefined) {
    if (first !== '=' && first !== '^~' && first !== '~' && first !== '~*') return null;
    return { modifier: first, pattern: second };
  }
  for (const modifier of ['=', '^~', '~*', '~'] as const) {
    if (first.startsWith(modifier)) return { modifier, pattern: first.slice(modifier.length) };
  }
  return { modifier: first.startsWith('@') ? '@' : '', pattern: first };
});

const TIME_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_592_000_000,
  y: 31_536_000_000,
};

/** Milliseconds of an nginx time such as `60`, `60s`, `1h 30m` or `500ms`; null when it is none. */
export function milliseconds(value: string): number | null {
  const part = /(\d+)(ms|[smhdwMy])? ?/y;
  let total = 0;
  while (part.lastIndex < value.length) {
    const found = part.exec(value);
    if (!found) return null;
    total += Number(found[1]) * TIME_UNITS[found[2] ?? 's']!;
  }
  return value === '' ? null : total;
}

/** Offset at which the value of a word starts, behind its quote. */
function valueStart(word: Word): number {
  return word.quote ? word.start + 1 : word.start;
}

/** Splits `unix:/path[:uri]` or `host[:port][/uri]`; `length` counts the characters of the address. */
function splitAddress(text: string, hasUri: boolean): { address: Address; length: number; uri: string | null } {
  if (text.length >= 5 && text[4] === ':' && text.slice(0, 5).toLowerCase() === 'unix:') {
    const colon = hasUri ? text.indexOf(':', 5) : -1;
    const end = colon < 0 ? text.length : colon;
    return {
      address: { kind: 'unix', path: text.slice(5, end) },
      length: end,
      uri: colon < 0 ? null : text.slice(colon + 1) || null,
    };
  }
  let end = text.length;
  if (hasUri) {
    const uriAt = text.search(URI_START);
    if (uriAt >= 0) end = uriAt;
  }
  const authority = end < text.length ? text.slice(0, end) : text;
  const colon = portColon(authority);
  return {
    address: {
      kind: 'tcp',
      host: colon < 0 ? authority : authority.slice(0, colon),
      port: colon < 0 ? null : Number(authority.slice(colon + 1)),
    },
    length: end,
    uri: end < text.length ? text.slice(end) : null,
  };
}

const URI_START = /[/?#]/;
const DIGITS = /^\d+$/;

/** Where the `:` of `host:8080` or `[::1]:8080` stands; -1 where there is no port, or not only one. */
function portColon(authority: string): number {
  const bracket = authority[0] === '[' ? authority.indexOf(']') : -1;
  const colon = bracket < 0 ? authority.indexOf(':') : bracket + 1;
  return colon >= 0 && authority[colon] === ':' && DIGITS.test(authority.slice(colon + 1)) ? colon : -1;
}
