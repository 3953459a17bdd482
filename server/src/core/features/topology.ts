/** The way of a request through everything in view: server, location, upstream, and what listens there. */
import { upstreamServer } from '../nginx/model';
import type { Directive } from '../nginx/tree';
import { spell } from '../project/address';
import { views } from '../project/inside';
import { type Endpoint, type Pass, passesTo, passOf, upstreamEndpoints } from '../project/links';
import type { At, Children, Project } from '../project/project';
import { systemOf } from '../project/system';
import rules from '../rules/all';
import type { Rule, Severity } from '../rules/rule';
import { contains, type Place, plainSpan, type Span } from '../text/span';
import type { Finding } from './findings';
import { outward } from './outside';
import {
  doublesIn,
  keyOf,
  mayBeReached,
  placeOf,
  possiblePasses,
  type Reached,
  reachedBy,
  usesOf,
} from './topology-reach';

/**
 * `broken`, `warning`: a rule says so at this place, as an error or as a warning. `ok`: what it leads to is in view.
 * `unknown`: the files do not tell.
 */
export type LinkState = 'ok' | 'broken' | 'warning' | 'unknown';

/** What a rule says of a link. */
export interface Said {
  /** Id of the rule, and its title. */
  readonly code: string;
  readonly title: string;
  readonly severity: Severity;
  readonly message: string;
}

interface Link extends Place {
  readonly state: LinkState;
  readonly said: readonly Said[];
}

export interface Topology {
  /** Main files, and fragments that nothing in view includes; only those with servers that pass requests on. */
  readonly roots: readonly TopologyRoot[];
  readonly upstreams: readonly TopologyUpstream[];
  readonly pools: readonly TopologyPool[];
}

export interface TopologyRoot {
  readonly file: string;
  /** The name that nginx knew the file by, for one that a dump of `nginx -T` holds. */
  readonly held: string | null;
  readonly isMain: boolean;
  /** The service of a Compose file that is given it. */
  readonly service: string | null;
  readonly servers: readonly TopologyServer[];
}

export interface TopologyServer extends Place {
  /** `fragment`: locations of a server that is not in view. */
  readonly kind: 'http' | 'stream' | 'fragment';
  readonly names: readonly string[];
  readonly listen: readonly string[];
  /** Those of the `stream` module stand directly in the server. */
  readonly passes: readonly TopologyPass[];
  readonly locations: readonly TopologyLocation[];
}

export interface TopologyLocation extends Place {
  /** As written, without `location`: `~ \.php$`. For an `if` or `limit_except` with it. */
  readonly name: string;
  readonly passes: readonly TopologyPass[];
  readonly locations: readonly TopologyLocation[];
}

export interface TopologyPass extends Link {
  readonly directive: string;
  readonly target: string;
  /** The target has a variable: `upstreams` and `endpoints` are what it can be, as far as the files tell. */
  readonly dynamic: boolean;
  /** Which of the upstreams it names. */
  readonly upstreams: readonly number[];
  /** Addresses that it names itself. */
  readonly endpoints: readonly TopologyEndpoint[];
}

export interface TopologyUpstream extends Link {
  readonly name: string;
  /** How the servers take turns and what is kept: `least_conn`, `keepalive 16`. */
  readonly options: readonly string[];
  readonly endpoints: readonly TopologyEndpoint[];
  /** How many passes name it. */
  readonly uses: number;
}

export interface TopologyEndpoint extends Link {
  readonly address: string;
  /** `backup`, `down`, `weight=2` … */
  readonly parameters: readonly string[];
  readonly reached: readonly Reached[];
  /** A rule says that nothing in view listens there. */
  readonly nothing: boolean;
}

export interface TopologyPool extends Link {
  readonly name: string;
  readonly listen: string | null;
  /** How many passes lead to it. */
  readonly uses: number;
  /** None does in view, but a variable or another host may. */
  readonly perhaps: boolean;
}

/** `findingsOf`: those of a file, ordered by place: see `findings`. */
export function topology(project: Project, findingsOf: (file: string) => readonly Finding[]): Topology {
  const roots: TopologyRoot[] = [];
  const upstreams: TopologyUpstream[] = [];
  for (const view of views(project)) {
    const found = readView(project, view, findingsOf, upstreams.length);
    roots.push(...found.roots);
    upstreams.push(...found.upstreams);
  }
  const { ofPool } = usesOf(project);
  const pools = project.pools.map((pool): TopologyPool => {
    const place = placeOf(pool);
    const said = saidAt(findingsOf, place);
    const uses = ofPool.get(keyOf(place))?.length ?? 0;
    return {
      ...place,
      name: pool.name,
      listen: pool.get('listen')?.value ?? null,
      uses,
      perhaps: uses === 0 && mayBeReached(project, pool),
      said,
      state: stateOf(said, uses > 0),
    };
  });
  return { roots, upstreams, pools };
}

