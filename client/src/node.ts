/** The extension on the desktop and on remote hosts: the server is a process. */
import type { ExtensionContext } from 'vscode';
import { LanguageClient, RevealOutputChannelOn, TransportKind } from 'vscode-languageclient/node';
import { ID, NAME, start, stop } from './client';

export const activate = (context: ExtensionContext): Promise<void> =>
  start(context, (options) => {
    const server = { module: context.asAbsolutePath('dist/server.js'), transport: TransportKind.ipc };
    const debug = { ...server, options: { execArgv: ['--nolazy', '--inspect=6009'] } };
    const quiet = { ...options, revealOutputChannelOn: RevealOutputChannelOn.Never };
    return { client: new LanguageClient(ID, NAME, { run: server, debug }, quiet) };
  });

export const deactivate = stop;
