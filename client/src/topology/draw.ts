/** Draws a server with all that its requests go through. */
import type { Located, TopologyEndpoint, TopologyLink, TopologyUpstream } from '../../../server/src/lsp/protocol';
import { breakable, make, sign, unseen } from './dom';
import type { Band, Node, Route } from './layout';

export interface Words {
  /** What a file is called. */
  nameOf(uri: string): string;
  /** Which findings are read in full, by `keyOf`. */
  readonly opened: ReadonlySet<string>;
}

const DOT = /(?<=\.)/;
const NAMELESS = { http: 'no server_name', stream: 'stream', fragment: 'no server in view' } as const;

/** The head of a band, which is a card of its own while the band is open. */
export function drawServer({ server, broken, warnings, routes }: Band, isOpen: boolean, words: Words): HTMLElement {
  const [first, ...others] = server.names.filter((each) => each !== '');
  const name = first ?? NAMELESS[server.kind];
  const toggle = make('button', 'toggle', make('span', 'twist'), unseen(isOpen ? 'Collapse' : 'Expand'));
  toggle.dataset.action = 'toggle';
  toggle.setAttribute('aria-expanded', String(isOpen));
  const card = make(
    'button',
    'card node',
    first === undefined ? make('span', 'quiet', name) : make('strong', '', breakable(name, DOT)),
    others.length > 0 && make('span', 'quiet others', breakable(others.join(' '), DOT)),
    server.listen.length > 0 && make('span', 'chips', ...server.listen.map((each) => make('span', 'chip', each))),
    fileOf(server, words),
  );
  dress(card, server, `server ${name}`, `Server ${name}`, words);
  const counts = make(
    'span',
    'counts',
    make('span', 'quiet total', plural(routes.length, 'pass', 'passes')),
    broken > 0 && make('span', 'count broken', sign('broken'), `${broken} broken`),
    warnings > 0 && make('span', 'count warning', sign('warning'), plural(warnings, 'warning', 'warnings')),
  );
  return make('div', 'server', toggle, card, counts);
}

export function drawNode({ id, of, column, row, rows }: Node, words: Words): HTMLElement {
  const element =
    of === null
      ? make('div', 'card plain', make('span', 'quiet', 'Decided per request'))
      : 'kind' in of
        ? drawRoute(of, words)
        : 'address' in of
          ? drawAddress(of, words)
          : drawUpstream(of, words);
  const cell = make('div', `cell ${column}`, element);
  cell.dataset.id = id;
  // What stands beside several rows stands in their middle.
  if (rows > 1) cell.classList.add('tall');
  cell.style.gridRow = `${row + 1} / span ${rows}`;
  return cell;
}

function drawRoute({ locations, pass }: Route, words: Words): HTMLElement {
  const around = locations.slice(0, -1).map(({ name }) => name);
  const location = locations.at(-1)?.name;
  const target = make(
    'span',
    'target',
    make('span', 'quiet', pass.directive),
    ' ',
    make('code', '', breakable(pass.target)),
  );
  const top = location === undefined ? target : make('code', 'name', location);
  const button = make(
    'button',
    'card node',
    make('span', 'top', top, fileOf(pass, words)),
    around.length > 0 && make('span', 'quiet', `in ${around.join(' › ')}`),
    top !== target && target,
  );
  const name = location === undefined ? '' : `location ${location}, `;
  dress(button, pass, 'pass', `${name}${pass.directive} ${pass.target}`, words);
  return framed(button, pass, words);
}

function drawUpstream(upstream: TopologyUpstream, words: Words): HTMLElement {
  const { name, options, uses, endpoints } = upstream;
  const button = make(
    'button',
    'card node',
    make('span', 'top', make('code', 'name', name), fileOf(upstream, words)),
    options.length > 0 && make('span', 'quiet', options.join(' · ')),
    endpoints.length === 0 && make('span', 'quiet', 'no servers'),
    uses > 1 && make('span', 'quiet', `used ${uses} times`),
  );
  dress(button, upstream, 'upstream', `Upstream ${name}`, words);
  return framed(button, upstream, words);
}

const KINDS = { pool: 'pool', unit: 'unit', service: 'service', server: 'nginx itself:' } as const;

function drawAddress(endpoint: TopologyEndpoint, words: Words): HTMLElement {
  const { address, parameters, reached, nothing, state } = endpoint;
  const button = make(
    'button',
    'card node',
    make('code', 'name', breakable(address)),
    parameters.length > 0 && make('span', 'chips', ...parameters.map((each) => make('span', 'chip', each))),
  );
  const frame = framed(button, endpoint, words);
  const isBad = nothing && (state === 'broken' || state === 'warning');
  const note = nothing ? 'nothing in this workspace listens here' : 'not in this workspace';
  if (reached.length === 0)
    button.append(make('span', isBad ? `missing ${state}` : 'quiet', isBad && sign(state), note));
  const label = [address, ...parameters, ...(reached.length === 0 ? [note] : [])];
  dress(button, endpoint, 'address', `Address ${label.join(', ')}`, words);
  for (const each of reached) {
    const link = make(
      'button',
      'reached node',
      state === 'broken' || state === 'warning' ? sign(state) : sign('ok'),
      make('span', '', `${KINDS[each.kind]} ${each.name}`),
      fileOf(each, words),
    );
    dress(link, each, each.kind, `${KINDS[each.kind]} ${each.name}`, words);
    frame.append(link);
  }
  return frame;
}

/** A card with what rules say of it below. */
function framed(button: HTMLElement, link: TopologyLink, words: Words): HTMLElement {
  const frame = make('div', `frame ${link.state}`, button);
  for (const said of link.said) {
    const key = keyOf(link, said.code);
    const isOpen = words.opened.has(key);
    const text = make('p', 'message', said.message);
    text.hidden = !isOpen;
    const state = said.severity === 'error' ? 'broken' : 'warning';
    const more = make('button', `said ${state}`, sign(state), unseen(`${state}: `), make('span', '', said.title));
    more.dataset.action = 'said';
    more.dataset.key = key;
    more.title = said.message;
    more.setAttribute('aria-expanded', String(isOpen));
    frame.append(more, text);
  }
  return frame;
}

export function keyOf({ uri, range }: Located, code: string): string {
  return `${code} ${range.start.line} ${range.start.character} ${uri}`;
}

/** A button that leads to a place. */
export function dress(
  button: HTMLElement,
  { uri, range }: Located,
  what: string,
  label: string,
  words: Pick<Words, 'nameOf'>,
): void {
  button.dataset.action = 'open';
  button.dataset.uri = uri;
  button.dataset.range = JSON.stringify(range);
  button.dataset.key = `${what} ${range.start.line} ${range.start.character} ${uri}`;
  button.setAttribute('aria-label', label);
  button.title = `Open ${words.nameOf(uri)}:${range.start.line + 1}`;
}

/** `shop.conf:21`; the folder is in the tip. */
export function fileOf({ uri, range }: Located, { nameOf }: Pick<Words, 'nameOf'>): HTMLElement {
  const name = nameOf(uri);
  return make('span', 'file', `${name.slice(name.lastIndexOf('/') + 1)}:${range.start.line + 1}`);
}

export const plural = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
