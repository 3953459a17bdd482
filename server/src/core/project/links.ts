/** The joints between nginx and what stands behind it: where a pass leads, and which pool answers there. */
import {
  type Address,
  addressSpan,
  type PassTarget,
  passTarget,
  schemeSpan,
  serverSpan,
  type UpstreamServer,
  upstreamServer,
} from '../nginx/model';
import type { Directive } from '../nginx/tree';
import { type ListenAddress, parseListen } from '../php-fpm/address';
import type { Pool } from '../php-fpm/model';
import { kept } from '../text/kept';
import type { Span } from '../text/span';
import { editDistance } from '../text/spelling';
import { isLocal, meets, socketPath, spell } from './address';
import { directly, remembered } from './children';
import type { At, Project } from './project';
import type { NginxSource } from './source';

/** One address that a pass may connect to, and where it is written: at the pass, or in an upstream block. */
export interface Endpoint {
  readonly address: Address;
  readonly at: At;
  readonly span: Span;
  /** Flags and parameters of the `server` line; null at a pass. */
  readonly server: UpstreamServer | null;
}

export interface Pass {
  readonly at: At;
  readonly target: PassTarget;
  /** Where the address stands, without scheme and URI. */
  readonly addressSpan: Span;
  /** Where the scheme stands, without `://`; null when it is not written. */
  readonly schemeSpan: Span | null;
  /** The upstream block that the target names; null for a literal address or a name that no upstream has. */
  readonly upstream: At | null;
  /** Empty where the target is a variable or a template. */
  readonly endpoints: readonly Endpoint[];
}

const PASSES = ['proxy_pass', 'fastcgi_pass', 'uwsgi_pass', 'scgi_pass', 'grpc_pass', 'memcached_pass'];

/** Every pass of a file, by name of the directive, then in file order; and those that are asked for by themselves. */
interface Passes {
  readonly all: readonly Pass[];
  /** A variable or a template tells the target. */
  readonly dynamic: readonly Pass[];
  /** The address is written out at the pass: no group of servers stands behind it. */
  readonly direct: readonly Pass[];
  readonly tls: readonly Pass[];
  readonly fastcgi: readonly Pass[];
}

/** Found once for each snapshot: a file has thousands, and many rules ask for few of them. */
export function passesOf(project: Project, source: NginxSource, which: keyof Passes = 'all'): readonly Pass[] {
  return allPasses(project, source)[which];
}

const allPasses = kept(findPasses);

function findPasses(project: Project, source: NginxSource): Passes {
  const { file } = source;
  const found = {
    all: [] as Pass[],
    dynamic: [] as Pass[],
    direct: [] as Pass[],
    tls: [] as Pass[],
    fastcgi: [] as Pass[],
  };
  for (const name of PASSES) {
    const directives = source.named(name);
    for (let i = 0; i < directives.length; i++) {
      const pass = passOf(project, { file, directive: directives[i]! });
      if (!pass) continue;
      const { dynamic, tls, family } = pass.target;
      found.all.push(pass);
      if (dynamic) found.dynamic.push(pass);
      else if (!pass.upstream) found.direct.push(pass);
      if (tls) found.tls.push(pass);
      if (family === 'fastcgi') found.fastcgi.push(pass);
    }
  }
  return found;
}

/** What a pass directive leads to; null when the directive is no pass. */
export function passOf(project: Project, at: At): Pass | null {
  const target = passTarget(at.directive);
  return target && new WrittenPass(project, at, target);
}

const NO_ENDPOINTS: readonly Endpoint[] = [];

/** With its places and endpoints, for which most rules never ask. */
class WrittenPass implements Pass {
  readonly upstream: At | null;
  private found: readonly Endpoint[] | null;

  constructor(
    private readonly project: Project,
    readonly at: At,
    readonly target: PassTarget,
  ) {
    const { address, dynamic } = target;
    const isName = !dynamic && address.kind === 'tcp' && address.port === null;
    this.upstream = isName ? project.upstream(address.host, at.file) : null;
    this.found = null;
  }

  get endpoints(): readonly Endpoint[] {
    this.found ??= this.upstream
      ? upstreamEndpoints(this.project, this.upstream)
      : this.target.dynamic
        ? NO_ENDPOINTS
        : [new PassEndpoint(this)];
    return this.found;
  }

  get addressSpan(): Span {
    return addressSpan(this.at.directive, this.target);
  }

  get schemeSpan(): Span | null {
    return schemeSpan(this.at.directive, this.target);
  }
}

class PassEndpoint implements Endpoint {
  readonly address: Address;
  readonly at: At;
  readonly server = null;

