/** What can be written at a place: directives that may stand there, their parameters, variables, and the names of what the project declares. */
import {
  type Context,
  contextInside,
  directiveNames,
  isDataBlock,
  otherDirectives,
  type Signature,
  signatures,
} from '../nginx/catalogue';
import { sinceVersion } from '../nginx/judge/versions';
import { isPass } from '../nginx/model';
import { builtInNames, definedIn } from '../nginx/variables';
import { isOlder } from '../nginx/version';
import { parseListen } from '../php-fpm/address';
import { inside } from '../project/inside';
import type { Project } from '../project/project';
import type { FpmSource, NginxSource } from '../project/source';
import type { Span } from '../text/span';
import { type Cursor, cursorAt } from './cursor';
import { settingMarkdown, settingsOf, wordsOf } from './fpm-settings';
import { directiveDoc, directiveMarkdown, type Reference, variableMarkdown } from './reference';

export interface Completion {
  readonly label: string;
  readonly kind: 'directive' | 'block' | 'parameter' | 'variable' | 'name';
  /** What is replaced; on one line. */
  readonly span: Span;
  readonly newText: string;
  /** With places to fill in, for editors that know snippets. */
  readonly snippet?: string;
  readonly detail?: string;
  /** Stands behind the others: a directive that not every nginx has. */
  readonly last?: boolean;
  /** What its documentation is asked for with; absent where there is none. */
  readonly topic?: Topic;
}

/** Plain data, so that it can travel to an editor and back. */
export interface Topic {
  readonly kind: 'directive' | 'variable' | 'setting';
  readonly name: string;
  /** Context, `http` or `stream`, or the section of a pool file. */
  readonly place: string;
}

export function completions(
  project: Project,
  file: string,
  offset: number,
  reference: Reference | null,
): readonly Completion[] {
  const source = project.sources.get(file);
  if (source?.kind === 'php-fpm') return fpmCompletions(source, offset);
  const at = inside(project, file, offset);
  const found = at.project.nginx(at.file);
  const cursor = found && cursorAt(found.tree, offset, found.start);
  return cursor ? nginxCompletions({ project: at.project, source: found, cursor, offset, reference }) : [];
}

/** The documentation of what a completion offers. */
export function completionMarkdown({ kind, name, place }: Topic, reference: Reference | null): string | null {
  if (kind === 'setting') return settingMarkdown(name, place);
  if (kind === 'directive') return directiveMarkdown(reference, name, place as Context);
  return reference && variableMarkdown(reference, name, place === 'stream' ? 'stream' : 'http');
}

interface Asked {
  readonly project: Project;
  readonly source: NginxSource;
  readonly cursor: Cursor;
  readonly offset: number;
  readonly reference: Reference | null;
}

