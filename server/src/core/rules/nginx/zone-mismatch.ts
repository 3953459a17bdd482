/** Flags a shared memory zone that is used for two purposes, has two sizes, or none. */
import { bytes } from '../../nginx/judge/parameters/check';
import { isSize } from '../../nginx/judge/values';
import type { Directive, Word } from '../../nginx/tree';
import type { At, Project } from '../../project/project';
import { type Clash, clashesIn, type Instance, isLiteral, isPlain, spanNginxNames } from '../../project/references';
import type { NginxSource } from '../../project/source';
import { defineRule } from '../rule';

interface Mention {
  readonly at: At;
  readonly word: Word;
  readonly zone: string;
  /** What the zone is for; two that differ cannot share it. */
  readonly use: string;
  /** Null where it is only used. */
  readonly size: number | null;
  readonly declares: boolean;
}

interface ZoneClash extends Clash {
  readonly word: Word;
  readonly message: string;
}

export default defineRule({
  id: 'nginx/zone-mismatch',
  language: 'nginx',
  severity: 'error',
  title: 'Zone serves two purposes, or its sizes differ',
  why: `A shared memory zone belongs to the module that names it first: a zone of \`limit_req_zone\` cannot serve \`limit_conn\`, and
a zone in \`stream\` cannot have the name of one in \`http\` (\`the shared memory zone "api" is already declared for a different
use\`). Upstream groups may share a zone; then one of them gives the size, or all the same one. With none nginx refuses to start:
\`zero size shared memory zone "api"\`.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#zone'],
  *check(source, project) {
    if (!NAMES.some((name) => source.names.has(name))) return;
    for (const { first, again, word, message } of clashesIn(project, source.file, 'zone mismatch', (instance) =>
      clashesOf(project, instance),
    )) {
      yield {
        span: spanNginxNames(source, again.directive, word),
        message,
        related:
          first.directive === again.directive
            ? []
            : [{ file: first.file, span: first.directive, message: 'The zone is named here before.' }],
      };
    }
  },
});

function* clashesOf(project: Project, instance: Instance): Generator<ZoneClash, undefined> {
  const byZone = new Map<string, Mention[]>();
  for (const mention of mentions(project, instance)) {
    const same = byZone.get(mention.zone);
    if (same) same.push(mention);
    else byZone.set(mention.zone, [mention]);
  }
  for (const all of byZone.values()) {
    const [first] = all;
    const other = all.find(({ use }) => use !== first!.use);
    if (!all.every(({ at }) => isPlain(project, at.file))) continue;
    if (other) {
      const clash = inOrder(first!, other);
      // The rule duplicate-zone speaks of two declarations in one block.
      const known = first!.declares && other.declares && first!.use.slice(0, 4) === other.use.slice(0, 4);
      if (!known) yield { ...places(clash), word: clash.again.word, message: twoUses(clash) };
      continue;
    }
    const sized = all.filter(({ size, declares }) => size !== null && !declares);
    const odd = sized.find(({ size }) => size !== sized[0]!.size);
    if (odd) {
      const clash = inOrder(sized[0]!, odd);
      const message = `The zone "${odd.zone}" has another size already: nginx refuses to start. Give the size once, or the same one everywhere.`;
      yield { ...places(clash), word: clash.again.word, message };
    }
    if (instance.complete && first!.use.endsWith('upstream') && all.every(({ size }) => size === null)) {
      const message = `Nothing gives the zone "${first!.zone}" a size: nginx refuses to start (zero size shared memory zone). Write zone ${/^\d+[kmg]?$/i.test(first!.zone) ? `name ${first!.zone}` : `${first!.zone} 64k`}.`;
      yield { first: first!.at, again: first!.at, word: first!.word, message };
    }
  }
}

function twoUses({ first, again }: { first: Mention; again: Mention }): string {
  return `The zone "${again.zone}" is ${first.declares || first.size !== null ? 'declared' : 'used'} by ${first.at.directive.called} already, and ${again.at.directive.called} cannot share it: nginx refuses to start. Each zone serves one purpose, so this needs one of its own.`;
}

function places({ first, again }: { first: Mention; again: Mention }): Clash {
  return { first: first.at, again: again.at };
}

/** nginx stops at the later one; where the files do not tell which that is, at the use rather than at the declaration. */
function inOrder(a: Mention, b: Mention): { first: Mention; again: Mention } {
  const swap = a.at.file === b.at.file ? a.at.directive.start > b.at.directive.start : b.declares && !a.declares;
  return swap ? { first: b, again: a } : { first: a, again: b };
}

const FAMILIES = ['proxy', 'fastcgi', 'uwsgi', 'scgi'];
const NAMES = [
  'limit_req_zone',
  'limit_req',
  'limit_conn_zone',
  'limit_conn',
  ...FAMILIES.flatMap((family) => [`${family}_cache_path`, `${family}_cache`]),
  'zone',
  'ssl_session_cache',
  'ssl_ocsp_cache',
];

function* mentions(project: Project, instance: Instance): Generator<Mention, undefined> {
  const top = project.children(instance.root.file, null);
  // Most configurations are of one kind, and it need not be asked for each line then.
  const isMixed = top.has('stream') || top.has('mail') || !top.has('http');
  for (const file of instance.files) {
    for (const { directive, zone, word, use, size, declares } of mentionsIn(project.nginx(file)!)) {
      const at = { file, directive };
      const kind = isMixed ? kindAt(project, at) : 'http';
      if (kind && !directive.args.some(({ template }) => template)) {
        yield { at, word, zone, use: `${kind} ${use}`, size, declares };
      }
    }
  }
}

function kindAt(project: Project, at: At): string | null {
  const context = project.contextOf(at);
  if (!context || context === 'main' || context === 'events' || !isLiteral(project, at)) return null;
  return context.startsWith('stream') ? 'stream' : context.startsWith('mail') ? 'mail' : 'http';
}

type Own = Omit<Mention, 'at'> & { readonly directive: Directive };

const known = new WeakMap<NginxSource, readonly Own[]>();

/** The mentions of one file, which are the same in every snapshot. */
function mentionsIn(source: NginxSource): readonly Own[] {
  let found = known.get(source);
  if (!found) {
    found = NAMES.flatMap((name) => source.named(name).flatMap((directive) => read(directive, name) ?? []));
    known.set(source, found);
  }
  return found;
}

function read(directive: Directive, name: string): Own | null {
  const { args } = directive;
  const make = (word: Word | undefined, zone: string | undefined, use: string, size: string | null): Own | null => {
    if (!word || !zone || zone.includes('$')) return null;
    const declares = name.endsWith('_zone') || name.endsWith('_path');
    if (size !== null && !isSize(size, 'km')) return null;
    return { directive, word, zone, use, size: size === null ? null : bytes(size), declares };
  };
  if (name === 'zone') return make(args[0], args[0]?.value, 'upstream', args[1]?.value ?? null);
  if (name === 'limit_conn' || name.endsWith('_cache')) {
    if (name.startsWith('ssl_')) {
      const word = args.find(({ value }) => value.startsWith('shared:'));
      const [, zone, size] = /^shared:([^:]+):([^:]+)$/.exec(word?.value ?? '') ?? [];
      return make(word, zone, name, size ?? null);
    }
    return args[0]?.value === 'off' ? null : make(args[0], args[0]?.value, name, null);
  }
  const word = args.find(({ value }) => /^(?:keys_)?zone=/.test(value));
  const [, zone, size] = /^(?:keys_)?zone=([^:]+)(?::(.+))?$/.exec(word?.value ?? '') ?? [];
  if (name === 'limit_req') return size === undefined ? make(word, zone, name, null) : null;
  return make(word, zone, name.replace(/_(?:zone|path)$/, ''), size ?? null);
}
