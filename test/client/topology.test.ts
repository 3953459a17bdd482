// Where the topology's cards stand: rows that belong to one location each, lines that cross no card, what a filter leaves.
import { describe, expect, it } from 'vitest';
import { bands, hasProblem, mentions, place } from '../../client/src/topology/layout';
import type {
  TopologyEndpoint,
  TopologyPass,
  TopologyResult,
  TopologyServer,
  TopologyUpstream,
} from '../../server/src/lsp/protocol';

let line = 0;
const here = () => {
  const position = { line: line++, character: 0 };
  return { uri: 'file:///n/site.conf', range: { start: position, end: position } };
};
const endpoint = (address: string, more: Partial<TopologyEndpoint> = {}): TopologyEndpoint => ({
  ...here(),
  address,
  parameters: [],
  reached: [],
  nothing: false,
  said: [],
  state: 'unknown',
  ...more,
});
const pass = (target: string, more: Partial<TopologyPass> = {}): TopologyPass => ({
  ...here(),
  directive: 'proxy_pass',
  target,
  dynamic: false,
  upstreams: [],
  endpoints: [],
  said: [],
  state: 'unknown',
  ...more,
});
const upstream = (name: string, ...endpoints: TopologyEndpoint[]): TopologyUpstream => ({
  ...here(),
  name,
  options: [],
  endpoints,
  uses: 1,
  said: [],
  state: 'ok',
});
const server = (...passes: TopologyPass[]): TopologyServer => ({
  ...here(),
  kind: 'http',
  names: ['a.example'],
  listen: ['80'],
  passes: [],
  locations: passes.map((each, i) => ({ ...here(), name: `/${i}`, passes: [each], locations: [] })),
});
const result = (servers: TopologyServer[], upstreams: TopologyUpstream[] = []): TopologyResult => ({
  roots: [{ uri: 'file:///n/nginx.conf', held: null, isMain: true, service: null, servers }],
  upstreams,
  pools: [],
});
const names = { 'file:///n/site.conf': 'sites/site.conf', 'file:///n/nginx.conf': 'nginx.conf' };
const said = (code: string, severity: 'error' | 'warning') => [{ code, title: code, severity, message: code }];

describe('where cards stand', () => {
  const upstreams = [upstream('app', endpoint('127.0.0.1:1'), endpoint('127.0.0.1:2')), upstream('none')];
  const all = [
    pass('http://app', { upstreams: [0], state: 'ok' }),
    pass('http://127.0.0.1:9', { endpoints: [endpoint('127.0.0.1:9')] }),
    pass('http://app/x', { upstreams: [0], state: 'warning' }),
    pass('http://127.0.0.1:9/y', { endpoints: [endpoint('127.0.0.1:9')] }),
    pass('http://none', { upstreams: [1], state: 'ok' }),
    pass('http://$arg_x', { dynamic: true }),
    pass('http://$both', { dynamic: true, upstreams: [0, 1], endpoints: [endpoint('127.0.0.1:3')] }),
  ];
  const [band] = bands(result([server(...all)], upstreams), names);
  const { nodes, edges, rows } = place(band!.routes, upstreams);
  const at = new Map(nodes.map(({ id, column, row, rows }) => [id, `${column} ${row}+${rows}`]));

  it('a location has rows of its own, as many as it brings new addresses', () => {
    expect([0, 1, 2, 3, 4, 5, 6].map((i) => at.get(`route ${i}`))).toEqual([
      'location 1+2',
      'location 3+1',
      'location 4+1',
      'location 5+1',
      'location 6+1',
      'location 7+1',
      'location 8+1',
    ]);
    expect(rows).toBe(8);
  });

  it('an upstream and an address stand once, beside those who lead there first', () => {
    expect(nodes.filter(({ column }) => column === 'upstream').map(({ id }) => [id, at.get(id)])).toEqual([
      ['upstream 0', 'upstream 1+2'],
      ['upstream 1', 'upstream 6+1'],
    ]);
    expect(edges.filter(({ to }) => to === 'upstream 0').map(({ from, state }) => [from, state])).toEqual([
      ['route 0', 'ok'],
      ['route 2', 'warning'],
      ['route 6', 'unknown'],
    ]);
    expect(nodes.filter(({ of }) => of && 'address' in of && of.address === '127.0.0.1:9').length).toBe(1);
    expect(nodes.filter(({ of }) => of === null).map(({ row }) => row)).toEqual([7]);
  });

  it('no two cards of a column share a row, and every line joins two cards', () => {
    for (const column of ['location', 'upstream', 'address']) {
      const taken = nodes
        .filter((node) => node.column === column)
        .flatMap(({ row, rows }) => Array.from({ length: rows }, (_, i) => row + i));
      expect(new Set(taken).size).toBe(taken.length);
    }
    for (const { from, to } of edges) expect(at.has(from) && at.has(to)).toBe(true);
  });

  it('a line past the column of upstreams meets no card there', () => {
    const cards = nodes.filter(({ column }) => column === 'upstream');
    for (const { from, to } of edges) {
      if (!from.startsWith('route') || !at.get(to)!.startsWith('address')) continue;
      const { row, rows } = nodes.find(({ id }) => id === from)!;
      // It runs at the height of a location that leads to no upstream first.
      const own = nodes.filter(({ id }) =>
        edges.some((edge) => edge.from === from && edge.to === id && id === 'upstream 0'),
      );
      if (own.length === 0)
        expect(cards.some((card) => card.row < row + rows && row < card.row + card.rows)).toBe(false);
    }
  });
});

