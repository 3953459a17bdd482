/** What the parts of one configuration call each other by: names that are declared in one place and used in another. */

import { byText } from '../nginx/phrase';
import { type Directive, includesFiles } from '../nginx/tree';
import { isGlob } from '../text/glob';
import { kept } from '../text/kept';
import { basename, dirname } from '../text/path';
import { plainSpan, type Span } from '../text/span';
import { directly, NO_CHILDREN, remembered } from './children';
import { isInstalled } from './includes';
import type { At, Children, NginxRoot, Project } from './project';
import { PACKAGED } from './settings';
import type { NginxSource } from './source';
import type { Structure } from './structure';
import { systemOf } from './system';

export type Kind = 'http' | 'stream';

/** One nginx: what its main file, or a fragment that nothing includes, brings together. */
export interface Instance {
  readonly root: NginxRoot;
  readonly files: ReadonlySet<string>;
  /** Everything that nginx would read is in view and can be read: what nothing here declares, nothing declares. */
  readonly complete: boolean;
  /** Directives directly in the `http` or `stream` block, by name, in the order nginx reads them. */
  inside(kind: Kind): Children;
}

const instances = new WeakMap<Project, readonly Instance[]>();
const NONE: readonly Instance[] = [];

/** The configurations that read `file`. */
export function instancesOf(project: Project, file: string): readonly Instance[] {
  let all = instances.get(project);
  if (!all) {
    all = project.structure.roots.map(({ root, files }) => instanceOf(project, root, files));
    instances.set(project, all);
  }
  return (
    rootsOf(project.structure)
      .get(file)
      ?.map((index) => all[index]!) ?? NONE
  );
}

const rootsByStructure = new WeakMap<Structure, ReadonlyMap<string, readonly number[]>>();

/** By file, the roots that read it. */
function rootsOf(structure: Structure): ReadonlyMap<string, readonly number[]> {
  let known = rootsByStructure.get(structure);
  if (!known) {
    const map = new Map<string, number[]>();
    for (const [index, { files }] of structure.roots.entries()) {
      for (const file of files) {
        const same = map.get(file);
        if (same) same.push(index);
        else map.set(file, [index]);
      }
    }
    known = map;
    rootsByStructure.set(structure, known);
  }
  return known;
}

/** Is the whole configuration in view wherever `file` is read? */
export function isWhole(project: Project, file: string): boolean {
  const all = instancesOf(project, file);
  return all.length > 0 && all.every(({ complete }) => complete);
}

/** A file that is read as it stands: no template decides what is in it, and no mistake in it hides where blocks end. */
export function isPlain(project: Project, file: string): boolean {
  const tree = project.nginx(file)?.tree;
  return tree !== undefined && tree.templates.length === 0 && tree.problems.length === 0;
}

/** As `isPlain`, for who asks of a thousand directives that mostly stand in one file. */
function plainFiles(project: Project): (file: string) => boolean {
  let last: string | null = null;
  let plain = false;
  return (file) => {
    if (file !== last) plain = isPlain(project, file);
    last = file;
    return plain;
  };
}

/** Everything at `at` is written out: no template, plain files. */
export function isLiteral(project: Project, { file, directive }: At): boolean {
  return isWritten(directive) && isPlain(project, file);
}

/** No template's mark stands in its words. */
export function isWritten(directive: Directive): boolean {
  if (directive.phrase !== null) return true;
  return !directive.name.template && directive.args.every(({ template }) => !template);
}

function instanceOf(project: Project, root: NginxRoot, files: ReadonlySet<string>): Instance {
  const contexts = project.contexts(root.file);
  const top = project.children(root.file, null);
  const isMain = contexts.includes('main');
  let complete: boolean | null = null;
  return {
    root,
    files,
    get complete() {
      // Without `events` nginx does not start: such a file is part of something that is not in view.
      complete ??= isMain && top.has('events') && isReadInFull(project, root, files);
      return complete;
    },
    inside(kind) {
      if (contexts.includes(kind)) return top;
      const block = isMain ? top.get(kind)?.[0] : undefined;
      return block ? project.children(block.file, block.directive) : NO_CHILDREN;
    },
  };
}

function isReadInFull(project: Project, root: NginxRoot, files: ReadonlySet<string>): boolean {
  const { rest } = project;
  const others = remembered(rest, `${root.file} is read in full`, () =>
    [...files].every((file) => file === rest.file || isFileReadInFull(project, root, file)),
  );
  return others && (rest.file === null || !files.has(rest.file) || isFileReadInFull(project, root, rest.file));
}

