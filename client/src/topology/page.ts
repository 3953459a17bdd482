/** Runs in the topology's page: draws what the extension sends, filters it, and tells what is clicked. */
import type { TopologyPool, TopologyResult, TopologyUpstream } from '../../../server/src/lsp/protocol';
import { make, makeSvg, sign } from './dom';
import { drawNode, drawServer, dress, fileOf, plural, type Words } from './draw';
import { type Band, bands, type Edge, hasProblem, mentions, place, type Route } from './layout';
import type { FromPage, ToPage } from './messages';
import { light, wire } from './wires';

interface Kept {
  readonly query: string;
  readonly problems: boolean;
  /** Bands that a person has opened or closed. */
  readonly toggled: Readonly<Record<string, boolean>>;
}

declare function acquireVsCodeApi(): {
  postMessage(message: FromPage): void;
  getState(): Kept | undefined;
  setState(state: Kept): void;
};

const vscode = acquireVsCodeApi();
const panel = document.getElementById('panel')!;
const said = document.getElementById('said')!;

/** With more servers than this only their heads are shown. */
const MOST_OPEN = 50;
/** Bands that are drawn before the next frame. */
const CHUNK = 40;

let kept: Kept = { query: '', problems: false, toggled: {}, ...vscode.getState() };
let topology: TopologyResult | null = null;
let names: Readonly<Record<string, string>> = {};
let all: readonly Band[] = [];
const opened = new Set<string>();
const words: Words = { nameOf: (uri) => names[uri] ?? uri, opened };

const filter = make('input', '');
filter.type = 'search';
filter.placeholder = 'Filter: name, address, file …';
filter.setAttribute('aria-label', 'Filter');
filter.value = kept.query;
const only = make('button', 'only', make('span', 'dot'), 'Problems only');
only.dataset.action = 'only';
const facts = make('p', 'facts-line');
const tools = make('div', 'topology-tools', make('h1', '', 'Topology'), facts, make('span', 'tools', filter, only));
const list = make('div', 'bands');

const wired = new Map<HTMLElement, { edges: readonly Edge[]; server: HTMLElement }>();
const resized = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const known = wired.get(target as HTMLElement);
    if (known) wire(target as HTMLElement, known.edges, known.server);
  }
});

function keep(next: Partial<Kept>): void {
  kept = { ...kept, ...next };
  vscode.setState(kept);
}

/** What the filter leaves of each server. */
function shown({ upstreams }: TopologyResult): { band: Band; routes: readonly Route[] }[] {
  const query = kept.query.trim().toLowerCase();
  return all.flatMap((band) => {
    if (kept.problems && band.broken + band.warnings === 0) return [];
    const wanted = kept.problems ? band.routes.filter((route) => hasProblem(route, upstreams)) : band.routes;
    const routes =
      query === '' || band.words.includes(query)
        ? wanted
        : wanted.filter((route) => mentions(route, query, upstreams, names));
    return routes.length > 0 ? [{ band, routes }] : [];
  });
}

let drawing = 0;
function render(): void {
  if (!topology) return;
  const { upstreams, pools, roots } = topology;
  const turn = ++drawing;
  const focused = document.activeElement?.closest<HTMLElement>('[data-key]')?.dataset.key;
  const visible = shown(topology);
  only.setAttribute('aria-pressed', String(kept.problems));
  wired.clear();
  resized.disconnect();
  list.replaceChildren();
  const isEmpty = all.length === 0;
  tools.classList.toggle('bare', isEmpty);
  if (isEmpty) {
    list.append(make('p', 'empty', NOTHING));
  } else if (visible.length === 0) {
    const why =
      kept.query === '' ? 'No rule finds anything wrong on the way of a request.' : 'Nothing fits the filter.';
    list.append(make('p', 'empty', why));
  }

  const isMany = visible.length > MOST_OPEN;
  if (visible.length > 0 && !isMany)
    list.append(make('div', 'columns', ...COLUMNS.map((each) => make('span', '', each))));
  let root: unknown = null;
  let at = 0;
  const next = (): void => {
    if (turn !== drawing) return;
    for (const { band, routes } of visible.slice(at, at + CHUNK)) {
      if (roots.length > 1 && band.root !== root) list.append(drawRoot(band));
      root = band.root;
      list.append(drawBand(band, routes, kept.toggled[band.id] ?? !isMany));
    }
    at += CHUNK;
    if (at < visible.length) {
      requestAnimationFrame(next);
      return;
    }
    list.append(...drawRest(upstreams, pools));
    if (focused !== undefined && document.activeElement === document.body) focus(focused);
  };
  next();
}