  constructor(private readonly pass: Pass) {
    this.address = withDefaultPort(pass.target);
    this.at = pass.at;
  }

  get span(): Span {
    return this.pass.addressSpan;
  }
}

class ServerEndpoint implements Endpoint {
  constructor(
    readonly address: Address,
    readonly at: At,
    readonly server: UpstreamServer,
  ) {}

  get span(): Span {
    return serverSpan(this.at.directive, this.server);
  }
}

/** Every pass in the project that names this upstream block, in the order of the files. */
export function passesTo(project: Project, upstream: At): readonly Pass[] {
  const { rest, nginxSources } = project;
  const name = upstream.directive.values[1]?.toLowerCase() ?? '';
  const others = remembered(rest, 'passes by name', () =>
    passNames(nginxSources.filter(({ file }) => file !== rest.file)),
  );
  const edited = rest.file === null ? null : project.nginx(rest.file);
  const own = edited ? ownNames(edited) : null;
  const found: Pass[] = [];
  for (const named of [others.get(name), own?.get(name)]) {
    for (let i = 0; named && i < named.length; i++) {
      const pass = passOf(project, named[i]!);
      if (pass?.upstream?.directive === upstream.directive) found.push(pass);
    }
  }
  return found;
}

const namesBySource = new WeakMap<NginxSource, ReadonlyMap<string, readonly At[]>>();

function ownNames(source: NginxSource): ReadonlyMap<string, readonly At[]> {
  let found = namesBySource.get(source);
  if (!found) {
    found = passNames([source]);
    namesBySource.set(source, found);
  }
  return found;
}

/** Passes whose target may be the name of a group, by that name. */
function passNames(sources: readonly NginxSource[]): ReadonlyMap<string, readonly At[]> {
  const map = new Map<string, At[]>();
  for (const { file, named } of sources) {
    for (const kind of PASSES) {
      for (const directive of named(kind)) {
        const target = passTarget(directive);
        if (!target || target.dynamic || target.address.kind !== 'tcp' || target.address.port !== null) continue;
        const name = target.address.host.toLowerCase();
        const same = map.get(name);
        if (same) same.push({ file, directive });
        else map.set(name, [{ file, directive }]);
      }
    }
  }
  return map;
}

/** The servers of an upstream block whose address is known. Found once for each snapshot. */
export function upstreamEndpoints(project: Project, upstream: At): readonly Endpoint[] {
  return endpointsOf(project, upstream.directive, upstream);
}

const endpointsOf = kept((project: Project, _: Directive, upstream: At) => readEndpoints(project, upstream));

function readEndpoints(project: Project, upstream: At): Endpoint[] {
  const endpoints: Endpoint[] = [];
  const servers = directly(project, upstream, 'server');
  for (let i = 0; i < servers.length; i++) {
    const at = servers[i]!;
    const server = upstreamServer(at.directive);
    if (!server || server.dynamic) continue;
    const { address } = server;
    // A server line without a port means port 80, whatever the pass's scheme (ngx_http_upstream_server).
    const known = address.kind === 'tcp' && address.port === null ? { ...address, port: 80 } : address;
    endpoints.push(new ServerEndpoint(known, at, server));
  }
  return endpoints;
}

export interface Written {
  readonly endpoint: Endpoint;
  readonly pass: Pass;
}

const NOTHING: readonly Written[] = [];

/** Every address that is written in a file and that a pass leads to, with one such pass; not those that are `down`. */
export const addressesIn = kept((project: Project, source: NginxSource): readonly Written[] => [
  ...readAddresses(project, source),
]);

/** For who compares them with what is behind: where nothing of that is in view, there is nothing to compare. */
export function linkedAddresses(project: Project, source: NginxSource): readonly Written[] {
  return project.pools.length === 0 && project.neighbours.size === 0 ? NOTHING : addressesIn(project, source);
}

function* readAddresses(project: Project, source: NginxSource): Generator<Written> {
  for (const pass of passesOf(project, source, 'direct')) {
    for (const endpoint of pass.endpoints) yield { endpoint, pass };
  }
  for (const directive of source.named('upstream')) {
    const upstream = { file: source.file, directive };
    const [pass] = passesTo(project, upstream);
    if (!pass) continue;
    for (const endpoint of upstreamEndpoints(project, upstream)) {
      if (endpoint.at.file === source.file && !endpoint.server?.flags.has('down')) yield { endpoint, pass };
    }
  }
}

function withDefaultPort({ address, scheme }: PassTarget): Address {
  if (address.kind !== 'tcp' || address.port !== null) return address;
  if (scheme === 'http') return { ...address, port: 80 };
  if (scheme === 'https') return { ...address, port: 443 };
  return address;
}

