/** Flags names that are too long for the hash table that nginx puts them into, and tables without room. */
import { isPlaceholder } from '../../nginx/judge/values';
import type { Directive, Word } from '../../nginx/tree';
import type { At, Project } from '../../project/project';
import {
  type Clash,
  clashesIn,
  type Instance,
  isLiteral,
  isWhole,
  kindOf,
  type Server,
  serversOf,
} from '../../project/references';
import { sharingAddress } from '../../project/sharing';
import { defineRule, mend, type Report } from '../rule';

/** A line of the processor's cache: the least that a bucket has on machines with 64 bits. */
const BUCKET = 64;
const LARGEST_BUCKET = 65_536 - 64;
/** What has more characters may be too long for a bucket. */
const LONG = 40;

export default defineRule({
  id: 'nginx/hash-sizes',
  language: 'nginx',
  severity: 'error',
  title: 'Name does not fit into its hash table',
  why: `nginx keeps server names, keys of a \`map\`, variables and headers in hash tables. Each entry must fit into one bucket, of 64 bytes
by default: names of more than 46 characters do not. nginx then refuses to start with \`could not build server_names_hash, you should
increase server_names_hash_bucket_size: 64\`, and names no line. Server names are put into a table only where several servers share an
address, so a second server can bring it to light.`,
  references: ['https://nginx.org/en/docs/hash.html', 'https://nginx.org/en/docs/http/server_names.html#optimization'],
  *check(source, project) {
    const { file } = source;
    const isPossible = (): boolean => source.named('server_name').some(hasLongName);
    for (const { again, word } of clashesIn(
      project,
      file,
      'long server names',
      (instance) => longNames(project, instance),
      isPossible,
    )) {
      yield tooLong(project, again, word, 'server_names_hash', 'server name');
    }
    for (const [name, argument, table, what] of NAMED) {
      for (const directive of source.named(name)) {
        if ((directive.values[argument + 1]?.length ?? 0) <= LONG) continue;
        const word = directive.args[argument];
        const skip = what === 'variable' ? 1 : 0;
        if (!word || !hasNoRoom(project, { file, directive }, word.value.slice(skip), table)) continue;
        yield tooLong(project, { file, directive }, word, table, what);
      }
    }
    for (const map of source.named('map')) {
      for (const line of map.block?.items ?? []) {
        const { value } = line.name;
        if (value.length <= LONG || value.startsWith('~')) continue;
        if (!hasNoRoom(project, { file, directive: map }, value.replace(/^\\/, ''), 'map_hash', line.name)) continue;
        yield tooLong(project, { file, directive: map }, line.name, 'map_hash', 'key');
      }
    }
    for (const name of SIZES) {
      for (const directive of source.named(name)) {
        const at = { file, directive };
        const [size] = directive.args;
        if (!size || !/^\d{1,18}$/.test(size.value) || !isLiteral(project, at) || !isBuilt(project, at)) continue;
        const number = Number(size.value);
        const isBucket = name.endsWith('bucket_size');
        if (number > 0 && (!isBucket || number <= LARGEST_BUCKET)) continue;
        yield {
          span: size,
          message: `"${name} ${size.value}" leaves ${number === 0 ? 'no room' : 'too much room'}: nginx refuses to start (could not build ${name.replace(/_(?:max|bucket)_size$/, '')}). Write ${isBucket ? '64, 128 or 256' : '1024 or more'}.`,
        };
      }
    }
  },
});

/** Directives that put an argument into a table. */
const NAMED: readonly (readonly [string, number, string, string])[] = [
  ...['set', 'auth_request_set'].map((name) => [name, 0, 'variables_hash', 'variable'] as const),
  ...['map', 'split_clients'].map((name) => [name, 1, 'variables_hash', 'variable'] as const),
  ['proxy_set_header', 0, 'proxy_headers_hash', 'header'],
];

const SIZES = [
  'variables_hash',
  'types_hash',
  'proxy_headers_hash',
  'map_hash',
  'server_names_hash',
  'referer_hash',
].flatMap((table) => [`${table}_max_size`, `${table}_bucket_size`]);

/** The directive in force; one behind a map comes too late for it. */
function sizeFor(project: Project, at: At, table: string): At | null {
  const set = project.effective(at, `${table}_bucket_size`).at(-1);
  const isLate = at.directive.called === 'map' && set?.file === at.file && set.directive.start > at.directive.start;
  return set && !isLate ? set : null;
}

/** The bucket size in force, rounded up as nginx does. */
function bucketOf(project: Project, at: At, table: string): number {
  const size = Number(sizeFor(project, at, table)?.directive.values[1] ?? BUCKET);
  return Number.isFinite(size) ? Math.ceil(size / BUCKET) * BUCKET : Number.POSITIVE_INFINITY;
}