const COLUMNS = ['Server', 'Location', 'Upstream', 'Address, and what listens there'];

const NOTHING =
  'No server in this workspace passes requests on: there is no proxy_pass, fastcgi_pass, uwsgi_pass, scgi_pass, grpc_pass or memcached_pass in view.';

function drawRoot({ root }: Band): HTMLElement {
  const name = words.nameOf(root.uri);
  const alone = root.isMain ? '' : 'nothing in view includes it';
  const note = root.held !== null ? `in ${name}` : root.service !== null ? `read by service ${root.service}` : alone;
  return make('h2', 'root', root.held ?? name, note !== '' && make('span', 'quiet', note));
}

function drawBand(band: Band, routes: readonly Route[], isOpen: boolean): HTMLElement {
  const server = drawServer(band, isOpen, words);
  const grid = make('section', isOpen ? 'band open' : 'band', server);
  grid.dataset.band = band.id;
  grid.setAttribute('aria-label', band.server.names.join(' ') || 'server');
  if (!isOpen) return grid;
  const { nodes, edges, rows } = place(routes, topology!.upstreams);
  grid.prepend(makeSvg('svg', { class: 'wires', 'aria-hidden': 'true' }));
  server.style.gridRow = `2 / span ${rows}`;
  // In the order in which they are read: a location, then where it leads.
  const order = ['location', 'upstream', 'address'];
  nodes.sort((a, b) => a.row - b.row || order.indexOf(a.column) - order.indexOf(b.column));
  grid.append(...nodes.map((node) => drawNode(node, words)));
  wired.set(grid, { edges, server });
  resized.observe(grid);
  return grid;
}

/** Upstreams that nobody names and pools that nobody reaches. */
function drawRest(upstreams: readonly TopologyUpstream[], pools: readonly TopologyPool[]): HTMLElement[] {
  const query = kept.query.trim().toLowerCase();
  const fits = (text: string, uri: string): boolean => `${text} ${names[uri]}`.toLowerCase().includes(query);
  const card = (
    name: string,
    detail: string,
    note: string,
    state: 'quiet' | 'warning' | 'broken',
    place: TopologyPool | TopologyUpstream,
  ): HTMLElement => {
    const button = make(
      'button',
      'card node',
      make('span', 'name', name),
      detail !== '' && make('code', '', detail),
      make('span', 'quiet', note),
      fileOf(place, words),
    );
    dress(button, place, name, `${name}, ${note}`, words);
    return make('div', `frame ${state}`, button);
  };
  const cards = [
    ...upstreams
      .filter(({ uses, name, uri }) => uses === 0 && fits(`upstream ${name}`, uri))
      .map((each) => card(`upstream ${each.name}`, '', 'no location names it', 'quiet', each)),
    ...pools
      .filter(({ uses, name, listen, uri }) => uses === 0 && fits(`pool ${name} ${listen}`, uri))
      .map((each) =>
        card(
          `pool ${each.name}`,
          each.listen ?? '',
          each.perhaps ? 'only a variable or another host may lead here' : 'no location leads here',
          'quiet',
          each,
        ),
      ),
  ];
  if (cards.length === 0 || kept.problems) return [];
  return [make('h2', 'root', 'Not reached'), make('div', 'rest', ...cards)];
}

function count(): void {
  if (!topology) return;
  const { upstreams, pools } = topology;
  const broken = all.reduce((sum, band) => sum + band.broken, 0);
  const warnings = all.reduce((sum, band) => sum + band.warnings, 0);
  const routes = all.reduce((sum, band) => sum + band.routes.length, 0);
  const parts = [
    plural(all.length, 'server', 'servers'),
    plural(routes, 'pass', 'passes'),
    upstreams.length > 0 && plural(upstreams.length, 'upstream', 'upstreams'),
    pools.length > 0 && plural(pools.length, 'pool', 'pools'),
  ].filter((part) => part !== false);
  facts.replaceChildren(
    make('span', 'quiet', parts.join(' · ')),
    broken + warnings === 0
      ? make('span', 'count', sign('ok'), 'nothing broken')
      : make(
          'span',
          'counts',
          broken > 0 && make('span', 'count broken', sign('broken'), `${broken} broken`),
          warnings > 0 && make('span', 'count warning', sign('warning'), plural(warnings, 'warning', 'warnings')),
        ),
  );
}