/** Errors and warnings of a file within `span`. */
export function saidAt(findingsOf: (file: string) => readonly Finding[], { file, span }: Place): Said[] {
  const all = findingsOf(file);
  let low = 0;
  for (let high = all.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (all[middle]!.span.start < span.start) low = middle + 1;
    else high = middle;
  }
  const said: Said[] = [];
  for (let i = low; i < all.length && contains(span, all[i]!.span.start); i++) {
    const { code, severity, message } = all[i]!;
    if (severity === 'error' || severity === 'warning')
      said.push({ code, title: TITLES.get(code) ?? code, severity, message });
  }
  return said;
}

const TITLES: ReadonlyMap<string, string> = new Map((rules as readonly Rule[]).map(({ id, title }) => [id, title]));

/** Rules that say, of an address, that nothing is there. */
const NOTHING_THERE = new Set([
  'links/pool-address-mismatch',
  'links/unit-address-mismatch',
  'links/unknown-service',
  'links/loopback-in-container',
  'links/published-port',
]);

export const saysNothing = (said: readonly Said[]): boolean => said.some(({ code }) => NOTHING_THERE.has(code));

function stateOf(said: readonly Said[], isKnown: boolean): LinkState {
  if (said.some(({ severity }) => severity === 'error')) return 'broken';
  return said.length > 0 ? 'warning' : isKnown ? 'ok' : 'unknown';
}

/** Blocks within blocks that are looked into; nobody nests as deep. */
const DEEPEST = 30;
/** Locations that a configuration can have which includes files into each other; then it is told in part. */
const MOST_BLOCKS = 200_000;

