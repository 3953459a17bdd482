/** What the panels share: how a webview is set up, and how files and days are called. */
import * as vscode from 'vscode';
import type { PageOptions } from './html-page';

const resources = (extension: vscode.Uri) => vscode.Uri.joinPath(extension, 'dist', 'panel');

export function dress(panel: vscode.WebviewPanel, extension: vscode.Uri): void {
  const images = vscode.Uri.joinPath(extension, 'images');
  panel.iconPath = {
    light: vscode.Uri.joinPath(images, 'nginx-error-log-light.svg'),
    dark: vscode.Uri.joinPath(images, 'nginx-error-log-dark.svg'),
  };
  panel.webview.options = { enableScripts: true, localResourceRoots: [resources(extension)] };
}

export function pageOptions(
  { webview }: vscode.WebviewPanel,
  extension: vscode.Uri,
  state: unknown,
  script = 'page.js',
): PageOptions {
  const resource = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(resources(extension), name)).toString();
  return {
    nonce: nonce(),
    cspSource: webview.cspSource,
    script: resource(script),
    style: resource('panel.css'),
    state,
  };
}

export const nameOf = (uri: string) => vscode.workspace.asRelativePath(vscode.Uri.parse(uri));

/** Where a document is shown already, else `column`; never over the panel. */
export function columnOf(uri: string, column: vscode.ViewColumn, panel?: vscode.WebviewPanel): vscode.ViewColumn {
  const target = vscode.Uri.parse(uri).toString();
  const visible = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === target);
  if (visible?.viewColumn !== undefined) return visible.viewColumn;
  return column === panel?.viewColumn ? vscode.ViewColumn.Beside : column;
}

export function today(): string {
  const now = new Date();
  const two = (value: number) => String(value).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

export function report(error: unknown): void {
  void vscode.window.showErrorMessage(`Upstream Medic: ${error instanceof Error ? error.message : String(error)}`);
}

function nonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