function nginxCompletions(asked: Asked): readonly Completion[] {
  const { cursor } = asked;
  const contexts = contextsAt(asked);
  const variable = /\$(\{?)(\w*)$/.exec(cursor.word);
  if (variable) return variables(asked, contexts, cursor.word.length - variable[0].length, variable[1]!);
  if (/["'{]/.test(cursor.word)) return [];
  if (cursor.block && isDataBlock(cursor.block.called)) {
    const words = cursor.before.length === 0 ? (DATA_WORDS[cursor.block.called] ?? []) : [];
    return words.map((word) => plain(asked, word, 'parameter'));
  }
  return cursor.before.length === 0 ? directives(asked, contexts) : parameters(asked, contexts);
}

const DATA_WORDS: Readonly<Record<string, readonly string[]>> = {
  map: ['default', 'hostnames', 'include', 'volatile'],
  geo: ['default', 'delete', 'include', 'proxy', 'proxy_recursive', 'ranges', 'volatile'],
  types: ['include'],
  charset_map: ['include'],
};

/** The contexts that a directive at the cursor would stand in; none inside a block that stock nginx does not know. */
function contextsAt({ project, source, cursor }: Asked): readonly Context[] {
  if (!cursor.block) return project.contexts(source.file);
  const outer = project.contextOf({ file: source.file, directive: cursor.block });
  const context = outer && contextInside(outer, cursor.block.called);
  return context ? [context] : [];
}

function directives(asked: Asked, contexts: readonly Context[]): Completion[] {
  const { project, source, cursor, offset } = asked;
  const version = project.options.nginxVersion;
  const there = project.children(source.file, cursor.block);
  // Where "{" or arguments follow already, the name is all that is wanted.
  const lineEnd = source.text.indexOf('\n', offset);
  const rest = source.text.slice(wordEndAt(source.text, offset), lineEnd < 0 ? undefined : lineEnd).trim();
  const found: Completion[] = [];
  for (const name of directiveNames()) {
    const here = signatures(name).filter((each) => each.contexts.some((context) => contexts.includes(context)));
    const [signature] = here;
    if (!signature) continue;
    const since = sinceVersion(here);
    if (since && version !== null && isOlder(version, since)) continue;
    const isThere = there.get(name)?.some(({ directive }) => directive.name.start !== cursor.start) ?? false;
    if (isThere && here.every(({ once }) => once)) continue;
    const place = signature.contexts.find((context) => contexts.includes(context))!;
    found.push({
      label: name,
      kind: signature.block ? 'block' : 'directive',
      span: wordSpan(asked),
      newText: name,
      ...(signature.block && rest === '' ? { snippet: blockSnippet(signature) } : {}),
      topic: { kind: 'directive', name, place },
    });
  }
  const block = cursor.block?.called;
  for (const { name, contexts: places } of otherDirectives()) {
    const place = places.find(
      (each) => contexts.includes(each as Context) || (contexts.length === 0 && each === block),
    );
    if (place === undefined) continue;
    const module = asked.reference && directiveDoc(asked.reference, name, contexts[0] ?? null, block)?.module;
    found.push({
      label: name,
      kind: 'directive',
      span: wordSpan(asked),
      newText: name,
      last: contexts.length > 0,
      ...(module ? { detail: module } : {}),
      topic: { kind: 'directive', name, place },
    });
  }
  return found;
}

/** What stands before the "{" of a block, to be filled in. */
const BLOCK_ARGUMENTS: Readonly<Record<string, string>> = {
  charset_map: '${1:from} ${2:to}',
  geo: '${1:\\$variable}',
  if: '(${1:condition})',
  limit_except: '${1:GET}',
  location: '${1:/}',
  map: '${1:\\$source} ${2:\\$variable}',
  split_clients: '${1:"\\$remote_addr"} ${2:\\$variable}',
  upstream: '${1:name}',
};

function blockSnippet({ name }: Signature): string {
  const args = Object.hasOwn(BLOCK_ARGUMENTS, name) ? `${BLOCK_ARGUMENTS[name]} ` : '';
  return `${name} ${args}{\n\t$0\n}`;
}

function parameters(asked: Asked, contexts: readonly Context[]): Completion[] {
  const { cursor, reference } = asked;
  const [name, ...args] = cursor.before as [string, ...string[]];
  const names = declared(asked, contexts, name, args.length).map((word) => plain(asked, word, 'name'));
  const here = signatures(name).filter((each) => each.contexts.some((context) => contexts.includes(context)));
  const words = new Set<string>();
  const first = here[0];
  if (first?.value === 'flag') {
    if (args.length === 0) for (const word of ['on', 'off']) words.add(word);
  } else if (first && first.words.length > 0) {
    if (args.length < first.max) for (const word of first.words) words.add(word);
  } else if (reference) {
    const doc = directiveDoc(reference, name, contexts[0] ?? null, cursor.block?.called);
    if (doc && (args.length > 0 || doc.first) && (!first || args.length < first.max))
      for (const word of doc.words) words.add(word);
  }
  const more = Object.hasOwn(WORDS, name) ? WORDS[name]! : null;
  if (more?.index === args.length) for (const word of more.words) words.add(word);
  const written = new Set(args.map((arg) => arg.split('=')[0]));
  return [
    ...names,
    ...[...words].filter((word) => !written.has(word.split('=')[0]!)).map((word) => plain(asked, word, 'parameter')),
  ];
}

const HEADERS = ['Host', 'X-Real-IP', 'X-Forwarded-For', 'X-Forwarded-Proto', 'Upgrade', 'Connection'];

/** Words of one argument that neither the command tables nor the documentation's syntax spell out. */
const WORDS: Readonly<Record<string, { readonly index: number; readonly words: readonly string[] }>> = {
  error_log: { index: 1, words: ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg'] },
  grpc_set_header: { index: 0, words: HEADERS },
  proxy_set_header: { index: 0, words: HEADERS },
  use: { index: 0, words: ['epoll', 'eventport', 'kqueue', 'poll', 'select'] },
};

/** Schemes of those passes that take one. */
const SCHEMES: Readonly<Record<string, readonly string[]>> = {
  proxy_pass: ['http://', 'https://'],
  grpc_pass: ['grpc://', 'grpcs://'],
};

/** Names that other directives of the project have declared and that may stand in this argument. */
function declared(asked: Asked, contexts: readonly Context[], name: string, index: number): string[] {
  const { project, source, cursor } = asked;
  const near = project.together(source.file);
  const args = (directive: string): (readonly string[])[] =>
    project
      .named(directive)
      .filter(({ file }) => near.has(file))
      .map((at) => at.directive.args.map(({ value }) => value));
  const firsts = (directive: string): string[] => unique(args(directive).flatMap(([first]) => first ?? []));
  const zones = (directive: string, key: string): string[] =>
    unique(args(directive).flatMap((all) => all.flatMap((arg) => named(arg, key) ?? [])));
  if (isPass(name) && index === 0) {
    const groups = firsts('upstream');
    const schemes = contexts.some((context) => context.startsWith('stream')) ? [] : (SCHEMES[name] ?? []);
    if (schemes.length === 0) return [...groups, ...(name === 'fastcgi_pass' ? pools(project) : [])];
    const begun = schemes.filter((scheme) => cursor.word.startsWith(scheme));
    const used = begun.length > 0 ? begun : groups.length > 0 ? [schemes[0]!] : [];
    return [...used.flatMap((scheme) => groups.map((group) => scheme + group)), ...(begun.length > 0 ? [] : schemes)];
  }
  const cache = /^(proxy|fastcgi|scgi|uwsgi)_cache$/.exec(name);
  if (cache && index === 0) return [...zones(`${name}_path`, 'keys_zone'), 'off'];
  if (name === 'access_log' && index === 1) return ['combined', ...firsts('log_format')];
  if (name === 'limit_req') return zones('limit_req_zone', 'zone').map((zone) => `zone=${zone}`);
  if (name === 'limit_conn' && index === 0) return zones('limit_conn_zone', 'zone');
  if (name === 'try_files' || name === 'error_page') return firsts('location').filter((path) => path.startsWith('@'));
  return [];
}

/** `shop` of `keys_zone=shop:10m`; null for another parameter. */
function named(arg: string, key: string): string | null {
  return arg.startsWith(`${key}=`) ? arg.slice(key.length + 1).split(':')[0]! : null;
}

/** Where the pools in view listen, as `fastcgi_pass` writes it. */
function pools(project: Project): string[] {
  return unique(
    project.pools.flatMap((pool) => {
      const listen = pool.get('listen');
      const address = listen && parseListen(listen.value);
      if (address?.kind === 'unix' && address.path.startsWith('/')) return [`unix:${address.path}`];
      if (address?.kind !== 'tcp') return [];
      const host =
        address.host === null || address.host === '0.0.0.0' || address.host === '::' ? '127.0.0.1' : address.host;
      return [`${host.includes(':') ? `[${host}]` : host}:${address.port}`];
    }),
  );
}

const definedBy = new WeakMap<NginxSource, ReadonlySet<string>>();

function variables(asked: Asked, contexts: readonly Context[], at: number, brace: string): Completion[] {
  const { project, source, cursor, reference, offset } = asked;
  const kind = contexts.some((context) => context.startsWith('stream')) ? 'stream' : 'http';
  const own = new Set<string>();
  for (const file of project.together(source.file)) {
    const each = project.nginx(file);
    if (!each) continue;
    let defined = definedBy.get(each);
    if (!defined) {
      defined = definedIn(each.text, each.tree.items);
      definedBy.set(each, defined);
    }
    for (const name of defined) own.add(name);
  }
  const typed = cursor.word.slice(at + 1 + brace.length).toLowerCase();
  own.delete(typed);
  const span = { start: cursor.start + at, end: Math.max(offset, wordEndAt(source.text, offset)) };
  const item = (name: string, topic?: Topic): Completion => ({
    label: `$${name}`,
    kind: 'variable',
    span,
    newText: `$${brace}${name}`,
    ...(topic ? { topic } : { detail: 'set in this configuration' }),
  });
  const known = new Set(builtInNames(kind));
  for (const name of reference?.variableNames ?? []) {
    if (!name.endsWith('NAME') && reference!.variables(name).some(({ module }) => module.startsWith(`ngx_${kind}_`)))
      known.add(name);
  }
  return [
    ...[...own].filter((name) => /[a-z]/.test(name) && !known.has(name)).map((name) => item(name)),
    ...[...known].map((name) => item(name, { kind: 'variable', name, place: kind })),
  ];
}

function fpmCompletions({ tree, text }: FpmSource, offset: number): readonly Completion[] {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const line = text.slice(lineStart, offset);
  const section = [...tree.sections].reverse().find(({ headerSpan }) => headerSpan.start < lineStart) ?? tree.preamble;
  const value = /^\s{0,100}([\w.]+)(?:\[[^\]]*\])?[ \t]{0,100}=[ \t]{0,100}([\w./]*)$/.exec(line);
  if (value) {
    const span = { start: offset - value[2]!.length, end: offset };
    return wordsOf(value[1]!, section.name).map((word) => ({ label: word, kind: 'parameter', span, newText: word }));
  }
  const key = /^\s{0,100}([\w.]*)$/.exec(line);
  if (!key) return [];
  const start = offset - key[1]!.length;
  const span = { start, end: offset };
  const there = new Set(
    section.settings.flatMap((each) => (each.keySpan.start === start ? [] : [each.key.toLowerCase()])),
  );
  const lineEnd = text.indexOf('\n', offset);
  const follows = text.slice(offset, lineEnd < 0 ? undefined : lineEnd).trim() !== '';
  return settingsOf(section.name).flatMap(({ name, type, context }) => {
    const isArray = type.endsWith('array') && name !== 'access.suppress_path';
    if (!isArray && name !== 'access.suppress_path' && there.has(name)) return [];
    const brackets = isArray ? '[]' : name === 'access.suppress_path' ? '[]' : '';
    return {
      label: name,
      kind: 'directive' as const,
      span,
      newText: follows ? name : `${name}${brackets} = `,
      ...(isArray && !follows ? { snippet: `${name}[\${1}] = $0` } : {}),
      topic: { kind: 'setting' as const, name, place: section.name || (context === 'global' ? 'global' : 'pool') },
    };
  });
}

function plain(asked: Asked, text: string, kind: Completion['kind']): Completion {
  return { label: text, kind, span: wordSpan(asked), newText: text };
}

/** The word at the cursor, with what of it stands behind. */
function wordSpan({ source, cursor, offset }: Asked): Span {
  return { start: cursor.start, end: wordEndAt(source.text, offset) };
}

function wordEndAt(text: string, offset: number): number {
  let end = offset;
  while (end < text.length && /\w/.test(text[end]!)) end++;
  return end;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => name !== '' && !/[\s$;{}"']/.test(name));
}
