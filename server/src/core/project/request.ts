/** From a log record to the configuration: the server block, the location nginx chose, the pass, the upstream's server line. */
import type { LogRecord } from '../error-log/record';
import { parseRequest, parseUpstream } from '../error-log/record';
import { type Address, locationMatch } from '../nginx/model';
import { matcher } from '../nginx/regex';
import type { Pool } from '../php-fpm/model';
import { socketPath } from './address';
import { type Endpoint, type Pass, passesOf, poolAt } from './links';
import type { At, Project } from './project';

export interface Route {
  readonly pass: Pass;
  /** The address in the log, where the configuration writes it; null where a variable made it. */
  readonly endpoint: Endpoint | null;
  readonly location: At | null;
  readonly server: At | null;
  /** False when several places fit the record and this is the likeliest. */
  readonly certain: boolean;
}

/** The passes that can have written `record`, likeliest first. */
export function routes(project: Project, record: LogRecord): Route[] {
  const upstream = record.upstream ? parseUpstream(record.upstream) : null;
  const address = upstream ? upstreamAddress(upstream) : messageAddress(record.message);
  const candidates: { route: Omit<Route, 'certain'>; score: number }[] = [];
  if (record.fpm) return [];
  const asked = record.subrequest ?? (record.request ? (parseRequest(record.request)?.path ?? null) : null);
  const path = asked === null ? null : normalPath(asked);
  const sent = upstream?.uri ? normalPath(upstream.uri) : null;
  // A line of the access log names no scheme either, and is of http.
  const isStream = record.bytes !== null || (!record.access && upstream !== null && upstream.scheme === null);
  for (const source of project.nginxSources) {
    for (const pass of passesOf(project, source)) {
      if (upstream?.scheme && pass.target.scheme !== upstream.scheme) continue;
      const endpoint = address ? (pass.endpoints.find((each) => sameAddress(each.address, address)) ?? null) : null;
      const byName =
        !endpoint && address ? pass.endpoints.some((each) => couldResolveTo(each.address, address)) : false;
      const byGroup = record.upstream ? namesGroup(pass, record.upstream) : false;
      if (address && !endpoint && !byName && !byGroup && !pass.target.dynamic) continue;
      const { location, server } = enclosing(project, pass.at);
      // A pass of the stream module stands in no location.
      if (server && isStream === (location !== null) && record.upstream !== null) continue;
      const named = server ? (isStream ? listensOn : hasName)(project, server, record.server) : null;
      let score = endpoint ? 8 : byGroup ? 7 : byName ? 4 : address ? 1 : 0;
      if (named === true) score += 16;
      if (named === false) score -= 8;
      if (server && location && path !== null) score += placeScore(project, server, location, pass, path, sent);
      candidates.push({ route: { pass, endpoint, location, server }, score });
    }
  }
  candidates.sort((a, b) => b.score - a.score);
  const best = candidates[0];
  if (!best || (!address && record.server === null && candidates.length > 1)) return [];
  const second = candidates[1];
  return candidates.map(({ route, score }, i) => ({
    ...route,
    certain: i === 0 && score >= 8 && (!second || second.score < score),
  }));
}

/** How well a location fits what was asked for, and what went to the upstream (`sent`): a rewrite may lie between the two. */
function placeScore(
  project: Project,
  server: At,
  location: At,
  { target }: Pass,
  path: string,
  sent: string | null,
): number {
  const chosen = locationFor(project, server, path);
  const isChosen = chosen?.directive === location.directive;
  if (sent === null || target.dynamic || isNamed(location)) return isChosen ? 4 : 0;
  if (target.uri) {
    // The part that the location matched is replaced by the URI of the pass.
    const { modifier, pattern } = locationMatch(location.directive) ?? { modifier: '~', pattern: '' };
    const uri = target.uri.split('?')[0]!;
    const fits = modifier !== '~' && path.startsWith(pattern) && sent === normalPath(uri + path.slice(pattern.length));
    return fits ? 8 : isChosen ? 4 : -3;
  }
  if (sent === path) return isChosen ? 8 : 0;
  // With `break` the request stays where it is under its new name, else nginx looks for a location anew.
  if (isChosen) return 4;
  return locationFor(project, server, sent)?.directive === location.directive && !(chosen && breaks(project, chosen))
    ? 6
    : 0;
}

