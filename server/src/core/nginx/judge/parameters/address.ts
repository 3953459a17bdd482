/** Addresses as ngx_parse_url(), ngx_parse_addr_port() and ngx_ptocidr() read them; nothing is looked up. */

export interface Url {
  readonly kind: 'unix' | 'tcp';
  readonly host: string;
  /** Null where none is written. */
  readonly port: number | null;
  /** From the first `/` or `?`; empty where there is none. */
  readonly uri: string;
}

export interface UrlOptions {
  /** Of a listening socket: a port alone, a range of ports, `*`. */
  readonly listen?: boolean;
  /** May a URI follow? */
  readonly uri?: boolean;
}

const NO_OPTIONS: UrlOptions = {};
// Not made anew for each of a thousand lines.
const UNIX = /^unix:/i;
const URI_START = /[/?]/;
const DIGITS = /^\d+$/;

/** A text instead of a Url says what is wrong. */
export function readUrl(text: string, options: UrlOptions = NO_OPTIONS): Url | string {
  if (UNIX.test(text)) return readUnix(text.slice(5), options);
  return text.startsWith('[') ? readInet6(text, options) : readInet(text, options);
}

function readUnix(rest: string, { uri }: UrlOptions): Url | string {
  const colon = uri ? rest.indexOf(':') : -1;
  const path = colon < 0 ? rest : rest.slice(0, colon);
  if (path === '') return 'the path of the socket is missing: write unix:/run/app.sock';
  if (path.length > 107) return 'the path of the socket is longer than 107 bytes';
  return { kind: 'unix', host: path, port: null, uri: colon < 0 ? '' : rest.slice(colon + 1) };
}

function readInet(text: string, options: UrlOptions): Url | string {
  const uriAt = text.search(URI_START);
  if (uriAt >= 0 && (options.listen || !options.uri)) return invalidHost(text);
  const authority = uriAt < 0 ? text : text.slice(0, uriAt);
  const uri = uriAt < 0 ? '' : text.slice(uriAt);
  const colon = authority.indexOf(':');
  if (colon < 0 && options.listen) {
    const [, low, high] = /^(\d+)(?:-(\d+))?$/.exec(authority) ?? [];
    if (low !== undefined) {
      const problem = portProblem(low, high);
      return problem ?? { kind: 'tcp', host: '*', port: Number(low), uri };
    }
  }
  const host = colon < 0 ? authority : authority.slice(0, colon);
  let port: number | null = null;
  if (colon >= 0) {
    const written = authority.slice(colon + 1);
    const dash = options.listen ? written.indexOf('-') : -1;
    const problem = dash < 0 ? portProblem(written) : portProblem(written.slice(0, dash), written.slice(dash + 1));
    if (problem) return problem;
    port = Number.parseInt(written, 10);
  }
  if (host === '') return 'the host is missing';
  return { kind: 'tcp', host, port, uri };
}

function readInet6(text: string, options: UrlOptions): Url | string {
  const close = text.indexOf(']');
  if (close < 0) return 'the "]" of the IPv6 address is missing';
  const uriAt = text.indexOf('/', close);
  if (uriAt >= 0 && (options.listen || !options.uri)) return invalidHost(text);
  const after = text.slice(close + 1, uriAt < 0 ? undefined : uriAt);
  let port: number | null = null;
  if (after !== '') {
    if (!after.startsWith(':')) return `a ":" and a port must follow the "]", not "${after}"`;
    const dash = options.listen ? after.indexOf('-') : -1;
    const problem = dash < 0 ? portProblem(after.slice(1)) : portProblem(after.slice(1, dash), after.slice(dash + 1));
    if (problem) return problem;
    port = Number.parseInt(after.slice(1), 10);
  }
  const host = text.slice(1, close);
  if (host === '') return 'the host is missing';
  if (!isIPv6(host)) return `"${host}" is no IPv6 address`;
  return { kind: 'tcp', host: `[${host}]`, port, uri: uriAt < 0 ? '' : text.slice(uriAt) };
}

function invalidHost(text: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return 'no scheme may stand before the host';
  if (text.startsWith('/')) return 'the path of a socket needs "unix:" before it';
  return 'no "/" or "?" may stand in it';
}

function portProblem(low: string, high?: string): string | null {
  if (high === undefined && isPort(low)) return null;
  for (const port of high === undefined ? [low] : [high, low]) {
    if (!isPort(port)) {
      return port === '' ? 'the port is missing' : `"${port}" is no port: write a number from 1 to 65535`;
    }
  }
  return high !== undefined && Number(low) > Number(high) ? `the ports "${low}-${high}" run backwards` : null;
}

function isPort(text: string): boolean {
  return DIGITS.test(text) && Number(text) >= 1 && Number(text) <= 65535;
}

/** Why no name server can know this host; null where one may. */
export function hostProblem(host: string): string | null {
  if (host.startsWith('[') || isIPv4(host) || host === '*') return null;
  const odd = /[\x00-\x2c/:-@[-^`{-~]/.exec(host);
  if (odd) {
    return odd[0] === '$' ? 'variables are not known when nginx starts' : `no host name holds "${odd[0]}"`;
  }
  if (host.startsWith('.') || host.includes('..')) return 'an empty name stands between its dots';
  return /^[\d.]+$/.test(host) && !isNumeric(host) ? `"${host}" is no IPv4 address` : null;
}

/** As the C library takes numbers for an address: `127.1` too. No name server knows a name of numbers alone. */
function isNumeric(host: string): boolean {
  const parts = host.split('.');
  const last = parts.pop()!;
  if (last === '' || parts.length > 3) return false;
  return parts.every((part) => Number(part) <= 255) && Number(last) < 256 ** (4 - parts.length);
}

/** Four numbers up to 255, as ngx_inet_addr() takes them: each may be empty. */
export function isIPv4(text: string): boolean {
  return /^\d*(?:\.\d*){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255);
}

export function isIPv6(text: string): boolean {
  let rest = text.startsWith(':') && !text.startsWith('::') ? text.slice(1) : text;
  let groups = 0;
  const tail = /:(\d+\.[\d.]+)$/.exec(rest);
  if (tail) {
    if (!isIPv4(tail[1]!)) return false;
    groups = 2;
    rest = rest.slice(0, tail.index + (rest[tail.index - 1] === ':' ? 1 : 0));
  }
  if (!/^[0-9a-f:]*$/i.test(rest)) return false;
  const halves = rest.split('::');
  if (halves.length > 2) return false;
  for (const half of halves) {
    if (half === '') continue;
    const parts = half.split(':');
    if (!parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return false;
    groups += parts.length;
  }
  return halves.length === 2 ? groups <= 8 : groups === 8;
}

/** `10.0.0.0/8`, `2001:db8::/32`, an address alone. */
export function isCidr(text: string): boolean {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const four = isIPv4(address);
  if (!four && !isIPv6(address)) return false;
  if (slash < 0) return true;
  const bits = text.slice(slash + 1);
  return /^\d+$/.test(bits) && Number(bits) <= (four ? 32 : 128);
}

/** An address of this host to connect from: `192.0.2.1`, with or without a port. */
export function isLocalAddress(text: string): boolean {
  if (isIPv4(text) || isIPv6(text)) return true;
  const [, six, four, port] = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(text) ?? [];
  if (port === undefined || Number(port) < 1 || Number(port) > 65535) return false;
  return six === undefined ? isIPv4(four!) || isIPv6(four!) : isIPv6(six) || isIPv4(six);
}
