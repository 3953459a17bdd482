/** What the desktop and the web extension share: starts the language server, and adds the commands and the panel. */
import * as vscode from 'vscode';
import { type BaseLanguageClient, type LanguageClientOptions, WorkDoneProgress } from 'vscode-languageclient';
import type * as protocol from '../../server/src/lsp/protocol';
import type {
  ExplainLinesResult,
  ExplainParams,
  ExplainResult,
  FilesAnswer,
  FilesParams,
  LanguageParams,
  LogSummary,
  StartOptions,
  SummariseParams,
  TopologyResult,
} from '../../server/src/lsp/protocol';
import { documentSelector, middleware, watchers } from './documents';
import { explainLine } from './explain';
import { answerFiles } from './files';
import { languageSetter } from './language';
import { previews } from './panel/changes';
import { type Ask, explanations } from './panel/panel';
import { summaryPanel } from './summary/panel';
import { type Summarise, summariseLog } from './summary/summarise';
import { explainTerminal } from './terminal';
import { topologyPanel } from './topology/panel';
import { showUses } from './uses';

// The server's code is not bundled for a few words: only their types come from it.
const EXPLAIN: typeof protocol.explainRequest = 'upstreamMedic/explain';
const EXPLAIN_LINES: typeof protocol.explainLinesRequest = 'upstreamMedic/explainLines';
const SUMMARISE: typeof protocol.summariseRequest = 'upstreamMedic/summarise';
const SUMMARY_CLOSED: typeof protocol.summaryClosedNotification = 'upstreamMedic/summaryClosed';
const TOPOLOGY: typeof protocol.topologyRequest = 'upstreamMedic/topology';
const TOPOLOGY_CHANGED: typeof protocol.topologyChangedNotification = 'upstreamMedic/topologyChanged';
const LANGUAGE: typeof protocol.languageNotification = 'upstreamMedic/language';
const FILES: typeof protocol.filesRequest = 'upstreamMedic/files';
const TRUSTED: typeof protocol.trustedNotification = 'upstreamMedic/trusted';

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
  const options: LanguageClientOptions = {
    documentSelector,
    middleware,
    outputChannel: output,
    initializationOptions: (): StartOptions => ({ panel: true, trusted: vscode.workspace.isTrusted }),
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
    client.onNotification(TOPOLOGY_CHANGED, () => topology.changed());
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

  const request = async <T>(
    method: string,
    params: object | undefined,
    token?: vscode.CancellationToken,
  ): Promise<T> => {
    await started;
    if (!server) throw new Error('the language server is not running');
    // An undefined token would be sent as a second parameter.
    return token ? server.client.sendRequest<T>(method, params, token) : server.client.sendRequest<T>(method, params);
  };
  const ask: Ask = {
    async line(uri, line) {
      const target = vscode.Uri.parse(uri).toString();
      const params: ExplainParams = { textDocument: { uri: target }, position: { line, character: 0 } };
      const isOpen = vscode.workspace.textDocuments.some((document) => document.uri.toString() === target);
      if (isOpen) return request<ExplainResult | null>(EXPLAIN, params);
      // Of a log that is summarised the server knows the lines: it may be too large to open.
      const known = await request<ExplainResult | null>(EXPLAIN, params);
      if (known) return known;
      await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
      return request<ExplainResult | null>(EXPLAIN, params);
    },
    lines: (params) => request<ExplainLinesResult>(EXPLAIN_LINES, params),
  };
  let tokens = 0;
  const summarise: Summarise = async (uri, revision, token, onProgress) => {
    await started;
    const workDoneToken = onProgress && `summary-${++tokens}`;
    const listener =
      workDoneToken === undefined
        ? undefined
        : server?.client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
            if (value.kind === 'report') onProgress?.(value.percentage, value.message);
          });
    try {
      const params: SummariseParams = { uri, revision, workDoneToken };
      return await request<LogSummary | null>(SUMMARISE, params, token);
    } finally {
      listener?.dispose();
    }
  };
  const panel = explanations(context, ask, previews(subscriptions));
  const counting = {
    summarise,
    close: (uri: string) => void server?.client.sendNotification(SUMMARY_CLOSED, { uri }).catch(() => undefined),
  };
  const summary = summaryPanel(context, counting, ask, panel);
  const topology = topologyPanel(context, () => request<TopologyResult>(TOPOLOGY, undefined));
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
    vscode.workspace.onDidGrantWorkspaceTrust(async () => {
      await started.catch(() => undefined);
      await server?.client.sendNotification(TRUSTED).catch(() => undefined);
    }),
    command('explainLine', (target, position) =>
      explainLine(ask, panel, target, position as ExplainParams['position']),
    ),
    command('explainTerminalSelection', () => explainTerminal(ask, panel)),
    command('summariseLog', (target) => summariseLog(summarise, summary.show, target)),
    command('showTopology', () => topology.show()),
    command('showUses', showUses),
    command('showOutput', () => output.show(true)),
    command('restartServer', async () => {
      await stop();
      started = run();
      await started;
      topology.changed();
      void vscode.window.setStatusBarMessage(`${NAME}: the language server has restarted`, 5000);
    }),
  );
  await vscode.commands.executeCommand('setContext', 'upstreamMedic.active', true);
  noticeConfigurations(subscriptions);

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

/** Lets commands about configurations appear once there is one. */
function noticeConfigurations(subscriptions: vscode.Disposable[]): void {
  const isOne = ({ languageId }: vscode.TextDocument): boolean => /^(?:nginx|NGINX|php-fpm)$/.test(languageId);
  const tell = () => void vscode.commands.executeCommand('setContext', 'upstreamMedic.configured', true);
  if (vscode.workspace.textDocuments.some(isOne)) tell();
  else {
    const listener = vscode.workspace.onDidOpenTextDocument((document) => {
      if (!isOne(document)) return;
      tell();
      listener.dispose();
    });
    subscriptions.push(listener);
  }
}