it('a line from a location that brings upstream and address leaves its height before the upstream', () => {
  const upstreams = [upstream('app', endpoint('127.0.0.1:1'))];
  const both = pass('http://$to', { dynamic: true, upstreams: [0], endpoints: [endpoint('127.0.0.1:3')] });
  const [band] = bands(result([server(both)], upstreams), names);
  const { nodes, edges } = place(band!.routes, upstreams);
  const address = nodes.find(({ of }) => of && 'address' in of && of.address === '127.0.0.1:3')!;
  expect(address.row).toBe(2);
  expect(edges.find(({ to }) => to === address.id)?.early).toBe(true);
  expect(edges.find(({ to }) => to === 'upstream 0')?.early).toBeUndefined();
});

it('a finding counts once, however many locations meet it', () => {
  const upstreams = [upstream('app', endpoint('127.0.0.1:1', { said: said('links/x', 'error'), state: 'broken' }))];
  const servers = [
    server(
      pass('http://app', { upstreams: [0] }),
      pass('http://app', { upstreams: [0], said: said('nginx/y', 'warning') }),
    ),
    server(pass('http://127.0.0.1:2')),
  ];
  const [first, second] = bands(result(servers, upstreams), names);
  expect([first!.broken, first!.warnings]).toEqual([1, 1]);
  expect([second!.broken, second!.warnings]).toEqual([0, 0]);
  expect(first!.id).not.toBe(second!.id);
  expect(first!.routes.every((route) => hasProblem(route, upstreams))).toBe(true);
  expect(second!.routes.some((route) => hasProblem(route, upstreams))).toBe(false);
});

it('a filter looks at all that is seen of a way', () => {
  const pool = { ...here(), uri: 'file:///p/www.conf', kind: 'pool' as const, name: 'www' };
  const upstreams = [upstream('app', endpoint('unix:/run/app.sock', { reached: [pool] }))];
  const [band] = bands(result([server(pass('http://app', { upstreams: [0] }))], upstreams), names);
  const [route] = band!.routes;
  const has = (query: string): boolean =>
    mentions(route!, query, upstreams, { ...names, 'file:///p/www.conf': 'pool.d/www.conf' });
  for (const query of ['/0', 'proxy_pass', 'http://app', 'app.sock', 'pool www', 'pool.d', 'sites/']) {
    expect(has(query), query).toBe(true);
  }
  expect(has('nothing like it')).toBe(false);
  expect(band!.words).toContain('a.example');
});
