/** Addresses of pools: taken twice, impossible, or set by one file and set anew by another. */
import { parseListen } from '../address';
import type { FpmInstance, Pool, Value } from '../model';
import { isSaid } from './pool';

export interface Listen {
  readonly pool: string;
  readonly value: Value;
}

export interface Clash {
  readonly first: Listen;
  readonly again: Listen;
  /** `php-fpm -t` sees it; otherwise it comes out when the second one is bound. */
  readonly seen: boolean;
}

/** Two pools, or a pool and the address of a status page, on one address. */
export function clashes(instance: FpmInstance): Clash[] {
  const found: Clash[] = [];
  const byText = new Map<string, Listen>();
  const byPort = new Map<number, Bound[]>();
  // Status pages get pools of their own, behind all others.
  for (const listen of [...listens(instance, 'listen'), ...listens(instance, 'pm.status_listen')]) {
    const { value } = listen.value;
    const key = value.startsWith('/') || value.includes(':') ? value : `${listen.prefix}/${value}`;
    const same = byText.get(key);
    if (same) {
      found.push({ first: same, again: listen, seen: true });
      continue;
    }
    byText.set(key, listen);
    const address = parseListen(value);
    if (address.kind !== 'tcp') continue;
    const host = address.host === 'localhost' || address.host === '*' ? '127.0.0.1' : address.host;
    const others = byPort.get(address.port) ?? [];
    const other = others.find((one) => overlap(one.host, host));
    if (other) found.push({ first: other.listen, again: listen, seen: false });
    else if (others.length < MOST_HOSTS) byPort.set(address.port, [...others, { host, listen }]);
  }
  return found;
}

interface Bound {
  readonly host: string | null;
  readonly listen: Listen;
}

/** Enough for any machine's addresses; keeps the work in proportion to the file. */
const MOST_HOSTS = 32;

function* listens({ pools }: FpmInstance, key: string): Generator<Listen & { readonly prefix: string }> {
  for (const pool of pools) {
    const value = pool.get(key);
    if (!value || !isSaid(value) || value.value === '') continue;
    const own = key === 'listen' ? pool.get('prefix') : undefined;
    if (own && !isSaid(own)) continue;
    yield { pool: key === 'listen' ? pool.name : `${pool.name}_status`, value, prefix: own?.value ?? '' };
  }
}

function overlap(a: string | null, b: string | null): boolean {
  const isAll = (host: string | null): boolean => host === null || host === '::';
  if (isAll(a) || isAll(b) || a === b) return true;
  const isV6 = (host: string): boolean => host.includes(':');
  return (a === '0.0.0.0' && !isV6(b!)) || (b === '0.0.0.0' && !isV6(a!));
}

/** Why nothing can listen there, although `php-fpm -t` lets it pass; null where it can. */
export function impossible(value: string): string | null {
  if (/^unix:/i.test(value)) return `php-fpm takes a path alone, without "unix:", which is how nginx writes it`;
  const colon = value.lastIndexOf(':');
  if (colon >= 0 || /^\d+$/.test(value)) {
    const port = value.slice(colon + 1).trim();
    const number = /^\d{1,9}$/.test(port) ? Number(port) : 0;
    return number >= 1 && number <= 65_535 ? null : `"${port}" is no port from 1 to 65535`;
  }
  // Neither a path nor an ending tells that a socket is meant.
  return /^[\w-]+(?:\.[\w-]+){0,6}$/.test(value) && !/\.(?:sock|socket)$|sock/i.test(value)
    ? `without a port or a "/" it is the name of a socket in the folder that php-fpm starts paths from`
    : null;
}

export interface Overridden {
  readonly early: Value;
  readonly late: Value;
  /** Both places look like pools of their own, which have got one name. */
  readonly merged: boolean;
}

/** `listen` of a pool that a later section of the same name sets to something else. */
export function overridden(pool: Pool): Overridden[] {
  const all = pool.values.filter(({ setting }) => setting.sub === null && setting.key.toLowerCase() === 'listen');
  const late = all[all.length - 1];
  if (!late || !isSaid(late)) return [];
  return all.slice(0, -1).flatMap((early) => {
    if (early.file === late.file || !isSaid(early) || sameTarget(early.value, late.value)) return [];
    return [{ early, late, merged: isOfItsOwn(pool, early.file) && isOfItsOwn(pool, late.file) }];
  });
}

function isOfItsOwn(pool: Pool, file: string): boolean {
  const keys = new Set(pool.values.flatMap((value) => (value.file === file ? [value.setting.key.toLowerCase()] : [])));
  return keys.has('user') && keys.has('pm');
}

function sameTarget(a: string, b: string): boolean {
  const [one, other] = [parseListen(a), parseListen(b)];
  return a === b || (one.kind === 'tcp' && other.kind === 'tcp' && one.port === other.port);
}