function focus(key: string): void {
  list.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.type === 'problem') {
    // What is still being drawn is not wanted any more.
    drawing++;
    list.replaceChildren(make('p', 'empty', data.text));
    return;
  }
  topology = data.topology;
  names = data.names;
  all = bands(topology, names);
  count();
  const { scrollY } = window;
  render();
  window.scrollTo({ top: scrollY });
});

let typing: ReturnType<typeof setTimeout> | undefined;
filter.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    keep({ query: filter.value });
    render();
    say(plural(list.querySelectorAll('.band').length, 'server', 'servers'));
  }, 100);
});

document.addEventListener('click', (event) => {
  const button = (event.target as Element).closest<HTMLElement>('[data-action]');
  if (!button) return;
  const { action, uri, range, key } = button.dataset;
  if (action === 'open') vscode.postMessage({ type: 'open', uri: uri!, range: JSON.parse(range!) });
  else if (action === 'only') {
    keep({ problems: !kept.problems });
    render();
  } else if (action === 'toggle') toggle(button.closest<HTMLElement>('.band')!);
  else if (action === 'said') {
    const text = button.nextElementSibling as HTMLElement;
    text.hidden = !text.hidden;
    if (text.hidden) opened.delete(key!);
    else opened.add(key!);
    button.setAttribute('aria-expanded', String(!text.hidden));
  }
});

function toggle(element: HTMLElement): void {
  const found = topology && shown(topology).find(({ band }) => band.id === element.dataset.band);
  if (!found) return;
  const isOpen = !element.classList.contains('open');
  keep({ toggled: { ...kept.toggled, [found.band.id]: isOpen } });
  wired.delete(element);
  resized.unobserve(element);
  const next = drawBand(found.band, found.routes, isOpen);
  element.replaceWith(next);
  next.querySelector<HTMLElement>('.toggle')!.focus();
}

for (const type of ['pointerover', 'focusin'] as const) {
  document.addEventListener(type, ({ target }) => {
    const cell = (target as Element).closest<HTMLElement>('.cell');
    for (const grid of list.querySelectorAll<HTMLElement>('.band.open')) {
      light(grid, cell && grid.contains(cell) ? cell.dataset.id! : null);
    }
  });
}

/** Arrow keys go to the nearest card in their direction. */
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== filter) {
    event.preventDefault();
    filter.focus();
    return;
  }
  const arrow = ARROWS[event.key];
  const from = document.activeElement?.closest<HTMLElement>('.node, .toggle, .said');
  if (!arrow || !from) return;
  const band = from.closest<HTMLElement>('.band, .rest');
  const near = [band?.previousElementSibling, band, band?.nextElementSibling];
  const a = from.getBoundingClientRect();
  let best: { element: HTMLElement; distance: number } | null = null;
  for (const element of near.flatMap((each) => [
    ...(each?.querySelectorAll<HTMLElement>('.node, .toggle, .said') ?? []),
  ])) {
    if (element === from) continue;
    const b = element.getBoundingClientRect();
    const x = arrow[0] > 0 ? b.left - a.right : a.left - b.right;
    const y = arrow[1] > 0 ? b.top - a.bottom : a.top - b.bottom;
    const ahead = arrow[0] !== 0 ? x : y;
    if (ahead < -2) continue;
    const aside = arrow[0] !== 0 ? Math.abs(b.top - a.top) : Math.abs(b.left - a.left);
    const distance = ahead + 2 * aside;
    if (!best || distance < best.distance) best = { element, distance };
  }
  if (!best) return;
  event.preventDefault();
  best.element.focus();
});

let silence: ReturnType<typeof setTimeout> | undefined;
function say(text: string): void {
  clearTimeout(silence);
  said.textContent = text;
  silence = setTimeout(() => {
    said.textContent = '';
  }, 3000);
}

document.body.classList.add('topology');
panel.append(tools, list);
vscode.postMessage({ type: 'ready' });
