/** The joints between nginx and what stands behind it: where a pass leads, and which pool answers there. */
import { type Address, isPass, type PassTarget, passTarget, upstreamServer } from '../nginx/model';
import { type ListenAddress, parseListen } from '../php-fpm/address';
import type { Pool } from '../php-fpm/model';
import type { Span } from '../text/span';
import { editDistance } from '../text/spelling';
import { meets, socketPath, spell } from './address';
import type { At, Project } from './project';
import type { NginxSource } from './source';

/** One address that a pass may connect to, and where it is written: at the pass, or in an upstream block. */
export interface Endpoint {
  readonly address: Address;
  readonly at: At;
  readonly span: Span;
  /** Flags and parameters of the `server` line; null at a pass. */
  readonly server: ReturnType<typeof upstreamServer>;
}

export interface Pass {
  readonly at: At;
  readonly target: PassTarget;
  /** The upstream block that the target names; null for a literal address or a name that no upstream has. */
  readonly upstream: At | null;
  /** Empty where the target is a variable or a template. */
  readonly endpoints: readonly Endpoint[];
}

const PASSES = ['proxy_pass', 'fastcgi_pass', 'uwsgi_pass', 'scgi_pass', 'grpc_pass', 'memcached_pass'];
const passesBySource = new WeakMap<Project, Map<NginxSource, readonly Pass[]>>();

/** Every pass of a file, by name of the directive, then in file order. Found once for each snapshot. */
export function passesOf(project: Project, source: NginxSource): readonly Pass[] {
  let known = passesBySource.get(project);
  if (!known) {
    known = new Map();
    passesBySource.set(project, known);
  }
  let passes = known.get(source);
  if (!passes) {
    const { file } = source;
    passes = PASSES.flatMap((name) =>
      source.named(name).flatMap((directive) => passOf(project, { file, directive }) ?? []),
    );
    known.set(source, passes);
  }
  return passes;
}

/** What a pass directive leads to; null when the directive is no pass. */
export function passOf(project: Project, at: At): Pass | null {
  const target = isPass(at.directive.name.value) ? passTarget(at.directive) : null;
  if (!target) return null;
  if (target.dynamic) return { at, target, upstream: null, endpoints: [] };
  const { address } = target;
  const upstream = address.kind === 'tcp' && address.port === null ? project.upstream(address.host, at.file) : null;
  if (!upstream) {
    const endpoint = { address: withDefaultPort(address, target), at, span: target.addressSpan, server: null };
    return { at, target, upstream, endpoints: [endpoint] };
  }
  return { at, target, upstream, endpoints: upstreamEndpoints(project, upstream) };
}

const passesByUpstream = new WeakMap<Project, Map<unknown, Pass[]>>();

/** Every pass in the project that names this upstream block. */
export function passesTo(project: Project, upstream: At): readonly Pass[] {
  let map = passesByUpstream.get(project);
  if (!map) {
    map = new Map();
    for (const source of project.nginxSources) {
      for (const pass of passesOf(project, source)) {
        if (!pass.upstream) continue;
        const same = map.get(pass.upstream.directive);
        if (same) same.push(pass);
        else map.set(pass.upstream.directive, [pass]);
      }
    }
    passesByUpstream.set(project, map);
  }
  return map.get(upstream.directive) ?? [];
}

/** The servers of an upstream block whose address is known. */
export function upstreamEndpoints(project: Project, upstream: At): Endpoint[] {
  const endpoints: Endpoint[] = [];
  for (const at of project.children(upstream.file, upstream.directive).get('server') ?? []) {
    const server = upstreamServer(at.directive);
    if (!server || server.dynamic) continue;
    const { address } = server;
    // A server line without a port means port 80, whatever the pass's scheme (ngx_http_upstream_server).
    const known = address.kind === 'tcp' && address.port === null ? { ...address, port: 80 } : address;
    endpoints.push({ address: known, at, span: server.addressSpan, server });
  }
  return endpoints;
}

function withDefaultPort(address: Address, target: PassTarget): Address {
  if (address.kind !== 'tcp' || address.port !== null) return address;
  if (target.scheme === 'http') return { ...address, port: 80 };
  if (target.scheme === 'https') return { ...address, port: 443 };
  return address;
}

/** What a pool listens on, as php-fpm reads it; `unknown` where the value is missing or a template. */
export function listenOf(pool: Pool): ListenAddress {
  const listen = pool.get('listen');
  return listen ? parseListen(listen.value) : { kind: 'unknown' };
}

/** The pool that answers at `address`, or null. */
export function poolAt(project: Project, address: Address): Pool | null {
  return project.pools.find((pool) => meets(address, listenOf(pool))) ?? debianPool(project, address);
}

/**
 * Debian's php-fpm links `/run/php/php-fpm.sock` to the socket of `pool.d/www.conf` whenever it starts
 * (php-fpm-socket-helper, in the unit's ExecStartPost).
 */
function debianPool(project: Project, address: Address): Pool | null {
  if (address.kind !== 'unix' || socketPath(address.path) !== '/run/php/php-fpm.sock') return null;
  return (
    project.pools.find((pool) => {
      const file = pool.get('listen')?.file ?? '';
      return /(?:^|\/)pool\.d\/www\.conf$/.test(file) && listenOf(pool).kind === 'unix';
    }) ?? null
  );
}

/** The pool that a connection to `address` was most likely meant for: the one whose address is spelt most alike. */
export function closestPool(project: Project, address: Address): Pool | null {
  let best: { pool: Pool; distance: number } | null = null;
  for (const pool of project.pools) {
    const listen = listenOf(pool);
    if (listen.kind === 'unknown') continue;
    const distance = editDistance(spell(address).slice(0, 200), spell(listen).slice(0, 200));
    if (!best || distance < best.distance) best = { pool, distance };
  }
  return best?.pool ?? null;
}

/**
 * Is a FastCGI pass meant for PHP? Other programs speak FastCGI too (fcgiwrap, mailman, munin), and no pool is expected
 * to listen for them. Taken from what people write: the location, the socket's name, the script parameters.
 */
export function isForPhp(project: Project, pass: Pass): boolean {
  if (pass.target.family !== 'fastcgi') return false;
  const names = pass.endpoints.map(({ address }) => spell(address)).join(' ');
  if (/php|fpm/i.test(names) || /php/i.test(pass.upstream?.directive.args[0]?.value ?? '')) return true;
  for (let block = project.parent(pass.at); block; block = project.parent(block)) {
    if (block.directive.name.value !== 'location' && block.directive.name.value !== 'if') break;
    if (block.directive.args.some(({ value }) => /php/i.test(value))) return true;
    const here = project.children(block.file, block.directive);
    if (here.get('include')?.some(({ directive }) => /php/i.test(directive.args[0]?.value ?? ''))) return true;
    if (here.get('fastcgi_index')?.some(({ directive }) => /\.php/i.test(directive.args[0]?.value ?? ''))) return true;
    if (
      here.get('fastcgi_param')?.some(({ directive }) => directive.args.some(({ value }) => /\.php|^PHP_/.test(value)))
    )
      return true;
  }
  return false;
}