function isNamed({ directive }: At): boolean {
  return locationMatch(directive)?.modifier === '@';
}

function breaks(project: Project, location: At): boolean {
  const rewrites = project.children(location.file, location.directive).get('rewrite') ?? [];
  return rewrites.some(({ directive }) => directive.values[3] === 'break');
}

/** A path as nginx compares it: without query, decoded, slashes merged, dots resolved (ngx_http_parse_complex_uri). */
export function normalPath(target: string): string {
  const path = target.split(/[?#]/, 1)[0]!.slice(0, LONGEST_PATH);
  let decoded = path;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    // Bytes that are no UTF-8 stay as they are written.
  }
  if (!decoded.startsWith('/')) return decoded;
  const segments: string[] = [];
  for (const segment of decoded.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '.' && segment !== '') segments.push(segment);
  }
  const isFolder = /\/(?:\.{1,2})?$/.test(decoded);
  return `/${segments.join('/')}${isFolder && segments.length > 0 ? '/' : ''}`;
}

/** The passes that lead to a pool. */
export function routesTo(project: Project, pool: Pool): Route[] {
  const found = project.nginxSources.flatMap((source) =>
    passesOf(project, source).flatMap((pass) => {
      const endpoint = pass.endpoints.find(({ address }) => poolAt(project, address) === pool);
      return endpoint ? [{ pass, endpoint, ...enclosing(project, pass.at) }] : [];
    }),
  );
  return found.map((route) => ({ ...route, certain: found.length === 1 }));
}

/** Where `connect() to unix:/run/x.sock failed` and the like were going, for lines that have lost their `upstream:` field. */
export function messageAddress(message: string): Address | null {
  const [, unix] = /\bunix:([^\s:]+)/.exec(message.slice(0, 2048)) ?? [];
  if (unix) return { kind: 'unix', path: unix };
  const [, host, port] =
    /^connect\(\) to (\[[0-9a-f:.]{2,45}\]|[0-9.]{7,15}):(\d{1,5}) failed/.exec(message.slice(0, 200)) ?? [];
  return host ? { kind: 'tcp', host, port: Number(port) } : null;
}

/** The address of an `upstream:` field; null where it names a group (`no live upstreams`). */
export function upstreamAddress(upstream: {
  socket: string | null;
  host: string | null;
  port: number | null;
}): Address | null {
  if (upstream.socket !== null) return { kind: 'unix', path: upstream.socket };
  if (upstream.host === null || upstream.port === null) return null;
  return { kind: 'tcp', host: upstream.host, port: upstream.port };
}

/** nginx reads no longer request line by default. */
const LONGEST_PATH = 8192;
/** No configuration nests locations deeper; a file made to hurt may. */
const DEEPEST = 30;

/** The `location` that nginx chooses for a path in `block` (ngx_http_core_find_location). */
export function locationFor(project: Project, block: At, path: string): At | null {
  return search(project, block, path, 0).at;
}

/**
 * Exact, then the longest prefix and what is nested in it, then regular expressions in order. `isFinal`: an expression
 * or an exact location has decided, so that those of the block around it are not asked.
 */
function search(project: Project, block: At, path: string, depth: number): { at: At | null; isFinal: boolean } {
  const locations = project.children(block.file, block.directive).get('location') ?? [];
  let longest: { at: At; length: number; stop: boolean } | null = null;
  for (const at of locations) {
    const match = locationMatch(at.directive);
    if (!match) continue;
    if (match.modifier === '=' && match.pattern === path) return { at, isFinal: true };
    const isPrefix = match.modifier === '' || match.modifier === '^~';
    if (isPrefix && path.startsWith(match.pattern) && match.pattern.length >= (longest?.length ?? 0)) {
      longest = { at, length: match.pattern.length, stop: match.modifier === '^~' };
    }
  }
  const isDeep = depth >= DEEPEST;
  const nested = longest && !isDeep ? search(project, longest.at, path, depth + 1) : null;
  if (nested?.isFinal) return nested;
  if (!longest?.stop) {
    for (const at of locations) {
      const match = locationMatch(at.directive);
      if (!match || (match.modifier !== '~' && match.modifier !== '~*')) continue;
      if (!matchesRegex(match.pattern, match.modifier === '~*', path)) continue;
      const inside = isDeep ? null : search(project, at, path, depth + 1).at;
      return { at: inside ?? at, isFinal: true };
    }
  }
  return { at: nested?.at ?? longest?.at ?? null, isFinal: false };
}

