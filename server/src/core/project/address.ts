/** Do a connecting and a listening address meet? The names of nginx and php-fpm for the same place, made comparable. */
import type { Address } from '../nginx/model';
import { type ListenAddress, listensEverywhere } from '../php-fpm/address';

/** `/var/run` is a link to `/run` on every current Linux, so both spell one socket. */
export function socketPath(path: string): string {
  const clean = path.replace(/\/{2,}/g, '/');
  return clean.startsWith('/var/run/') ? clean.slice(4) : clean;
}

/** An address as nginx writes it in its log and configuration: `127.0.0.1:9000`, `unix:/run/php.sock`. */
export function spell(address: Address | ListenAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  if (address.kind === 'unknown') return '?';
  const host = address.host ?? '127.0.0.1';
  if (address.port === null) return host;
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${address.port}` : `${host}:${address.port}`;
}

/** True when something that listens on `listen` answers a connection to `connect` made on the same host. */
export function meets(connect: Address, listen: ListenAddress): boolean {
  if (connect.kind === 'unix') return listen.kind === 'unix' && socketPath(listen.path) === socketPath(connect.path);
  if (listen.kind !== 'tcp' || listen.port !== connect.port) return false;
  if (listensEverywhere(listen)) return true;
  const from = bare(connect.host);
  // php-fpm hands "*" to getaddrinfo(), which takes it for the loopback address.
  const to = listen.host === '*' ? 'localhost' : bare(listen.host ?? '');
  if (from === to) return true;
  // "localhost" tries ::1 and 127.0.0.1, whichever listens.
  return (from === 'localhost' && isLoopbackHost(to)) || (to === 'localhost' && isLoopbackHost(from));
}

/** True for an address that can only be on the host (or in the container) where nginx runs. */
export function isLocal(address: Address): boolean {
  return address.kind === 'unix' || isLoopback(address);
}

/** A TCP address that never leaves the host. */
export function isLoopback(address: Address): boolean {
  return address.kind === 'tcp' && isLoopbackHost(bare(address.host));
}

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function bare(host: string): string {
  return (host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host).toLowerCase();
}
