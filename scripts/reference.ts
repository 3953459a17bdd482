/** nginx's documentation as the server carries it: from @nginx/reference-lib, cut to what a hover shows, in safe Markdown. */
import { Format, getDirectives, getVariables } from '@nginx/reference-lib';
import type { Plugin } from 'esbuild';

/** Links within the documentation are carried without this, as /http/…; core puts it back. */
const DOCS = 'https://nginx.org/en/docs/';

/** Longer texts are cut between paragraphs. */
const LONGEST = 600;

/** JSON in the shape that core's `readReference` takes. */
export function reference(): string {
  const modules: string[] = [];
  const moduleIndex = (module: string): number => {
    const known = modules.indexOf(module);
    return known < 0 ? modules.push(module) - 1 : known;
  };
  const directives = getDirectives(Format.Markdown).map(
    ({ name, module, contexts, syntax, default: value, description }) => [
      name,
      moduleIndex(module),
      contexts.filter((context) => context !== ''),
      syntax.map(plain),
      value.trim(),
      short(description),
      ...words(syntax, description),
    ],
  );
  const variables = getVariables(Format.Markdown).map(({ name, module, description }) => [
    name.replace(/^\$/, ''),
    moduleIndex(module),
    short(description),
  ]);
  return JSON.stringify({ modules, directives, variables });
}

/** Gives bundles the documentation as the module `virtual:nginx-reference`: a string that is parsed when it is first asked for. */
export const referencePlugin: Plugin = {
  name: 'nginx-reference',
  setup(build) {
    build.onResolve({ filter: /^virtual:nginx-reference$/ }, ({ path }) => ({ path, namespace: 'nginx-reference' }));
    build.onLoad({ filter: /./, namespace: 'nginx-reference' }, () => ({ contents: reference(), loader: 'text' }));
  },
};

/** Parameters that are written as they are, and whether one of them may come first. */
function words(syntax: readonly string[], description: string): [string[], 0 | 1] {
  const found = new Set<string>();
  for (const token of syntax.flatMap((each) => each.replace(/[[\]]/g, ' ').split(/\s+/)))
    for (const word of literal(token)) found.add(word);
  if (syntax.some((each) => each.includes('parameters')))
    for (const [, name, equals] of description.matchAll(/^- `(\w+)`(=)?/gm)) found.add(`${name}${equals ?? ''}`);
  const first = syntax.some((each) => literal(each.replace(/^[[\s]+/, '').split(/[\s\]]/)[0]!).length > 0);
  return [[...found], first ? 1 : 0];
}

/** `so_keepalive`=`on`|`off` is two words, `backlog`=*`number`* the beginning of one. */
function literal(token: string): string[] {
  const [, name, value] = /^`([a-zA-Z][\w.]*)=?`(?:=?(.*))$/.exec(token) ?? [];
  if (name === undefined) return [];
  if (value === '') return [token.includes('=') ? `${name}=` : name];
  const values = value!.split('|');
  const all = values.every((each) => /^`[\w.]+`$/.test(each));
  if (!token.includes('=')) return all ? [name, ...values.map((each) => each.slice(1, -1))] : [];
  return all ? values.map((each) => `${name}=${each.slice(1, -1)}`) : [`${name}=`];
}

/** The first paragraphs: whole ones, as many as are short together. */
export function short(markdown: string): string {
  const kept: string[] = [];
  let length = 0;
  for (const block of blocks(markdown)) {
    const text = safe(block);
    if (kept.length > 0 && length + text.length > LONGEST) break;
    kept.push(text);
    length += text.length;
  }
  // An announcement of what has been cut off.
  const last = kept[kept.length - 1];
  if (last?.endsWith(':')) {
    const sentences = last.split(/(?<=\.)\s/);
    kept[kept.length - 1] = sentences.length > 1 ? sentences.slice(0, -1).join(' ') : `${last.slice(0, -1)} …`;
  }
  return kept.join('\n\n');
}

/** Paragraphs, list items with what is indented below them, and code blocks. */
function blocks(markdown: string): string[] {
  const found: string[] = [];
  let current: string[] = [];
  let inCode = false;
  const close = (): void => {
    const text = current.join('\n').trim();
    if (text) found.push(text);
    current = [];
  };
  for (const line of markdown.split('\n')) {
    const fence = line.trimStart().startsWith('```');
    const inItem = current[0]?.startsWith('- ') === true;
    const indented = line.trim() === '' || line.startsWith('  ');
    if (!inCode && (inItem ? !indented : line.trim() === '' || fence || line.startsWith('- '))) close();
    current.push(line);
    if (fence) inCode = !inCode;
    if (fence && !inCode && !inItem) close();
  }
  close();
  return found;
}

/** No HTML, and no links but to nginx's own documentation. */
function safe(block: string): string {
  if (block.trimStart().startsWith('```')) return block.replace(/^(\s*)```\s*\n/, '$1```nginx\n');
  return block
    .replace(/\[([^\]]*)\]\(([^)\s]*)\)/g, (_, text: string, url: string) =>
      url.startsWith(DOCS) ? `[${text}](${url.slice(DOCS.length - 1)})` : text,
    )
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/</g, '&lt;')))
    .join('');
}

/** A line of syntax without its marks: `*`time`*` is `time`. */
function plain(syntax: string): string {
  return syntax
    .replace(/\*`([^`]*)`\*/g, '$1')
    .replace(/`([^`]*)`/g, '$1')
    .replace(/\s+/g, ' ')
    .replace('{...}', '{ … }')
    .trim();
}