function readView(
  project: Project,
  view: Project,
  findingsOf: (file: string) => readonly Finding[],
  first: number,
): Pick<Topology, 'roots' | 'upstreams'> {
  const out = outward(project, view);
  const placed = (place: Place): Place => (out ? out.place(place) : place);
  const place = (at: At, span: Span = at.directive): Place => placed({ file: at.file, span: plainSpan(span) });
  const headOf = (at: At): Place =>
    place(at, { start: at.directive.start, end: at.directive.block?.start ?? at.directive.end });

  const twice = doublesIn(view);
  const blocks = view
    .named('upstream')
    .filter(({ file, directive }) => directive.block && directive.args.length > 0 && !twice.has(file));
  const numbers = new Map(blocks.map(({ directive }, i) => [directive, first + i]));
  const variableUses = new Map<Directive, Set<Directive>>();
  const passes = new Map<Directive, TopologyPass>();
  let budget = MOST_BLOCKS;

  function endpointOf(endpoint: Endpoint, said: readonly Said[], own: boolean): TopologyEndpoint {
    const { server, at } = endpoint;
    const reached = reachedBy(view, endpoint).map((each) => ({ ...each, ...placed(each) }));
    return {
      ...place(at),
      address: spell(endpoint.address),
      parameters: server ? [...server.flags, ...[...server.parameters].map(([key, value]) => `${key}=${value}`)] : [],
      reached,
      nothing: saysNothing(said),
      said: own ? said : [],
      state: stateOf(said, reached.length > 0),
    };
  }

  function passAt(at: At): TopologyPass | null {
    const known = passes.get(at.directive);
    if (known) return known;
    const pass = passOf(view, at);
    if (!pass) return null;
    const { dynamic } = pass.target;
    const said = saidAt(findingsOf, place(at));
    const targets: readonly Pass[] = dynamic ? possiblePasses(view, pass) : [pass];
    const groups = targets.flatMap(({ upstream }) => (upstream ? [upstream.directive] : []));
    for (const group of dynamic ? groups : []) {
      const same = variableUses.get(group);
      if (same) same.add(at.directive);
      else variableUses.set(group, new Set([at.directive]));
    }
    const made: TopologyPass = {
      ...place(at),
      directive: at.directive.called,
      target: at.directive.values[1]!,
      dynamic,
      upstreams: groups.flatMap((group) => numbers.get(group) ?? []),
      // A variable may be fine with one of its values and not with another: the rule says it of the pass.
      endpoints: targets.flatMap((each) =>
        each.upstream ? [] : each.endpoints.map((endpoint) => endpointOf(endpoint, dynamic ? [] : said, false)),
      ),
      said,
      state: stateOf(said, !dynamic && pass.upstream !== null),
    };
    const isKnown = made.state === 'unknown' && !dynamic && made.endpoints.some(({ state }) => state === 'ok');
    const final = isKnown ? { ...made, state: 'ok' as const } : made;
    passes.set(at.directive, final);
    return final;
  }

  const passesIn = (children: Children): TopologyPass[] =>
    PASSES.flatMap((name) => (children.get(name) ?? []).flatMap((at) => passAt(at) ?? []));

  function locationsIn(children: Children, depth = 0): TopologyLocation[] {
    if (depth > DEEPEST) return [];
    const found: (TopologyLocation & { readonly at: At })[] = [];
    for (const name of ['location', 'if', 'limit_except']) {
      for (const at of children.get(name) ?? []) {
        if (!at.directive.block || --budget < 0) continue;
        const inside = view.children(at.file, at.directive);
        const passes = passesIn(inside);
        const locations = locationsIn(inside, depth + 1);
        if (passes.length === 0 && locations.length === 0) continue;
        const words = at.directive.args.map(({ value }) => value);
        if (name !== 'location') words.unshift(name);
        found.push({ ...headOf(at), name: words.join(' '), passes, locations, at });
      }
    }
    return found.map(({ at, ...location }) => location);
  }

  function serverOf(at: At, kind: 'http' | 'stream'): TopologyServer | null {
    const children = view.children(at.file, at.directive);
    const passes = passesIn(children);
    const locations = locationsIn(children);
    if (passes.length === 0 && locations.length === 0) return null;
    return {
      ...headOf(at),
      kind,
      names: (children.get('server_name') ?? []).flatMap(({ directive }) => directive.args.map(({ value }) => value)),
      listen: (children.get('listen') ?? []).map(({ directive: { args } }) =>
        args.flatMap(({ value }, i) => (i === 0 || /^(?:ssl|quic|udp)$/.test(value) ? [value] : [])).join(' '),
      ),
      passes,
      locations,
    };
  }

  function serversOf(file: string): TopologyServer[] {
    const top = view.children(file, null);
    const contexts = view.contexts(file);
    const servers: TopologyServer[] = [];
    for (const kind of ['http', 'stream'] as const) {
      const blocks = contexts.includes(kind)
        ? [top]
        : (top.get(kind) ?? []).map((at) => view.children(at.file, at.directive));
      for (const block of blocks) {
        for (const at of block.get('server') ?? []) {
          const server = at.directive.block && serverOf(at, kind);
          if (server) servers.push(server);
        }
      }
    }
    const [passes, locations] = [passesIn(top), locationsIn(top)];
    if (passes.length > 0 || locations.length > 0) {
      const [start] = [...passes, ...locations].map(({ span }) => span.start).sort((a, b) => a - b);
      const span = { start: start!, end: start! };
      servers.push({ ...placed({ file, span }), kind: 'fragment', names: [], listen: [], passes, locations });
    }
    return servers;
  }

  const roots = view.structure.roots.flatMap(({ root: { file } }): TopologyRoot[] => {
    if (twice.has(file)) return [];
    const servers = serversOf(file);
    const outside = placed({ file, span: { start: 0, end: 0 } }).file;
    if (servers.length === 0) return [];
    return [
      {
        file: outside,
        held: outside === file ? null : file,
        isMain: view.contexts(file).includes('main'),
        service: systemOf(view).containersOf(file)[0]?.service.name ?? null,
        servers,
      },
    ];
  });

  const upstreams = blocks.map((at): TopologyUpstream => {
    const known = new Map(upstreamEndpoints(view, at).map((endpoint) => [endpoint.at.directive, endpoint]));
    const said = saidAt(findingsOf, headOf(at));
    const children = view.children(at.file, at.directive);
    return {
      ...headOf(at),
      name: at.directive.values[1]!,
      options: OPTIONS.flatMap((name) => children.get(name) ?? []).map(({ directive: { called, args } }) =>
        [called, ...args.map(({ value }) => value)].join(' '),
      ),
      endpoints: (children.get('server') ?? []).flatMap((server) => {
        const said = saidAt(findingsOf, place(server));
        const endpoint = known.get(server.directive);
        if (endpoint) return [endpointOf(endpoint, said, true)];
        const written = upstreamServer(server.directive);
        if (!written) return [];
        const address = server.directive.values[1]!;
        const unknown = { address, parameters: [...written.flags], reached: [], nothing: false };
        return [{ ...place(server), ...unknown, said, state: stateOf(said, false) }];
      }),
      uses:
        passesTo(view, at).filter((pass) => !twice.has(pass.at.file)).length +
        (variableUses.get(at.directive)?.size ?? 0),
      said,
      state: stateOf(said, true),
    };
  });
  return { roots, upstreams };
}

const PASSES = ['proxy_pass', 'fastcgi_pass', 'uwsgi_pass', 'scgi_pass', 'grpc_pass', 'memcached_pass'];

/** What tells how the servers of a group are chosen. */
const OPTIONS = ['least_conn', 'ip_hash', 'hash', 'random', 'least_time', 'keepalive', 'zone'];