function isFileReadInFull(project: Project, root: NginxRoot, file: string): boolean {
  if (!isPlain(project, file)) return false;
  return project
    .nginx(file)!
    .named('include')
    .every((include) => {
      const [word] = include.args;
      if (!word || include.args.length > 1 || word.template || word.value.includes('$')) return false;
      // What the packages bring along declares nothing that others refer to.
      if (PACKAGED.test(word.value) || isModuleFolder(include)) return true;
      const resolved = project.resolved.get(patternOf(root, include));
      if (!resolved || resolved.error) return false;
      if (resolved.files.some((each) => !project.nginx(each))) return false;
      // A pattern that finds nothing in a checkout may find something on the server.
      return resolved.files.length > 0 || !isGlob(word.value) || !word.value.startsWith('/') || isInstalled(root.file);
    });
}

/** Debian's `include /etc/nginx/modules-enabled/*.conf`: `load_module` lines and nothing else. */
export function isModuleFolder({ values }: Directive): boolean {
  return /(?:^|\/)modules(?:-enabled|\.d)?\/\*\.conf$/.test(values[1] ?? '');
}

function patternOf(root: NginxRoot, include: Directive): string {
  const pattern = include.values[1]!;
  return pattern.startsWith('/') || /^[A-Za-z]:[\\/]/.test(pattern) ? pattern : `${root.prefix}/${pattern}`;
}

/** The `http` or `stream` block around `at`; null elsewhere and where that is not known. */
export function kindOf(project: Project, at: At): Kind | null {
  switch (project.contextOf(at)) {
    case 'http':
    case 'server':
    case 'location':
    case 'upstream':
    case 'server-if':
    case 'location-if':
    case 'limit_except':
      return 'http';
    case 'stream':
    case 'stream-server':
    case 'stream-upstream':
      return 'stream';
    default:
      return null;
  }
}

/** The blocks that hold the top of `file`, across includes; `directive` is null for the top of a root. */
export function blocksAround(project: Project, file: string): readonly { file: string; directive: Directive | null }[] {
  const found = new Map<Directive | string, { file: string; directive: Directive | null }>();
  const seen = new Set<string>();
  const open = [file];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const includers = project.includers(next);
    if (includers.length === 0) found.set(next, { file: next, directive: null });
    for (const { file: outer, directive } of includers) {
      if (directive.parent) found.set(directive.parent, { file: outer, directive: directive.parent });
      else open.push(outer);
    }
  }
  return [...found.values()];
}

/** `word`, or what ends the directive where that is on a later line: nginx names that line. */
export function spanNginxNames(source: NginxSource, directive: Directive, word: Span): Span {
  const end = directive.block ? directive.block.start : directive.semicolon;
  if (end < 0 || source.lines.position(end).line === source.lines.position(word.start).line) return plainSpan(word);
  return { start: end, end: end + 1 };
}

/** The declaration for people who look at the second one. */
export function declared(at: At, message: string): { file: string; span: Span; message: string } {
  return { file: at.file, span: at.directive.name, message };
}

/** Name of the shared memory zone that a directive of the `http` or `stream` block declares; null when none. */
export function zoneOf(directive: Directive): { name: string; word: Span } | null {
  for (const word of directive.args) {
    const zone = /^(?:keys_)?zone=([^:]+)/.exec(word.value);
    if (zone) return { name: zone[1]!, word };
  }
  return null;
}

/** Two declarations that cannot both stand; nginx stops at `again`. */
export interface Clash {
  readonly first: At;
  readonly again: At;
}

const clashes = new WeakMap<Instance, Map<string, ReadonlyMap<string, readonly Clash[]>>>();

/**
 * What `find` says of the configurations that read `file`, as far as nginx stops in that file. `what` names the question:
 * each is asked once for each configuration. `isPossible`: a cheaper question, whose no saves that one.
 */
export function clashesIn<C extends Clash>(
  project: Project,
  file: string,
  what: string,
  find: (instance: Instance) => Iterable<C>,
  isPossible: (instance: Instance) => boolean = () => true,
): readonly C[] {
  const found = new Map<Directive, C>();
  for (const instance of instancesOf(project, file)) {
    if (!isPossible(instance)) continue;
    let answers = clashes.get(instance);
    if (!answers) {
      answers = new Map();
      clashes.set(instance, answers);
    }
    let byFile = answers.get(what);
    if (!byFile) {
      const map = new Map<string, C[]>();
      for (const clash of find(instance)) {
        const same = map.get(clash.again.file);
        if (same) same.push(clash);
        else map.set(clash.again.file, [clash]);
      }
      byFile = map;
      answers.set(what, byFile);
    }
    for (const clash of (byFile.get(file) ?? []) as readonly C[]) {
      if (areAlternatives(project, clash.first.file, file)) continue;
      if (!found.has(clash.again.directive)) found.set(clash.again.directive, clash);
    }
  }
  return [...found.values()];
}

