/** What the host tests do with documents: open, wait for findings, choose a quick fix. */
import * as vscode from 'vscode';
import { until } from './assert';

export const PASTED =
  '2026/11/22 14:44:40 [error] 10696#10696: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 127.0.0.1, server: api.example.com, request: "GET /users HTTP/1.1", upstream: "http://127.0.0.1:8002/users", host: "api.example.com"\n';

export async function openFile(name: string): Promise<vscode.TextDocument> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('no folder is open');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, name));
  await vscode.window.showTextDocument(document);
  return document;
}

export async function openText(language: string, content: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument({ language, content });
  await vscode.window.showTextDocument(document);
  return document;
}

export const codeOf = ({ code }: vscode.Diagnostic): unknown => (typeof code === 'object' ? code.value : code);

/** The finding with this code, once the editor shows it. */
export function finding(uri: vscode.Uri, code: string): Promise<vscode.Diagnostic> {
  return until(`${code} in ${uri.path}`, () =>
    vscode.languages.getDiagnostics(uri).find((each) => codeOf(each) === code),
  );
}

export async function noFinding(uri: vscode.Uri, code: string): Promise<void> {
  await until(
    `${code} gone from ${uri.path}`,
    () => !vscode.languages.getDiagnostics(uri).some((each) => codeOf(each) === code),
  );
}

export async function quickFixes(uri: vscode.Uri, range: vscode.Range): Promise<vscode.CodeAction[]> {
  return await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, range);
}

/** The labels of the open webview panels. */
export function panels(): string[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview)
    .map(({ label }) => label);
}
