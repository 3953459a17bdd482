/** Starts the language server in Node: over stdio, IPC, a pipe or a socket, as the command line says. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import type { Files } from '../core/index';
import { editorFiles, openEditorLog } from '../lsp/editor-files';
import { startServer } from '../lsp/server';
import { diskFiles } from './disk';
import { openDiskLog } from './disk-log';
import { askNginxVersion } from './nginx-version';
import { reference } from './reference';

const connection = createConnection(ProposedFeatures.all);
const editor = editorFiles(connection);

/** Paths are on the disk; what is still a URI (`vscode-vfs://…`) only the editor can read. */
const isUri = (path: string): boolean => /^[a-z][a-z0-9+.-]+:/.test(path);
const at = (path: string): Files => (isUri(path) ? editor : diskFiles);

const files: Files = {
  read: (path) => at(path).read(path),
  list: (path) => at(path).list(path),
  stat: (path) => at(path).stat(path),
};

startServer(connection, files, {
  nginxVersion: askNginxVersion,
  reference,
  openLog: (path) => (isUri(path) ? openEditorLog(connection, path) : openDiskLog(path)),
});
