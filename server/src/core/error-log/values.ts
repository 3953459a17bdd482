/** Reads the two field values that have parts of their own: `upstream` and `request`. */

export interface Upstream {
  /** `http`, `https`, `fastcgi`, `uwsgi`, `suwsgi`, `scgi`, `grpc`, `grpcs`, `memcached`; null for stream and mail. */
  readonly scheme: string | null;
  /** `host:port`, the name of an upstream group, or `unix:/path`: as a configuration would write it. */
  readonly address: string;
  /** Host without brackets; null for a unix socket. */
  readonly host: string | null;
  readonly port: number | null;
  /** Path of the unix socket. */
  readonly socket: string | null;
  /** What nginx asks the upstream for; null when the protocol has none in the log (FastCGI, uwsgi, stream). */
  readonly uri: string | null;
}

/**
 * ngx_http_log_error_handler() writes schema, peer name, `:` for a unix socket, URI without separators; the stream module
 * writes the peer name alone. A name without a port is an upstream group (`no live upstreams`).
 */
export function parseUpstream(upstream: string): Upstream | null {
  const colons = upstream.indexOf('://');
  const hasScheme = colons > 0 && /^[a-z][a-z0-9+.-]*$/.test(upstream.slice(0, Math.min(colons, 32)));
  const scheme = hasScheme ? upstream.slice(0, colons) : null;
  const rest = hasScheme ? upstream.slice(colons + 3) : upstream;
  if (rest.startsWith('unix:')) return unixUpstream(scheme, rest);
  const slash = rest.search(/[/?]/);
  const address = slash < 0 ? rest : rest.slice(0, slash);
  const uri = slash < 0 ? null : rest.slice(slash);
  if (address === '' || /[\s"]/.test(address) || (scheme === null && uri !== null)) return null;
  const parts = hostAndPort(address);
  return parts && { scheme, address, ...parts, socket: null, uri };
}

/** The `:` that ends a socket path stands before the URI or at the end; a path may contain others. */
function unixUpstream(scheme: string | null, rest: string): Upstream | null {
  const slash = rest.indexOf(':/', 6);
  const end = slash >= 0 ? slash : rest.length > 5 && rest.endsWith(':') ? rest.length - 1 : rest.length;
  const socket = rest.slice(5, end);
  if (socket === '') return null;
  const uri = slash >= 0 ? rest.slice(slash + 1) : null;
  return { scheme, address: `unix:${socket}`, host: null, port: null, socket, uri };
}

function hostAndPort(address: string): { host: string; port: number | null } | null {
  const bracket = address.startsWith('[') ? address.indexOf(']') : 0;
  if (bracket < 0) return null;
  const colon = address.indexOf(':', bracket);
  const host = address.slice(bracket > 0 ? 1 : 0, bracket > 0 ? bracket : colon < 0 ? address.length : colon);
  if (host === '' || (bracket > 0 && colon !== bracket + 1 && address.length > bracket + 1)) return null;
  if (colon < 0) return { host, port: null };
  const port = address.slice(colon + 1);
  return /^\d{1,5}$/.test(port) ? { host, port: Number(port) } : null;
}

export interface Request {
  readonly method: string;
  /** As the client sent it, with the query. */
  readonly target: string;
  /** The target without scheme, authority and query; `*` and `host:port` (CONNECT) stay as they are. */
  readonly path: string;
  /** `HTTP/1.1`; null for HTTP/0.9 and for a line that was cut. */
  readonly protocol: string | null;
}

/** The parts of a request line, or null when it is none (a TLS hello on a plain port, say). */
export function parseRequest(request: string): Request | null {
  const space = request.indexOf(' ');
  if (space <= 0 || space > 64) return null;
  const method = request.slice(0, space);
  if (!/^[A-Z_-]+$/.test(method)) return null; // as ngx_http_parse_request_line() does
  const last = request.lastIndexOf(' ');
  const hasProtocol = last > space && /^HTTP\/\d+\.\d+$/.test(request.slice(last + 1, last + 20));
  const protocol = hasProtocol ? request.slice(last + 1) : null;
  const target = request.slice(space + 1, hasProtocol ? last : request.length);
  if (target === '') return null;
  return { method, target, path: pathOf(target), protocol };
}

function pathOf(target: string): string {
  let start = 0;
  if (!target.startsWith('/')) {
    const scheme = target.indexOf('://');
    if (scheme > 0 && /^[A-Za-z][A-Za-z0-9+.-]*$/.test(target.slice(0, Math.min(scheme, 32)))) {
      const authority = target.slice(scheme + 3).search(/[/?#]/);
      if (authority < 0) return '/';
      start = scheme + 3 + authority;
      if (target[start] !== '/') return '/';
    }
  }
  const end = target.slice(start).search(/[?#]/);
  return end < 0 ? target.slice(start) : target.slice(start, start + end);
}
