/** Gives a document without a language of its own the one that the server recognised in its text. */
import * as vscode from 'vscode';
import type { LanguageParams } from '../../server/src/lsp/protocol';

/** Languages that VS Code gives when it knows no better. */
const UNDECIDED = new Set(['plaintext', 'log', 'properties', 'ini']);

export function languageSetter(subscriptions: vscode.Disposable[]): (params: LanguageParams) => Promise<void> {
  /** Who changes the language back means it. */
  const done = new Set<string>();
  subscriptions.push(
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      // A change of language closes the document too, and opens it again at once.
      setTimeout(() => {
        if (!find(uri.toString())) done.delete(uri.toString());
      }, 0);
    }),
  );
  return async ({ uri, languageId }) => {
    const document = find(vscode.Uri.parse(uri).toString());
    if (!document || !UNDECIDED.has(document.languageId) || done.has(document.uri.toString())) return;
    if (isAssociated(document)) return;
    done.add(document.uri.toString());
    await vscode.languages.setTextDocumentLanguage(document, languageId);
  };
}

/** The user's settings name this language for files with such an ending. */
function isAssociated({ languageId, uri }: vscode.TextDocument): boolean {
  const associations = vscode.workspace.getConfiguration('files').get<Record<string, string>>('associations', {});
  const ending = /\.[^./]+$/.exec(uri.path)?.[0];
  return Object.entries(associations).some(
    ([pattern, language]) => language === languageId && ending !== undefined && pattern.endsWith(ending),
  );
}

const find = (uri: string) => vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri);