/** Can the expressions of all locations that stand in a block be read? Where not, `locationFor` may have passed over the right one. */
export function areLocationsRead(project: Project, block: At): boolean {
  const locations = project.children(block.file, block.directive).get('location') ?? [];
  return locations.every(({ directive }) => {
    const { modifier = '', pattern = '' } = locationMatch(directive) ?? {};
    return (modifier !== '~' && modifier !== '~*') || matcher(pattern, modifier === '~*') !== null;
  });
}

/** Does a regular location match? One whose expression cannot be read is passed over. */
function matchesRegex(pattern: string, ignoreCase: boolean, path: string): boolean {
  return matcher(pattern, ignoreCase)?.test(path.slice(0, LONGEST_PATH)) ?? false;
}

function enclosing(project: Project, at: At): { location: At | null; server: At | null } {
  let location: At | null = null;
  for (let block = project.parent(at); block; block = project.parent(block)) {
    const name = block.directive.called;
    if (name === 'location') location ??= block;
    if (name === 'server') return { location, server: block };
  }
  return { location, server: null };
}

/** The first name of the server block that starts at `offset`; null where it has none, or is no server block. */
export function serverName(project: Project, file: string, offset: number): string | null {
  const directive = project
    .nginx(file)
    ?.named('server')
    .find(({ start, block }) => start === offset && block);
  const names = directive && project.children(file, directive).get('server_name');
  return names?.[0]?.directive.values[1] ?? null;
}

/** Does `server: x` in the log mean this block? nginx logs the first of its names. Null when the log does not say. */
function hasName(project: Project, server: At, name: string | null): boolean | null {
  if (name === null) return null;
  const names = project.children(server.file, server.directive).get('server_name') ?? [];
  const first = names[0]?.directive.values[1] ?? '';
  if (first.includes('$')) return null;
  return first.replace(/^\./, '').toLowerCase() === name.replace(/^\./, '').toLowerCase();
}

/** The stream module logs the address that a server listens on in place of a name. */
function listensOn(project: Project, server: At, address: string | null): boolean | null {
  if (address === null) return null;
  const { host, port } = /^(?<host>.{0,300}?):(?<port>\d{1,5})$/.exec(address)?.groups ?? {};
  if (!port) return false;
  const listens = project.children(server.file, server.directive).get('listen') ?? [];
  return listens.some(({ directive }) => {
    const word = directive.values[1] ?? '';
    return word === address || word === port || (word === `*:${port}` && host === '0.0.0.0');
  });
}

/** `no live upstreams` logs the group's name in place of an address. */
function namesGroup(pass: Pass, upstream: string): boolean {
  const name = pass.upstream?.directive.values[1];
  if (name === undefined) return false;
  const authority = upstream.slice(upstream.indexOf('://') + 3);
  return authority === name || authority.startsWith(`${name}/`);
}

function sameAddress(a: Address, b: Address): boolean {
  if (a.kind === 'unix' || b.kind === 'unix')
    return a.kind === b.kind && socketPath((a as { path: string }).path) === socketPath((b as { path: string }).path);
  return a.port === b.port && bareHost(a.host) === bareHost(b.host);
}

/** A name in the configuration against the number that the log shows. */
function couldResolveTo(written: Address, logged: Address): boolean {
  if (written.kind !== 'tcp' || logged.kind !== 'tcp' || written.port !== logged.port) return false;
  const host = bareHost(written.host);
  if (host === 'localhost') return logged.host === '127.0.0.1' || bareHost(logged.host) === '::1';
  return !/^[\d.]+$/.test(host) && !host.includes(':');
}

function bareHost(host: string): string {
  return host.replace(/^\[|\]$/g, '').toLowerCase();
}
