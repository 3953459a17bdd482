/** An LSP client without an editor: starts the bundled server over stdio and speaks plain LSP to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { build } from 'esbuild';
import {
  type ClientCapabilities,
  type CodeAction,
  createProtocolConnection,
  type Diagnostic,
  type InitializeResult,
  type ProtocolConnection,
  type Range,
  type ServerCapabilities,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';
import { referencePlugin } from '../../scripts/reference';

const root = path.resolve(import.meta.dirname, '../..');
const bundle = path.join(root, 'out/test-lsp/server.js');

/** Bundles the server as it is released; once for each test file. */
export async function buildServer(): Promise<void> {
  await build({
    entryPoints: [path.join(root, 'server/src/hosts/node.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
    plugins: [referencePlugin],
  });
}

interface Published {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: Diagnostic[];
}

export interface Session {
  readonly connection: ProtocolConnection;
  /** What the server has announced. */
  readonly capabilities: ServerCapabilities;
  readonly child: ChildProcess;
  /** Everything published so far, in order. */
  readonly published: readonly Published[];
  readonly languages: readonly { uri: string; languageId: string }[];
  readonly messages: readonly string[];
  /** Resolves with the first line of the server's log that matches, already written ones included. */
  logged(pattern: RegExp): Promise<string>;
  open(uri: string, languageId: string, text: string): void;
  change(uri: string, version: number, text: string): void;
  /** Resolves with the first diagnostics of `uri` that satisfy `accept`, already published ones included. */
  diagnostics(
    uri: string,
    accept?: (diagnostics: Diagnostic[], version: number | undefined) => boolean,
  ): Promise<Diagnostic[]>;
  codeActions(uri: string, range: Range): Promise<CodeAction[]>;
  stop(): Promise<number | null>;
}

/** What VS Code announces, as far as the server looks at it. */
export const RICH: ClientCapabilities = {
  workspace: {
    workspaceEdit: {
      documentChanges: true,
      resourceOperations: ['create', 'rename', 'delete'],
      changeAnnotationSupport: { groupsOnLabel: true },
    },
  },
};

export async function startSession(
  options: {
    folder?: string;
    capabilities?: ClientCapabilities;
    initializationOptions?: unknown;
    env?: Readonly<Record<string, string>>;
  } = {},
): Promise<Session> {
  const child = spawn(process.execPath, [bundle, '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...options.env },
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const published: Published[] = [];
  const languages: { uri: string; languageId: string }[] = [];
  const messages: string[] = [];
  const waiting = new Set<() => void>();
  connection.onNotification('textDocument/publishDiagnostics', (params: Published) => {
    published.push(params);
    for (const check of waiting) check();
  });
  connection.onNotification('upstreamMedic/language', (params: { uri: string; languageId: string }) => {
    languages.push(params);
    for (const check of waiting) check();
  });
  const log: string[] = [];
  connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
    log.push(message);
    for (const check of waiting) check();
  });
  connection.onNotification('window/showMessage', ({ message }: { message: string }) => messages.push(message));
  connection.onRequest('window/showMessageRequest', ({ message }: { message: string }) => {
    messages.push(message);
    return null;
  });
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();
  const { capabilities } = await connection.sendRequest<InitializeResult>('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: options.capabilities ?? {},
    workspaceFolders: options.folder ? [{ uri: `file://${options.folder}`, name: 'test' }] : null,
    initializationOptions: options.initializationOptions,
  });
  await connection.sendNotification('initialized', {});

  return {
    connection,
    capabilities,
    child,
    published,
    languages,
    messages,
    open: (uri, languageId, text) =>
      void connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } }),
    change: (uri, version, text) =>
      void connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ text }],
      }),
    diagnostics: (uri, accept = () => true) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(check);
          reject(
            new Error(
              `no such diagnostics for ${uri}; last: ${JSON.stringify(published.filter((p) => p.uri === uri).at(-1))}`,
            ),
          );
        }, 10_000);
        const check = (): void => {
          const last = published.filter((each) => each.uri === uri).at(-1);
          if (!last || !accept(last.diagnostics, last.version)) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve(last.diagnostics);
        };
        waiting.add(check);
        check();
      }),
    logged: (pattern) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`nothing like ${pattern} in the log: ${JSON.stringify(log)}`));
        }, 10_000);
        const check = (): void => {
          const found = log.find((message) => pattern.test(message));
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
    codeActions: (uri, range) =>
      connection.sendRequest('textDocument/codeAction', { textDocument: { uri }, range, context: { diagnostics: [] } }),
    async stop() {
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
      connection.dispose();
      return code;
    },
  };
}
