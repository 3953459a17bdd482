/** nginx's documentation of its directives and variables, as the build packs it: found by name and place, shown as Markdown. */
import { type Context, type Signature, signatures } from '../nginx/catalogue';
import { moduleOf } from '../nginx/judge/third-party-modules';

export interface DirectiveDoc {
  readonly name: string;
  readonly module: string;
  /** As the documentation writes them: `if in location`. */
  readonly contexts: readonly string[];
  readonly syntax: readonly string[];
  readonly default: string;
  readonly text: string;
  /** Parameters that are written as they are: `on`, `backlog=`. */
  readonly words: readonly string[];
  /** One of `words` may come first. */
  readonly first: boolean;
}

export interface VariableDoc {
  readonly name: string;
  readonly module: string;
  readonly text: string;
}

export interface Reference {
  directives(name: string): readonly DirectiveDoc[];
  variables(name: string): readonly VariableDoc[];
  readonly variableNames: readonly string[];
}

const DOCS = 'https://nginx.org/en/docs';

/** What scripts/reference.ts has written. */
export function readReference(json: string): Reference {
  const { modules, directives, variables } = JSON.parse(json) as {
    modules: string[];
    directives: [string, number, string[], string[], string, string, string[], 0 | 1][];
    variables: [string, number, string][];
  };
  const byName = new Map<string, DirectiveDoc[]>();
  for (const [name, module, contexts, syntax, value, text, words, first] of directives) {
    const doc = { name, module: modules[module]!, contexts, syntax, default: value, text, words, first: first === 1 };
    add(byName, name, doc);
  }
  const variablesByName = new Map<string, VariableDoc[]>();
  for (const [name, module, text] of variables) add(variablesByName, name, { name, module: modules[module]!, text });
  return {
    directives: (name) => byName.get(name) ?? [],
    variables: (name) => variablesByName.get(name) ?? [],
    variableNames: [...variablesByName.keys()],
  };
}

/** The documentation of a directive as it is meant in `context`; `block`: the name of the block around it, where that is no place of stock nginx. */
export function directiveDoc(
  reference: Reference,
  name: string,
  context: Context | null,
  block: string | null = null,
): DirectiveDoc | null {
  const all = reference.directives(name);
  const place = context === null ? block : docPlace(context);
  const kind = context === null ? null : kindOf(context);
  const near = all.filter(({ module }) => kind === null || moduleKind(module) === kind);
  const within = (doc: DirectiveDoc): boolean => place !== null && doc.contexts.includes(place);
  const candidates = near.length > 0 ? near : all;
  return (
    candidates.find(within) ??
    (context?.endsWith('-if') ? candidates.find((doc) => doc.contexts.includes('if')) : undefined) ??
    candidates[0] ??
    null
  );
}

export function variableDoc(reference: Reference, name: string, kind: 'http' | 'stream'): VariableDoc | null {
  const all = [
    ...reference.variables(name),
    // "arg_NAME" stands for every "arg_page"; of "upstream_http_NAME" and "http_NAME" the longer beginning counts.
    ...reference.variableNames
      .filter((each) => each.endsWith('_NAME') && name.startsWith(each.slice(0, -4)) && name.length > each.length - 4)
      .sort((a, b) => b.length - a.length)
      .flatMap((each) => reference.variables(each)),
  ];
  return all.find(({ module }) => moduleKind(module) === kind) ?? all[0] ?? null;
}

/** A directive's page as Markdown; null for a name that nobody knows. */
export function directiveMarkdown(
  reference: Reference | null,
  name: string,
  context: Context | null,
  block: string | null = null,
): string | null {
  const doc = reference && directiveDoc(reference, name, context, block);
  const known = signatures(name);
  const here = known.filter(({ contexts }) => context !== null && contexts.includes(context));
  if (doc) {
    const since = sinceOf(here.length > 0 ? here : known);
    const facts = [
      doc.default === '' ? null : `Default: ${code(doc.default)}`,
      doc.contexts.length === 0 ? null : `In ${doc.contexts.join(', ')}`,
      since && `Since ${since}`,
      known.length > 0 ? null : `Of ${doc.module}, which not every nginx has`,
    ];
    return [
      fenced(doc.syntax.map((syntax) => `${name} ${syntax}`.trimEnd() + (syntax.endsWith('}') ? '' : ';'))),
      facts.filter((fact) => fact !== null).join(' · '),
      linked(doc.text),
      `[${name} in nginx’s documentation](${pageOf(doc.module)}#${name})`,
    ]
      .filter((part) => part !== '')
      .join('\n\n');
  }
  const signature = here[0] ?? known[0];
  if (signature) return [fenced([written(signature)]), 'nginx knows it, its documentation does not.'].join('\n\n');
  const module = moduleOf(name);
  return module && `${code(name)} is of ${module}, which is no part of nginx.`;
}

export function variableMarkdown(reference: Reference, name: string, kind: 'http' | 'stream'): string | null {
  const doc = variableDoc(reference, name, kind);
  if (!doc) return null;
  const anchor = `var_${doc.name.replace(/NAME$/, '')}`;
  const text = linked(doc.text);
  return [
    fenced([`$${doc.name}`]),
    `${text.charAt(0).toUpperCase()}${text.slice(1)}`,
    `[$${doc.name} in nginx’s documentation](${pageOf(doc.module)}#${anchor})`,
  ].join('\n\n');
}

/** `ngx_http_proxy_module` stands below http/, the core module and those of no kind at the top. */
function pageOf(module: string): string {
  if (!module.startsWith('ngx_')) return `${DOCS}/ngx_core_module.html`;
  const kind = /^ngx_(http|stream|mail)_/.exec(module)?.[1];
  return `${DOCS}/${kind ? `${kind}/` : ''}${module}.html`;
}

function moduleKind(module: string): string {
  return /^ngx_(stream|mail)_/.exec(module)?.[1] ?? (module.startsWith('ngx_http_') ? 'http' : 'core');
}

function kindOf(context: Context): string {
  if (context === 'main' || context === 'events') return 'core';
  return /^(?:stream|mail)/.exec(context)?.[0] ?? 'http';
}

function docPlace(context: Context): string {
  if (context === 'location-if') return 'if in location';
  return context.replace(/^(?:stream|mail)-|-if$/, '');
}

function sinceOf(found: readonly Signature[]): string | null {
  const [first] = found;
  return first && found.every(({ since }) => since === first.since) ? first.since : null;
}

function written({ name, min, max, block }: Signature): string {
  const args = min === 0 ? '' : min === 1 && max === 1 ? ' …' : ` …${max > min ? ' [ … ]' : ''}`;
  return `${name}${args}${block ? ' { … }' : ';'}`;
}

function linked(text: string): string {
  return text.replaceAll('](/', `](${DOCS}/`);
}

function code(text: string): string {
  const plain = text.replace(/\s+/g, ' ').replaceAll('`', "'");
  return `\`${plain.length > 80 ? `${plain.slice(0, 79)}…` : plain}\``;
}

function fenced(lines: readonly string[]): string {
  return ['```nginx', ...lines, '```'].join('\n');
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}