const VARIANT =
  /(?:^|[._-])(dev|devel|development|prod|production|stage|staging|local|localhost|test|testing|qa|uat|live|ci|e2e|demo|preview|blue|green|ssl|nossl|tls|http|https|docker|compose|swarm|k8s|kubernetes|aws|init|initial|maintenance)(?=[._-]|$)/i;

/** `conf.d/dev.conf` and `conf.d/prod.conf`: a checkout has both, no server does. */
function areAlternatives(project: Project, a: string, b: string): boolean {
  if (a === b || dirname(a) !== dirname(b) || isInstalled(a)) return false;
  if (systemOf(project).areApart(a, b)) return true;
  const [one, other] = [a, b].map((file) => {
    const stem = basename(file).replace(/\.(?:conf|template|j2)$/i, '');
    const variant = VARIANT.exec(stem);
    // What is left is the site's own name; a default is there for any.
    const site = stem.replace(variant?.[0] ?? '', '').replace(/^[._-]+|[._-]+$/g, '');
    return { variant: variant?.[1]?.toLowerCase(), site: site === 'default' ? '' : site };
  }) as [Variant, Variant];
  if (one.variant === other.variant) return false;
  return one.site === other.site || (one.variant && other.variant ? one.site === '' || other.site === '' : false);
}

interface Variant {
  readonly variant: string | undefined;
  readonly site: string;
}

/** Later directives whose key an earlier one has. Those without a key, or that a template decides about, are left out. */
export function* sameKey(
  project: Project,
  all: readonly At[],
  keyOf: (at: At) => string | null,
): Generator<Clash, undefined> {
  const first = new Map<string, At>();
  const isPlainFile = plainFiles(project);
  for (const again of all) {
    const key = isWritten(again.directive) && isPlainFile(again.file) ? keyOf(again) : null;
    if (key === null) continue;
    const known = first.get(key);
    if (known) yield { first: known, again };
    else first.set(key, again);
  }
}

/** A `listen` of a `server` block. */
export interface Listen {
  readonly at: At;
  /** Address, port and protocol: two that are equal are one socket. */
  readonly key: string;
  /** As nginx spells it in its messages: `0.0.0.0:80`. */
  readonly text: string;
  readonly isDefault: boolean;
  /** It sets options of the socket, which only one `listen` of an address may do. */
  readonly options: boolean;
}

export interface Server {
  readonly at: At;
  readonly listens: readonly Listen[];
  /** Its `server_name` directives. */
  readonly names: readonly At[];
  /** Some `listen` is of a form whose addresses only nginx knows: a host name, a range of ports, a template. */
  readonly vague: boolean;
}

/** The `server` blocks of a configuration, in the order nginx reads them. */
export function serversOf(project: Project, instance: Instance, kind: Kind): readonly Server[] {
  return serversByKind(instance, kind, project);
}

const serversByKind = kept((instance: Instance, kind: Kind, project: Project): readonly Server[] => {
  const keep = !isInsideServers(project, project.rest.file);
  return instance
    .inside(kind)
    .parts('server')
    .flatMap((part) => {
      const known = serversByPart[kind].get(part);
      if (known) return known;
      const made = serversIn(project, part, kind);
      if (keep) serversByPart[kind].set(part, made);
      return made;
    });
});

function serversIn(project: Project, all: readonly At[], kind: Kind): readonly Server[] {
  const isPlainFile = plainFiles(project);
  return all.filter((at) => at.directive.block && isPlainFile(at.file)).map((at) => serverOf(project, at, kind));
}

/** Those of one file, found without a look at the servers of a thousand others. */
function ownServersOf(project: Project, instance: Instance, kind: Kind, own: string): readonly Server[] {
  return instance
    .inside(kind)
    .parts('server')
    .flatMap((part) =>
      serversIn(
        project,
        part.filter(({ file }) => file === own),
        kind,
      ),
    );
}

const serversByPart = {
  http: new WeakMap<readonly At[], readonly Server[]>(),
  stream: new WeakMap<readonly At[], readonly Server[]>(),
};

/** Is a file brought in by blocks inside of `http` or `stream`, so that it says what servers of other files do? */
function isInsideServers(project: Project, file: string | null): boolean {
  if (file === null) return false;
  return blocksAround(project, file).some(
    ({ directive }) => directive !== null && directive.called !== 'http' && directive.called !== 'stream',
  );
}

