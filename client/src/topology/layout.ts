/**
 * Where everything stands: a band for each server, in it columns of locations, upstreams and addresses. Each row of a band
 * belongs to one location, so that no line runs behind a card it does not lead to.
 */
import type {
  TopologyEndpoint,
  TopologyLocation,
  TopologyPass,
  TopologyResult,
  TopologyRoot,
  TopologyServer,
  TopologyUpstream,
} from '../../../server/src/lsp/protocol';

export type State = TopologyEndpoint['state'];

/** A pass, and the locations around it from the outside in. */
export interface Route {
  readonly kind: 'route';
  readonly locations: readonly TopologyLocation[];
  readonly pass: TopologyPass;
}

interface Placed {
  /** Unlike that of any other node of the band. */
  readonly id: string;
  /** The first grid row, from 1, and how many it takes. */
  readonly row: number;
  readonly rows: number;
}

export interface Node extends Placed {
  /** Null: where a request alone decides. */
  readonly of: Route | TopologyUpstream | TopologyEndpoint | null;
  readonly column: 'location' | 'upstream' | 'address';
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly state: State;
  /** It leaves the height of its first card at once, because an upstream stands there. */
  readonly early?: boolean;
}

export interface Band {
  readonly id: string;
  readonly root: TopologyRoot;
  readonly server: TopologyServer;
  readonly routes: readonly Route[];
  /** Findings on the way, each once. */
  readonly broken: number;
  readonly warnings: number;
  /** Lower case: what the filter looks in, of the server alone. */
  readonly words: string;
}

/** One band for each server, in the order of the files. */
export function bands({ roots, upstreams }: TopologyResult, names: Readonly<Record<string, string>>): Band[] {
  const seen = new Map<string, number>();
  return roots.flatMap((root) =>
    root.servers.map((server): Band => {
      const routes = routesOf(server);
      const said = new Set<string>();
      let broken = 0;
      let warnings = 0;
      for (const route of routes) {
        for (const each of problemsOf(route, upstreams)) {
          if (said.has(each.key)) continue;
          said.add(each.key);
          if (each.isBroken) broken++;
          else warnings++;
        }
      }
      const id = `${root.uri} ${server.uri} ${server.names.join(' ')} ${server.listen.join(' ')}`;
      const count = seen.get(id) ?? 0;
      seen.set(id, count + 1);
      const words = [...server.names, ...server.listen, names[server.uri], names[root.uri]].join('\n').toLowerCase();
      return { id: `${id} ${count}`, root, server, routes, broken, warnings, words };
    }),
  );
}

function routesOf(server: TopologyServer): Route[] {
  const routes: Route[] = server.passes.map((pass) => ({ kind: 'route', locations: [], pass }));
  const add = (locations: readonly TopologyLocation[], around: readonly TopologyLocation[]): void => {
    for (const location of locations) {
      const here = [...around, location];
      for (const pass of location.passes) routes.push({ kind: 'route', locations: here, pass });
      add(location.locations, here);
    }
  };
  add(server.locations, []);
  return routes;
}

/** What rules say of anything on the way of a route; `key`: one finding is one however many routes meet it. */
function problemsOf(route: Route, upstreams: readonly TopologyUpstream[]): { key: string; isBroken: boolean }[] {
  return linksOf(route, upstreams).flatMap(({ said, uri, range }) =>
    said.map(({ code, severity }) => ({
      key: `${uri} ${range.start.line} ${range.start.character} ${code}`,
      isBroken: severity === 'error',
    })),
  );
}

function linksOf({ pass }: Route, upstreams: readonly TopologyUpstream[]) {
  const groups = pass.upstreams.map((index) => upstreams[index]!);
  return [pass, ...groups, ...groups.flatMap(({ endpoints }) => endpoints), ...pass.endpoints];
}

export const hasProblem = (route: Route, upstreams: readonly TopologyUpstream[]): boolean =>
  linksOf(route, upstreams).some(({ said }) => said.length > 0);

/** Is `query` (lower case) in what a person sees of the route? */
export function mentions(
  route: Route,
  query: string,
  upstreams: readonly TopologyUpstream[],
  names: Readonly<Record<string, string>>,
): boolean {
  const has = (text: string | undefined): boolean => text?.toLowerCase().includes(query) ?? false;
  if (route.locations.some(({ name, uri }) => has(name) || has(names[uri]))) return true;
  if (has(`${route.pass.directive} ${route.pass.target}`)) return true;
  if (route.pass.upstreams.some((index) => has(upstreams[index]!.name))) return true;
  const endpoints = [...route.pass.endpoints, ...route.pass.upstreams.flatMap((index) => upstreams[index]!.endpoints)];
  return endpoints.some(
    ({ address, reached }) =>
      has(address) || reached.some(({ kind, name, uri }) => has(`${kind} ${name}`) || has(names[uri])),
  );
}

/** The nodes of some routes of one server and the lines between them. */
export function place(
  routes: readonly Route[],
  upstreams: readonly TopologyUpstream[],
): { nodes: Node[]; edges: Edge[]; rows: number } {
  const nodes: Node[] = [];
  const edges: Edge[] = [];
  const groups = new Map<number, string>();
  const addresses = new Map<string, string>();
  let row = 1;

  routes.forEach((route, index) => {
    const id = `route ${index}`;
    const first = row;
    const { pass } = route;
    for (const number of new Set(pass.upstreams)) {
      let group = groups.get(number);
      if (group === undefined) {
        group = `upstream ${number}`;
        groups.set(number, group);
        const upstream = upstreams[number]!;
        const top = row;
        for (const [i, endpoint] of upstream.endpoints.entries()) {
          const leaf = `${group} ${i}`;
          nodes.push({ id: leaf, of: endpoint, column: 'address', row: row++, rows: 1 });
          edges.push({ from: group, to: leaf, state: endpoint.state });
        }
        if (row === top) row++;
        nodes.push({ id: group, of: upstream, column: 'upstream', row: top, rows: row - top });
      }
      edges.push({ from: id, to: group, state: pass.state });
    }
    for (const endpoint of pass.endpoints) {
      const { address, state, nothing, reached } = endpoint;
      const key = `${state} ${nothing} ${address} ${reached.map(({ kind, name }) => `${kind} ${name}`).join()}`;
      let leaf = addresses.get(key);
      if (leaf === undefined) {
        leaf = `address ${key}`;
        addresses.set(key, leaf);
        nodes.push({ id: leaf, of: endpoint, column: 'address', row: row++, rows: 1 });
      }
      const early = row - first > 1;
      edges.push({ from: id, to: leaf, state: pass.dynamic ? state : pass.state, early });
    }
    if (pass.upstreams.length === 0 && pass.endpoints.length === 0) {
      nodes.push({ id: `${id} any`, of: null, column: 'address', row: row++, rows: 1 });
      edges.push({ from: id, to: `${id} any`, state: pass.state });
    }
    if (row === first) row++;
    nodes.push({ id, of: route, column: 'location', row: first, rows: row - first });
  });
  return { nodes, edges, rows: row - 1 };
}
