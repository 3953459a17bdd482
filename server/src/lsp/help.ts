/** Hover and completion of configurations, in the protocol's words. */
import {
  type CompletionItem,
  CompletionItemKind,
  type Hover,
  InsertTextFormat,
  InsertTextMode,
  MarkupKind,
} from 'vscode-languageserver-types';
import {
  type Completion,
  completionMarkdown,
  completions,
  hover,
  type Position,
  type Project,
  type Reference,
  type Topic,
} from '../core/index';

const KINDS: Readonly<Record<Completion['kind'], CompletionItemKind>> = {
  directive: CompletionItemKind.Property,
  block: CompletionItemKind.Module,
  parameter: CompletionItemKind.EnumMember,
  variable: CompletionItemKind.Variable,
  name: CompletionItemKind.Reference,
};

export function configHover(
  project: Project,
  file: string,
  position: Position,
  reference: Reference | null,
): Hover | null {
  const lines = project.sources.get(file)?.lines;
  const found = lines && hover(project, file, lines.offset(position), reference);
  return found
    ? { contents: { kind: MarkupKind.Markdown, value: found.markdown }, range: lines.range(found.span) }
    : null;
}

/** `snippets`: the editor lets people fill in places. */
export function completionItems(
  project: Project,
  file: string,
  position: Position,
  reference: Reference | null,
  snippets: boolean,
): CompletionItem[] {
  const lines = project.sources.get(file)?.lines;
  if (!lines) return [];
  return completions(project, file, lines.offset(position), reference).map((each) => {
    const snippet = snippets ? each.snippet : undefined;
    return {
      label: each.label,
      kind: KINDS[each.kind],
      ...(each.detail ? { detail: each.detail } : {}),
      // Without it "${" would not be found in "$host".
      filterText: each.newText,
      sortText: `${each.last ? 1 : 0}${each.label}`,
      textEdit: { range: lines.range(each.span), newText: snippet ?? each.newText },
      ...(snippet === undefined
        ? {}
        : { insertTextFormat: InsertTextFormat.Snippet, insertTextMode: InsertTextMode.adjustIndentation }),
      ...(each.topic ? { data: each.topic } : {}),
    };
  });
}

/** The item with its documentation, which is looked up for the one that is looked at. */
export function documented(item: CompletionItem, reference: Reference | null): CompletionItem {
  const topic = item.data as Topic | undefined;
  const value = topic && completionMarkdown(topic, reference);
  return value ? { ...item, documentation: { kind: MarkupKind.Markdown, value } } : item;
}
