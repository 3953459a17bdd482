/** What stock nginx knows of each directive: where it may stand, how many arguments it takes, whether it opens a block. */
import { others, rows } from './catalogue.generated';

/** The places a directive can stand in, as nginx's command tables name them. `location-if` and `server-if` are `if` blocks. */
export type Context =
  | 'main'
  | 'events'
  | 'http'
  | 'server'
  | 'location'
  | 'upstream'
  | 'server-if'
  | 'location-if'
  | 'limit_except'
  | 'stream'
  | 'stream-server'
  | 'stream-upstream'
  | 'mail'
  | 'mail-server';

export interface Signature {
  readonly name: string;
  /** Kind of the module that brings it: http, stream, mail, core or event. */
  readonly type: string;
  readonly contexts: readonly Context[];
  readonly min: number;
  /** Infinity where any number is accepted. */
  readonly max: number;
  readonly block: boolean;
  /** Form of the value: flag, msec, sec, size, enum, bitmask …; empty where the directive has a parser of its own. */
  readonly value: string;
  /** The words an enum or bitmask accepts. */
  readonly words: readonly string[];
  /** Words that a directive with a parser of its own compares its arguments with: `http2` for `listen`. */
  readonly literals: readonly string[];
  /** nginx refuses a second one in the same block: `"X" directive is duplicate`. */
  readonly once: boolean;
  /** First version that knows it; null for what is older than 1.1. */
  readonly since: string | null;
}

/** The lines of one name follow each other. */
function linesByName(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const name = line.slice(0, line.indexOf('\t'));
    const known = found.get(name);
    if (known) known.push(line);
    else found.set(name, [line]);
  }
  return found;
}

const lines = linesByName(rows);

function read(line: string): Signature {
  const [name, type, contexts, min, max, block, value, words, literals, once, since] = line.split('\t') as Fields;
  return {
    name,
    type,
    contexts: contexts.split(',') as Context[],
    min: Number(min),
    max: max === '-1' ? Number.POSITIVE_INFINITY : Number(max),
    block: block === '1',
    value,
    words: words ? words.split(' ') : [],
    literals: literals ? literals.split(' ') : [],
    once: once === '1',
    since: since || null,
  };
}

type Fields = [
  name: string,
  type: string,
  contexts: string,
  min: string,
  max: string,
  block: string,
  value: string,
  words: string,
  literals: string,
  once: string,
  since: string,
];

/** What has been asked for. */
const table = new Map<string, Name>();

// Of no module: nginx's configuration reader itself knows it, in every place (ngx_conf_commands).
const INCLUDE: Signature = {
  name: 'include',
  type: 'core',
  contexts: [
    'main',
    'events',
    'http',
    'server',
    'location',
    'upstream',
    'server-if',
    'location-if',
    'limit_except',
    'stream',
    'stream-server',
    'stream-upstream',
    'mail',
    'mail-server',
  ],
  min: 1,
  max: 1,
  block: false,
  value: '',
  words: [],
  literals: [],
  once: false,
  since: null,
};
table.set('include', { signatures: [INCLUDE], holdsData: false, holdsLua: false });

/** What the name of a directive tells by itself. */
export interface Name {
  /** One for each module that knows it (`server` is known to http, upstream, stream and mail); empty where none does. */
  readonly signatures: readonly Signature[];
  /** The lines of its block are data, not directives: nginx reads them with a handler of their own. */
  readonly holdsData: boolean;
  /** Its block is Lua, as OpenResty has it. */
  readonly holdsLua: boolean;
}

const UNKNOWN: Name = { signatures: [], holdsData: false, holdsLua: false };
const LUA: Name = { signatures: [], holdsData: false, holdsLua: true };

export function nameOf(name: string): Name {
  let known = table.get(name);
  if (!known) {
    const found = lines.get(name);
    // Names that nobody knows are not kept: there can be any number of them.
    if (!found) return name.endsWith('_by_lua_block') ? LUA : UNKNOWN;
    known = { signatures: found.map(read), holdsData: isDataBlock(name), holdsLua: false };
    table.set(name, known);
  }
  return known;
}

/** One signature for each module that knows the name; empty for an unknown name. */
export function signatures(name: string): readonly Signature[] {
  return nameOf(name).signatures;
}

/** A directive of nginx's documentation that a stock build does not have: NGINX Plus, njs, OpenTelemetry, another system's. */
export interface Other {
  readonly name: string;
  /** Places as in `Context`, or the name of a block of the same module: `acme_issuer`. */
  readonly contexts: readonly string[];
  readonly since: string | null;
}

let documented: ReadonlyMap<string, Other> | null = null;

function allOthers(): ReadonlyMap<string, Other> {
  documented ??= new Map(
    others.split('\n').map((line) => {
      const [name = '', contexts = '', since] = line.split('\t');
      return [name, { name, contexts: contexts.split(','), since: since || null }];
    }),
  );
  return documented;
}

export function otherDirective(name: string): Other | null {
  return allOthers().get(name) ?? null;
}

export function otherDirectives(): Iterable<Other> {
  return allOthers().values();
}

/** Blocks whose lines are data, not directives: nginx reads them with a handler of their own. */
const DATA_BLOCKS = new Set(['map', 'geo', 'split_clients', 'types', 'charset_map']);

export function isDataBlock(name: string): boolean {
  return DATA_BLOCKS.has(name);
}

/**
 * The context inside a block that stands in `context`; null where stock nginx has no such block there (a third-party
 * block, a data block).
 */
export function contextInside(context: Context, name: string): Context | null {
  switch (name) {
    case 'events':
      return context === 'main' ? 'events' : null;
    case 'http':
    case 'stream':
    case 'mail':
      return context === 'main' ? name : null;
    case 'server':
      return context === 'http' ? 'server' : context === 'stream' || context === 'mail' ? `${context}-server` : null;
    case 'upstream':
      return context === 'http' ? 'upstream' : context === 'stream' ? 'stream-upstream' : null;
    case 'location':
      return context === 'server' || context === 'location' ? 'location' : null;
    case 'if':
      return context === 'server' || context === 'location' ? `${context}-if` : null;
    case 'limit_except':
      return context === 'location' ? 'limit_except' : null;
    default:
      return null;
  }
}

const names = [...lines.keys(), 'include'];

/** Every name that stock nginx knows. */
export function directiveNames(): readonly string[] {
  return names;
}
