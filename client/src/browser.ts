/** The extension in VS Code for the Web: the server is a worker. */
import { type ExtensionContext, Uri } from 'vscode';
import { LanguageClient, RevealOutputChannelOn } from 'vscode-languageclient/browser';
import { ID, NAME, start, stop } from './client';

export const activate = (context: ExtensionContext): Promise<void> =>
  start(context, (options) => {
    const worker = new Worker(Uri.joinPath(context.extensionUri, 'dist', 'web', 'server.js').toString(true));
    const quiet = { ...options, revealOutputChannelOn: RevealOutputChannelOn.Never };
    return { client: new LanguageClient(ID, NAME, quiet, worker), dispose: () => worker.terminate() };
  });

export const deactivate = stop;