/** What a pool listens on, as php-fpm reads it; `unknown` where the value is missing or a template. */
export function listenOf(pool: Pool): ListenAddress {
  const listen = pool.get('listen');
  return listen ? parseListen(listen.value) : { kind: 'unknown' };
}

/** Pools by where they listen. */
interface PoolIndex {
  readonly byPath: ReadonlyMap<string, readonly Pool[]>;
  readonly byPort: ReadonlyMap<number, readonly Pool[]>;
  readonly debian: Pool | null;
  /** Of some pool the files do not tell where it listens. */
  readonly vague: boolean;
}

const indexes = new WeakMap<readonly Pool[], PoolIndex>();

function indexOf({ pools }: Project): PoolIndex {
  let index = indexes.get(pools);
  if (!index) {
    index = readIndex(pools);
    indexes.set(pools, index);
  }
  return index;
}

function readIndex(pools: readonly Pool[]): PoolIndex {
  const byPath = new Map<string, Pool[]>();
  const byPort = new Map<number, Pool[]>();
  let debian: Pool | null = null;
  let vague = false;
  for (const pool of pools) {
    const listen = listenOf(pool);
    if (listen.kind === 'unknown') vague = true;
    if (listen.kind === 'unix') {
      const path = socketPath(listen.path);
      const same = byPath.get(path);
      if (same) same.push(pool);
      else byPath.set(path, [pool]);
      if (!debian && /(?:^|\/)pool\.d\/www\.conf$/.test(pool.get('listen')!.file)) debian = pool;
    }
    if (listen.kind !== 'tcp') continue;
    const same = byPort.get(listen.port);
    if (same) same.push(pool);
    else byPort.set(listen.port, [pool]);
  }
  return { byPath, byPort, debian, vague };
}

/** Do the files tell of each pool where it listens? */
export function arePoolsKnown(project: Project): boolean {
  return !indexOf(project).vague;
}

/** The pool that answers at `address`, or null. */
export function poolAt(project: Project, address: Address): Pool | null {
  return poolsAt(project, address)[0] ?? null;
}

const NO_POOLS: readonly Pool[] = [];

/** Several only where the files are those of several machines, or php-fpm would not start. */
export function poolsAt(project: Project, address: Address): readonly Pool[] {
  const { byPath, byPort, debian } = indexOf(project);
  if (address.kind === 'tcp') {
    const found = address.port === null ? undefined : byPort.get(address.port);
    return found?.filter((pool) => meets(address, listenOf(pool))) ?? NO_POOLS;
  }
  const path = socketPath(address.path);
  // Debian's php-fpm links this name to the socket of `pool.d/www.conf` whenever it starts (php-fpm-socket-helper, in the
  // unit's ExecStartPost).
  return byPath.get(path) ?? (path === '/run/php/php-fpm.sock' && debian ? [debian] : NO_POOLS);
}

const reached = new WeakMap<Project, ReadonlySet<Pool>>();

/** Pools that passes in view lead to. Found once for each snapshot. */
export function reachedPools(project: Project): ReadonlySet<Pool> {
  let found = reached.get(project);
  if (!found) {
    const fastcgi = project.nginxSources
      .flatMap((source) => passesOf(project, source))
      .filter(({ target }) => target.family === 'fastcgi');
    found = new Set(fastcgi.flatMap(({ endpoints }) => endpoints.flatMap((each) => localPool(project, each) ?? [])));
    reached.set(project, found);
  }
  return found;
}

/** The pool that answers at an address of this machine; null for others. */
export function localPool(project: Project, { address }: Endpoint): Pool | null {
  return isLocal(address) ? poolAt(project, address) : null;
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
  const isDirect = !pass.upstream && !pass.target.dynamic;
  if (isDirect && /php|fpm/i.test(pass.at.directive.values[1]!)) return true;
  const names = isDirect ? '' : pass.endpoints.map(({ address }) => spell(address)).join(' ');
  if (/php|fpm/i.test(names) || /php/i.test(pass.upstream?.directive.values[1] ?? '')) return true;
  for (let block = project.parent(pass.at); block; block = project.parent(block)) {
    if (block.directive.called !== 'location' && block.directive.called !== 'if') break;
    if (block.directive.values.some((value) => /php/i.test(value))) return true;
    const has = (name: string, pattern: RegExp): boolean =>
      directly(project, block!, name).some(({ directive }) => directive.values.some((value) => pattern.test(value)));
    if (has('include', /php/i) || has('fastcgi_index', /\.php/i) || has('fastcgi_param', /\.php|^PHP_/)) return true;
  }
  return false;
}