/**
 * What the servers of all files but the edited one have: `keysOf` each, asked once between edits of one file. Null where
 * that cannot be told apart, because another file is edited or its lines are those of servers elsewhere.
 */
function keysElsewhere(
  project: Project,
  instance: Instance,
  kind: Kind,
  file: string,
  question: string,
  keysOf: (server: Server) => Iterable<string>,
): ReadonlySet<string> | null {
  const { rest } = project;
  if (rest.file !== file || isInsideServers(project, file)) return null;
  return remembered(rest, `${question} of ${kind} in ${instance.root.file}`, () => {
    const keys = new Set<string>();
    for (const server of serversOf(project, instance, kind)) {
      if (server.at.file !== file) for (const key of keysOf(server)) keys.add(key);
    }
    return keys;
  });
}

/** Does a server of `file` have a key that another one has? True also where that cannot be told cheaply. */
export function sharesKeys(
  project: Project,
  instance: Instance,
  kind: Kind,
  file: string,
  question: string,
  keysOf: (server: Server) => Iterable<string>,
): boolean {
  const elsewhere = keysElsewhere(project, instance, kind, file, question, keysOf);
  if (!elsewhere) return true;
  const own = new Set<string>();
  for (const server of ownServersOf(project, instance, kind, file)) {
    for (const key of keysOf(server)) {
      if (own.has(key) || elsewhere.has(key)) return true;
      own.add(key);
    }
  }
  return false;
}

/** What a block says without includes is the same in every snapshot that has the same text of its file. */
const ownServers = { http: new WeakMap<Directive, Server>(), stream: new WeakMap<Directive, Server>() };

function serverOf(project: Project, at: At, kind: Kind): Server {
  const known = ownServers[kind].get(at.directive);
  if (known) return known;
  const written = directly(project, at, 'listen');
  const listens: Listen[] = [];
  const isOwn = (each: At): boolean => each.file === at.file;
  for (let i = 0; i < written.length; i++) {
    const each = written[i]!;
    const isKnown = isOwn(each) ? isWritten(each.directive) : isLiteral(project, each);
    const read = isKnown ? LISTENS[kind](each.directive) : null;
    if (read) {
      const { key, text, isDefault, options } = read;
      listens.push({ at: each, key, text, isDefault, options });
    }
  }
  const named = directly(project, at, 'server_name');
  const names = named.every((each) => isOwn(each) && isWritten(each.directive))
    ? named
    : named.filter((each) => isLiteral(project, each));
  const server = { at, listens, names, vague: listens.length < written.length };
  if (!includesFiles(at.directive)) ownServers[kind].set(at.directive, server);
  return server;
}

const SOCKET_OPTION =
  /^(?:bind|deferred|reuseport|multipath|ipv6only=(?:on|off)|(?:setfib|fastopen|backlog|rcvbuf|sndbuf|so_keepalive)=.+)$/;

function readListen({ values }: Directive, kind: Kind): Omit<Listen, 'at'> | null {
  const [, word, ...options] = values;
  if (word === undefined || /[${]/.test(word)) return null;
  const text = listenText(word, kind);
  if (text === null) return null;
  const protocol = options.some((option) => option === 'quic' || option === 'udp') ? 'udp' : 'tcp';
  return {
    key: `${protocol} ${text}`,
    text,
    isDefault: options.some((option) => option === 'default_server' || (option === 'default' && kind === 'http')),
    options: options.some((option) => SOCKET_OPTION.test(option)),
  };
}

const LISTENS = {
  http: byText((directive) => readListen(directive, 'http')),
  stream: byText((directive) => readListen(directive, 'stream')),
};

/** `80`, `*:80` and `0.0.0.0:80` are one address; null for forms that stand for several or have to be looked up. */
function listenText(word: string, kind: Kind): string | null {
  if (word.startsWith('unix:')) return word;
  const six = /^(\[[0-9a-fA-F:.]+\])(?::(\d+))?$/.exec(word);
  const [, host, port] =
    six ?? /^(?:(\*|\d{1,3}(?:\.\d{1,3}){3}):(\d+))$/.exec(word) ?? /^(\*|\d{1,3}(?:\.\d{1,3}){3})$/.exec(word) ?? [];
  if (host !== undefined) {
    if (port === undefined && kind === 'stream') return null;
    return `${host === '*' ? '0.0.0.0' : host.toLowerCase()}:${port === undefined ? 80 : Number(port)}`;
  }
  return /^\d+$/.test(word) ? `0.0.0.0:${Number(word)}` : null;
}