/** A pointer, the length in two bytes, the name, rounded up to whole pointers; and a pointer that ends the bucket. */
function room(name: string): number {
  let bytes = 0;
  for (const character of name) {
    const code = character.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return 8 + Math.ceil((bytes + 2) / 8) * 8 + 8;
}

/** Is it certain that the name has no room? */
function hasNoRoom(project: Project, at: At, name: string, table: string, word?: Word): boolean {
  if (at.directive.args.some(isPlaceholder) || (word && isPlaceholder(word))) return false;
  const bucket = bucketOf(project, at, table);
  return (
    bucket > 0 &&
    room(name) > bucket &&
    kindOf(project, at) !== null &&
    isLiteral(project, at) &&
    isWhole(project, at.file)
  );
}

function tooLong(project: Project, at: At, word: Word, table: string, what: string): Report {
  const bucket = bucketOf(project, at, table);
  let size = BUCKET;
  while (size < room(word.value)) size *= 2;
  const set = sizeFor(project, at, table);
  const value = set?.directive.args[0];
  return {
    span: word,
    message: `The ${what} "${word.value.slice(0, 80)}" does not fit into a bucket of ${table}: nginx refuses to start. ${value ? `${table}_bucket_size is ${bucket}` : `Buckets have ${bucket} bytes by default`}; write ${table}_bucket_size ${size} in the ${kindOf(project, at)} block.`,
    related: set && value ? [{ file: set.file, span: value, message: 'The size is set here.' }] : [],
    fixes:
      set && value && !value.quote
        ? [
            mend('nginx/hash-sizes', `Write ${table}_bucket_size ${size}`, [
              { file: set.file, span: value, newText: `${size}` },
            ]),
          ]
        : [],
  };
}

interface Long extends Clash {
  readonly word: Word;
}

/** Names of servers that share an address with others: only these get a table. */
function* longNames(project: Project, instance: Instance): Generator<Long, undefined> {
  if (!instance.complete) return;
  const all = serversOf(project, instance, 'http');
  let shared: ReadonlySet<Server> | null = null;
  for (const server of all) {
    for (const at of server.names) {
      for (const word of hasLongName(at.directive) ? at.directive.args : []) {
        if (!isLongName(word)) continue;
        const bucket = bucketOf(project, at, 'server_names_hash');
        if (bucket === 0 || room(word.value.replace(/^\./, '')) <= bucket) continue;
        shared ??= sharingAddress(all);
        if (shared.has(server)) yield { first: server.at, again: at, word };
      }
    }
  }
}

function hasLongName(directive: Directive): boolean {
  return directive.values.some((value) => value.length > LONG) && directive.args.some(isLongName);
}

/** Too long for some table; wildcards are kept label by label. */
function isLongName(word: Word): boolean {
  return word.value.length > LONG && !/^~|\*|\$/.test(word.value) && !isPlaceholder(word);
}

/** Is the table whose size is set here built for certain? */
function isBuilt(project: Project, at: At): boolean {
  const block = project.parent(at);
  const kind = kindOf(project, at);
  if (block && at.directive.called.startsWith('referer')) {
    const referers = project.children(block.file, block.directive).get('valid_referers') ?? [];
    return referers.some(({ directive }) =>
      directive.args.some(({ value }) => !/^(?:none|blocked|server_names|~.*)$/s.test(value)),
    );
  }
  if (!block || !kind || block.directive.called !== kind) return false;
  const { value } = at.directive.name;
  const inside = project.children(block.file, block.directive);
  if (value.startsWith('variables')) return true;
  if (value.startsWith('map'))
    return (inside.get('map') ?? []).some(({ directive }) =>
      (directive.block?.items ?? []).some(
        ({ called, args }) => args.length === 1 && !/^(?:~|default$|include$|hostnames$|volatile$)/.test(called),
      ),
    );
  const servers = (inside.get('server') ?? []).filter(({ directive }) => directive.block);
  if (value.startsWith('server_names')) {
    // Two servers with nothing but a plain name, on one port.
    const plain = servers.filter(
      ({ directive }) =>
        !directItems(directive, 'include') && directive.block!.items.some(({ called }) => called === 'listen'),
    );
    const listens = plain.flatMap(({ directive }) =>
      directive.block!.items.filter(({ called }) => called === 'listen').map(({ args }) => args[0]?.value),
    );
    const named = plain.some(({ directive }) =>
      directive.block!.items.some(
        ({ called, args }) => called === 'server_name' && args.some((each) => !each.value.startsWith('~')),
      ),
    );
    return named && new Set(listens).size < listens.length;
  }
  return servers.some((server) => ['include', 'types', value].every((name) => !directItems(server.directive, name)));
}

function directItems({ block }: Directive, name: string): boolean {
  return block?.items.some((item) => item.called === name) ?? false;
}
