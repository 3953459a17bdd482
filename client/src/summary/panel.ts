/** The summary of a log beside it, kept current while the log grows. */
import * as vscode from 'vscode';
import type { LogSummary } from '../../../server/src/lsp/protocol';
import { toRange } from '../panel/changes';
import type { FromPage, ToPage } from '../panel/messages';
import type { Ask, Explanations } from '../panel/panel';
import { columnOf, dress, nameOf, pageOptions, report } from '../panel/webview';
import { type SummaryView, summaryBody, summaryHtml } from './html';
import { summaryMarkdown } from './markdown';

const VIEW_TYPE = 'upstreamMedic.summary';
/** Milliseconds between two looks at a log that is followed. */
const PACE = 1000;

export interface Counting {
  /** Null: nothing has changed since the revision. */
  summarise(uri: string, revision: number | undefined): Promise<LogSummary | null>;
  /** The summary is looked at no longer. */
  close(uri: string): void;
}

export interface SummaryPanel {
  show(summary: LogSummary): void;
}

export function summaryPanel(
  context: vscode.ExtensionContext,
  { summarise, close }: Counting,
  ask: Ask,
  explanations: Explanations,
): SummaryPanel {
  let panel: vscode.WebviewPanel | undefined;
  let uri = '';
  let view: SummaryView = { summary: null, name: '', opens: false, following: true };
  let sent: string | undefined;
  let column = vscode.ViewColumn.One;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function show(summary: LogSummary): void {
    if (uri !== summary.uri) forget();
    uri = summary.uri;
    view = { ...viewOf(uri), summary };
    const active = vscode.window.activeTextEditor?.viewColumn;
    if (active !== undefined && active !== panel?.viewColumn) column = active;
    if (panel) {
      panel.reveal(undefined, false);
      render();
      soon();
    } else {
      const beside = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
      adopt(vscode.window.createWebviewPanel(VIEW_TYPE, 'Summary', beside, { enableFindWidget: true }));
    }
  }

  function adopt(created: vscode.WebviewPanel): void {
    panel = created;
    sent = undefined;
    dress(created, context.extensionUri);
    created.webview.onDidReceiveMessage((message: FromPage) => void receive(message).catch(report));
    created.onDidChangeViewState(() => {
      if (!created.visible) return;
      render();
      soon(0);
    });
    created.onDidDispose(() => {
      if (panel !== created) return;
      panel = undefined;
      clearTimeout(timer);
      forget();
    });
    render();
    soon();
  }

  function forget(): void {
    if (uri !== '') close(uri);
  }

  function render(): void {
    if (!panel) return;
    panel.title = `Summary: ${view.name}`;
    const body = summaryBody(view, { nameOf });
    if (body === sent || !panel.visible) return;
    if (sent !== undefined && panel.webview.html !== '') post({ type: 'body', html: body, state: { uri } });
    else panel.webview.html = summaryHtml(view, { nameOf, ...pageOptions(panel, context.extensionUri, { uri }) });
    sent = body;
  }

  /** Looks at the log again, as long as somebody looks at the summary. */
  function soon(wait = PACE): void {
    clearTimeout(timer);
    if (!panel?.visible || !(view.following || !view.summary)) return;
    timer = setTimeout(() => void look(), wait);
  }

  async function look(): Promise<void> {
    const asked = uri;
    try {
      const summary = await summarise(asked, view.summary?.revision);
      if (asked !== uri) return;
      view = { ...view, summary: summary ?? view.summary, problem: undefined };
    } catch (error) {
      if (asked !== uri) return;
      const reason = error instanceof Error ? error.message : String(error);
      view = { ...view, problem: `${view.name} cannot be read: ${reason}.` };
    }
    render();
    soon();
  }

  async function receive(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'follow':
        view = { ...view, following: !view.following };
        render();
        soon(0);
        post({ type: 'say', text: view.following ? 'Following the log' : 'No longer following the log' });
        return;
      case 'open':
        await vscode.window.showTextDocument(vscode.Uri.parse(message.uri), {
          viewColumn: columnOf(message.uri, column, panel),
          selection: toRange(message.range),
        });
        return;
      case 'line':
        await openLine(message.line);
        return;
      case 'explain': {
        const result = await ask.line(uri, message.line);
        if (result) explanations.show({ uri, lines: [result.line], shown: 0 }, [result], panel?.viewColumn);
        else post({ type: 'say', text: 'The line is no longer there' });
        return;
      }
      case 'markdown':
        if (!view.summary) return;
        await vscode.env.clipboard.writeText(summaryMarkdown(view.summary, view.name, nameOf));
        post({ type: 'say', text: 'Copied as Markdown' });
    }
  }

  /** What is too large for extensions the editor may open all the same. */
  async function openLine(line: number): Promise<void> {
    const target = vscode.Uri.parse(uri);
    const options = { viewColumn: columnOf(uri, column, panel), selection: new vscode.Range(line, 0, line, 0) };
    try {
      await vscode.window.showTextDocument(target, options);
    } catch {
      await vscode.commands.executeCommand('vscode.open', target, options);
    }
  }

  const post = (message: ToPage) => void panel?.webview.postMessage(message);

  context.subscriptions.push(
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      async deserializeWebviewPanel(restored, state: unknown) {
        panel?.dispose();
        const { uri: kept } = (state ?? {}) as { uri?: unknown };
        uri = typeof kept === 'string' ? kept : '';
        view = viewOf(uri);
        if (uri === '') view = { ...view, problem: 'Run Summarise Error Log again.' };
        if (restored.viewColumn === column) column = vscode.ViewColumn.Two;
        adopt(restored);
        if (uri !== '') soon(0);
      },
    }),
    { dispose: () => panel?.dispose() },
  );

  return { show };
}

/** A compressed log is no text for an editor. */
const viewOf = (uri: string): SummaryView => ({
  summary: null,
  name: uri === '' ? 'Summary' : nameOf(uri),
  opens: !/\.gz$/i.test(uri),
  following: true,
});
