/** Lenses on an open log: one for each incident where it begins, and again where it comes back. */
import type { Entry } from '../core/index';

/** Entries about other things, after which the same incident is a new one. */
const GAP = 50;
/** More are no help to the eye. */
const MOST = 500;

export interface Lens {
  readonly entry: Entry;
  readonly text: string;
}

interface Incident {
  readonly entry: Entry;
  readonly name: string;
  readonly status: number | null;
  count: number;
  last: number;
}

/** `causeOf` gives null where the entry is about nothing. `peer`: the address, without what was asked of it. `isCut`: the log goes on. */
export function lenses(
  list: readonly Entry[],
  causeOf: (entry: Entry) => { readonly id: string; readonly status: readonly number[] } | null,
  peer: (entry: Entry) => string | null,
  isCut: boolean,
): Lens[] {
  const open = new Map<string, Incident>();
  const all: Incident[] = [];
  list.forEach((entry, at) => {
    const cause = causeOf(entry);
    if (!cause) return;
    const address = peer(entry);
    const key = `${cause.id} ${address}`;
    const before = open.get(key);
    if (before && at - before.last <= GAP) {
      before.count++;
      before.last = at;
      return;
    }
    const name = [causeWords(cause.id), address].filter((each) => each !== null).join(' · ');
    const incident = { entry, name, status: cause.status[0] ?? null, count: 1, last: at };
    open.set(key, incident);
    if (all.length < MOST) all.push(incident);
  });
  return all.map(({ entry, name, status, count, last }) => {
    const more = isCut && list.length - last <= GAP ? '+' : '';
    const parts = [status, name, count > 1 ? `${count}${more} times` : null, 'Explain'];
    return { entry, text: parts.filter((part) => part !== null).join(' · ') };
  });
}

const SPELLING: Readonly<Record<string, string>> = { fpm: 'php-fpm', grpc: 'gRPC', fastcgi: 'FastCGI' };

/** The id of a cause, as people say it. */
function causeWords(id: string): string {
  return id
    .replaceAll('-', ' ')
    .replace(/\b(?:tls|sni|php|tcp)\b/g, (name) => name.toUpperCase())
    .replace(/\b(?:fpm|grpc|fastcgi)\b/g, (name) => SPELLING[name]!);
}
