/** What the desktop and the web extension share: starts the language server, and adds the commands and the panel. */
import * as vscode from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';
import type * as protocol from '../../server/src/lsp/protocol';
import type {
  ExplainParams,
  ExplainResult,
  FilesAnswer,
  FilesParams,
  LanguageParams,
  StartOptions,
} from '../../server/src/lsp/protocol';
import { documentSelector, middleware, watchers } from './documents';
import { explainLine } from './explain';
import { answerFiles } from './files';
import { languageSetter } from './language';
import { previews } from './panel/changes';
import { explanations } from './panel/panel';

// The server's code is not bundled for three words: only their types come from it.
const EXPLAIN: typeof protocol.explainRequest = 'upstreamMedic/explain';
const LANGUAGE: typeof protocol.languageNotification = 'upstreamMedic/language';
const FILES: typeof protocol.filesRequest = 'upstreamMedic/files';

/** Also the prefix of the setting `upstreamMedic.trace.server`. */
export const ID = 'upstreamMedic';
export const NAME = 'Upstream Medic';

export interface Server {
  readonly client: BaseLanguageClient;
  /** Ends what stopping the client leaves running. */
  dispose?(): void;
}

export async function start(
  context: vscode.ExtensionContext,
  create: (options: LanguageClientOptions) => Server,
): Promise<void> {
  const { subscriptions } = context;
  const output = vscode.window.createOutputChannel(NAME);
  const fileEvents = watchers();
  const setLanguage = languageSetter(subscriptions);
  const startOptions: StartOptions = { panel: true };
  const options: LanguageClientOptions = {
    documentSelector,
    middleware,
    outputChannel: output,
    initializationOptions: startOptions,
    synchronize: { fileEvents },
    markdown: { isTrusted: { enabledCommands: ['upstreamMedic.explainLine'] } },
  };

  let server: Server | undefined;
  let started: Promise<void> = Promise.resolve();
  const run = (): Promise<void> => {
    const next = create(options);
    server = next;
    const { client } = next;
    client.onNotification(LANGUAGE, (params: LanguageParams) => setLanguage(params));
    client.onRequest(FILES, (params: FilesParams): Promise<FilesAnswer> => answerFiles(params));
    return client.start();
  };
  const stop = async (): Promise<void> => {
    const old = server;
    server = undefined;
    await started.catch(() => undefined);
    // A server that is gone or does not answer must not keep the next one from starting.
    await old?.client.stop().catch(() => undefined);
    await old?.client.dispose().catch(() => undefined);
    old?.dispose?.();
  };
  stopServer = stop;

  const ask = async (uri: string, line: number): Promise<ExplainResult | null> => {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
    await started;
    if (!server) throw new Error('the language server is not running');
    const params: ExplainParams = {
      textDocument: { uri: document.uri.toString() },
      position: { line, character: 0 },
    };
    return server.client.sendRequest<ExplainResult | null>(EXPLAIN, params);
  };
  const panel = explanations(context, ask, previews(subscriptions));
  for (const watcher of fileEvents) {
    subscriptions.push(
      watcher,
      watcher.onDidChange(panel.filesChanged),
      watcher.onDidCreate(panel.filesChanged),
      watcher.onDidDelete(panel.filesChanged),
    );
  }

  subscriptions.push(
    output,
    command('explainLine', (target, position) =>
      explainLine(ask, panel, target, position as ExplainParams['position']),
    ),
    command('showOutput', () => output.show(true)),
    command('restartServer', async () => {
      await stop();
      started = run();
      await started;
      void vscode.window.setStatusBarMessage(`${NAME}: the language server has restarted`, 5000);
    }),
  );
  await vscode.commands.executeCommand('setContext', 'upstreamMedic.active', true);

  started = run();
  try {
    await started;
  } catch (error) {
    output.appendLine(`The language server did not start: ${error instanceof Error ? error.stack : String(error)}`);
    void vscode.window.showErrorMessage(`${NAME}: the language server did not start. See Show Output.`);
  }
}

let stopServer: (() => Promise<void>) | undefined;

export const stop = (): Promise<void> | undefined => stopServer?.();

/** A command whose failure is told rather than swallowed. */
function command(name: string, run: (...args: unknown[]) => unknown): vscode.Disposable {
  return vscode.commands.registerCommand(`${ID}.${name}`, async (...args: unknown[]) => {
    try {
      await run(...args);
    } catch (error) {
      void vscode.window.showErrorMessage(`${NAME}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
}
