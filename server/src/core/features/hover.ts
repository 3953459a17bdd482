/** What a word of a configuration means: the directive, the variable or the pool setting at a place, in Markdown. */
import { isDataBlock } from '../nginx/catalogue';
import { type Directive, directiveAt, type Word } from '../nginx/tree';
import { inside } from '../project/inside';
import type { Project } from '../project/project';
import type { FpmSource, NginxSource } from '../project/source';
import { contains, type Span } from '../text/span';
import { settingMarkdown } from './fpm-settings';
import { directiveMarkdown, type Reference, variableMarkdown } from './reference';

export interface Hover {
  readonly span: Span;
  readonly markdown: string;
}

/** Null where there is nothing to say; without `reference` only what is known without nginx's documentation. */
export function hover(project: Project, file: string, offset: number, reference: Reference | null): Hover | null {
  const source = project.sources.get(file);
  if (source?.kind === 'php-fpm') return fpmHover(source, offset);
  const at = inside(project, file, offset);
  const found = at.project.nginx(at.file);
  return found && nginxHover(at.project, found, offset, reference);
}

function nginxHover(project: Project, source: NginxSource, offset: number, reference: Reference | null): Hover | null {
  const directive = directiveAt(source.tree, offset);
  if (!directive) return null;
  const { name, args, parent } = directive;
  const isData = parent !== null && isDataBlock(parent.called);
  if (contains(name, offset) && !isData) return directiveHover(project, source, directive, reference);
  const word = [...args, ...(isData ? [name] : [])].find((each) => contains(each, offset));
  return word && reference ? variableHover(project, source, directive, word, offset, reference) : null;
}

function directiveHover(
  project: Project,
  { file }: NginxSource,
  directive: Directive,
  reference: Reference | null,
): Hover | null {
  const { name, parent } = directive;
  const context = project.contextOf({ file, directive });
  const markdown = directiveMarkdown(reference, name.value, context, parent?.called);
  return markdown === null ? null : { span: { start: name.start, end: name.end }, markdown };
}

const VARIABLE = /\$(?:\{(\w+)\}?|(\w+))/g;

function variableHover(
  project: Project,
  { file, text }: NginxSource,
  directive: Directive,
  word: Word,
  offset: number,
  reference: Reference,
): Hover | null {
  for (const match of text.slice(word.start, word.end).matchAll(VARIABLE)) {
    const span = { start: word.start + match.index, end: word.start + match.index + match[0].length };
    if (offset < span.start || offset > span.end) continue;
    const kind = project.contextOf({ file, directive })?.startsWith('stream') ? 'stream' : 'http';
    const markdown = variableMarkdown(reference, (match[1] ?? match[2]!).toLowerCase(), kind);
    if (markdown !== null) return { span, markdown };
  }
  return null;
}

function fpmHover({ tree }: FpmSource, offset: number): Hover | null {
  for (const section of [tree.preamble, ...tree.sections]) {
    for (const { key, keySpan, operatorSpan } of section.settings) {
      if (!operatorSpan || offset < keySpan.start || offset > keySpan.end) continue;
      const markdown = settingMarkdown(key, section.name);
      return markdown === null ? null : { span: keySpan, markdown };
    }
  }
  return null;
}
