/** Shows what a remedy would change, and changes it. */
import * as vscode from 'vscode';
import type { ExplainedEdit, ExplainedFix } from '../../../server/src/lsp/protocol';

export const PREVIEW_SCHEME = 'upstream-medic-preview';

export type Preview = (fix: ExplainedFix, column: vscode.ViewColumn) => Promise<void>;

/** A preview is a diff against a read-only document that exists only in the editor: nothing is touched. */
export function previews(subscriptions: vscode.Disposable[]): Preview {
  const texts = new Map<string, string>();
  let count = 0;
  subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(PREVIEW_SCHEME, {
      provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? '',
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => texts.delete(uri.toString())),
  );
  const virtual = (file: vscode.Uri, text: string): vscode.Uri => {
    count++;
    // The file's own path, so that the text is coloured as it will be.
    const uri = vscode.Uri.from({ scheme: PREVIEW_SCHEME, path: file.path, query: String(count) });
    texts.set(uri.toString(), text);
    return uri;
  };
  return async ({ edits, title }, viewColumn) => {
    const pairs: [file: vscode.Uri, before: vscode.Uri, after: vscode.Uri][] = [];
    for (const [uri, own] of byFile(await withoutExisting(edits))) {
      const file = vscode.Uri.parse(uri);
      if (own.some(({ create }) => create)) {
        pairs.push([file, virtual(file, ''), virtual(file, own.map(({ newText }) => newText).join(''))]);
      } else {
        const document = await vscode.workspace.openTextDocument(file);
        pairs.push([file, file, virtual(file, edited(document, own))]);
      }
    }
    if (pairs.length === 1) {
      const [, before, after] = pairs[0]!;
      await vscode.commands.executeCommand('vscode.diff', before, after, `Preview: ${title}`, {
        viewColumn,
        preview: true,
      });
    } else if (pairs.length > 1) {
      // This command opens in the group that has the focus, which is the panel's.
      await vscode.window.showTextDocument(pairs.find(([file, before]) => file === before)?.[1] ?? pairs[0]![1], {
        viewColumn,
      });
      await vscode.commands.executeCommand('vscode.changes', `Preview: ${title}`, pairs);
    }
  };
}

export async function closePreviews(): Promise<void> {
  const isPreview = ({ input }: vscode.Tab) =>
    input instanceof vscode.TabInputTextDiff && input.modified.scheme === PREVIEW_SCHEME;
  await vscode.window.tabGroups.close(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.filter(isPreview)));
}

/** Opens what the edits change, so that the server judges the texts that are really there. */
export async function openTargets({ edits }: ExplainedFix): Promise<void> {
  for (const [uri, own] of byFile(edits)) {
    if (!own.some(({ create }) => create)) await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  }
}

/** Applies the edits of a remedy. Returns the files that were changed; null when the editor refused. */
export async function applyFix({ edits }: ExplainedFix): Promise<vscode.Uri[] | null> {
  const change = new vscode.WorkspaceEdit();
  const files: vscode.Uri[] = [];
  for (const [uri, own] of byFile(await withoutExisting(edits))) {
    const file = vscode.Uri.parse(uri);
    files.push(file);
    if (own.some(({ create }) => create)) change.createFile(file, { ignoreIfExists: true });
    for (const { range, newText } of own) change.replace(file, toRange(range), newText);
  }
  return (await vscode.workspace.applyEdit(change)) ? files : null;
}

export function toRange({ start, end }: ExplainedEdit['range']): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

function byFile(edits: readonly ExplainedEdit[]): Map<string, ExplainedEdit[]> {
  const files = new Map<string, ExplainedEdit[]>();
  for (const edit of edits) files.set(edit.uri, [...(files.get(edit.uri) ?? []), edit]);
  return files;
}

/** A file that was to be made and is there already stays as it is. */
async function withoutExisting(edits: readonly ExplainedEdit[]): Promise<ExplainedEdit[]> {
  const wanted = await Promise.all(
    edits.map(async ({ create, uri }) => !create || !(await exists(vscode.Uri.parse(uri)))),
  );
  return edits.filter((_, index) => wanted[index]);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

function edited(document: vscode.TextDocument, edits: readonly ExplainedEdit[]): string {
  const text = document.getText();
  const sorted = edits
    .map(({ range, newText }) => ({
      start: document.offsetAt(toRange(range).start),
      end: document.offsetAt(toRange(range).end),
      newText,
    }))
    .sort((a, b) => a.start - b.start);
  let result = '';
  let at = 0;
  for (const { start, end, newText } of sorted) {
    result += text.slice(at, start) + newText;
    at = end;
  }
  return result + text.slice(at);
}
