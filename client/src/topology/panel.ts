/** The command Show Topology: a page that follows the files. */
import * as vscode from 'vscode';
import type { TopologyResult } from '../../../server/src/lsp/protocol';
import { toRange } from '../panel/changes';
import { pageHtml } from '../panel/html-page';
import { columnOf, dress, nameOf, pageOptions, report } from '../panel/webview';
import type { FromPage, ToPage } from './messages';

const VIEW_TYPE = 'upstreamMedic.topology';

export interface TopologyPanel {
  show(): void;
  /** What is shown is no longer current. */
  changed(): void;
}

export function topologyPanel(context: vscode.ExtensionContext, ask: () => Promise<TopologyResult>): TopologyPanel {
  let panel: vscode.WebviewPanel | undefined;
  let column = vscode.ViewColumn.One;
  /** The page listens. */
  let isReady = false;
  let isCurrent = false;
  let asking: Promise<void> | undefined;

  function show(): void {
    if (panel) {
      panel.reveal();
      return;
    }
    column = vscode.window.activeTextEditor?.viewColumn ?? vscode.ViewColumn.One;
    adopt(
      vscode.window.createWebviewPanel(VIEW_TYPE, 'Topology', vscode.ViewColumn.Active, { enableFindWidget: true }),
    );
  }

  function adopt(created: vscode.WebviewPanel): void {
    panel = created;
    isReady = false;
    isCurrent = false;
    dress(created, context.extensionUri);
    const icon = (theme: string) => vscode.Uri.joinPath(context.extensionUri, 'images', `nginx-${theme}.svg`);
    created.iconPath = { light: icon('light'), dark: icon('dark') };
    created.webview.onDidReceiveMessage((message: FromPage) => void receive(message).catch(report));
    created.onDidChangeViewState(() => update());
    created.onDidDispose(() => {
      if (panel === created) panel = undefined;
    });
    created.webview.html = pageHtml('', pageOptions(created, context.extensionUri, null, 'topology.js'));
  }

  /** Asks again where somebody looks at what is out of date; the server tells of changes once for each answer. */
  function update(): void {
    if (!panel?.visible || !isReady || isCurrent || asking) return;
    isCurrent = true;
    asking = ask()
      .then(
        (topology) => post({ type: 'topology', topology, names: namesIn(topology) }),
        (error) => {
          const reason = error instanceof Error ? error.message : String(error);
          post({ type: 'problem', text: `The topology cannot be shown: ${reason}.` });
        },
      )
      .finally(() => {
        asking = undefined;
        update();
      });
  }

  async function receive(message: FromPage): Promise<void> {
    if (message.type === 'ready') {
      // A page that was hidden starts anew.
      isReady = true;
      isCurrent = false;
      update();
      return;
    }
    await vscode.window.showTextDocument(vscode.Uri.parse(message.uri), {
      viewColumn: columnOf(message.uri, column, panel),
      selection: toRange(message.range),
    });
  }

  const post = (message: ToPage): void => void panel?.webview.postMessage(message);

  context.subscriptions.push(
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      async deserializeWebviewPanel(restored) {
        panel?.dispose();
        adopt(restored);
      },
    }),
    { dispose: () => panel?.dispose() },
  );

  return {
    show,
    changed() {
      isCurrent = false;
      update();
    },
  };
}

/** Files by how people call them: seen from the workspace. */
function namesIn(value: unknown, names: Record<string, string> = {}): Record<string, string> {
  if (Array.isArray(value)) for (const each of value) namesIn(each, names);
  else if (typeof value === 'object' && value !== null) {
    const { uri } = value as { uri?: unknown };
    if (typeof uri === 'string') names[uri] ??= nameOf(uri);
    for (const each of Object.values(value)) if (typeof each === 'object') namesIn(each, names);
  }
  return names;
}
