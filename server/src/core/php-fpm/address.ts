/** The address behind a pool's `listen`, as php-fpm's fpm_sockets.c takes it apart. */

export type ListenAddress =
  /** The path as written; a relative one (`php.sock`, but also `localhost`) starts from the pool's or php-fpm's prefix. */
  | { readonly kind: 'unix'; readonly path: string }
  /**
   * `host` is null for a bare port: all addresses, IPv4 and IPv6. Otherwise it is as written, without brackets: `0.0.0.0`
   * (all IPv4 addresses), `::` (all addresses), a name, or `*`, which glibc reads as the loopback address only.
   */
  | { readonly kind: 'tcp'; readonly host: string | null; readonly port: number }
  /** Nothing php-fpm can listen on (`unix:/run/x.sock`, port 0), or not known from the file (`${NAME}`, a template). */
  | { readonly kind: 'unknown' };

const UNKNOWN: ListenAddress = { kind: 'unknown' };

export function parseListen(value: string): ListenAddress {
  if (value === '' || /\$\{|\{\{|\{%|<%/.test(value)) return UNKNOWN;
  const colon = value.lastIndexOf(':');
  if (colon < 0) return /^\d+$/.test(value) ? tcp(null, value) : { kind: 'unix', path: value };
  const host = value.slice(0, colon);
  const bare = /^\[.*\]$/.test(host) ? host.slice(1, -1) : host;
  return bare === '' || bare.includes('/') ? UNKNOWN : tcp(bare, value.slice(colon + 1).trimStart());
}

/** True when the address takes connections for any address of the machine, at least over IPv4. */
export function listensEverywhere(address: ListenAddress): boolean {
  return address.kind === 'tcp' && (address.host === null || address.host === '0.0.0.0' || address.host === '::');
}

function tcp(host: string | null, digits: string): ListenAddress {
  const port = /^\d{1,20}$/.test(digits) ? Number(digits) : 0;
  return port >= 1 && port <= 65535 ? { kind: 'tcp', host, port } : UNKNOWN;
}
