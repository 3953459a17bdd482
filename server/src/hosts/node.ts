/** Starts the language server in Node: over stdio, IPC, a pipe or a socket, as the command line says. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import type { Files } from '../core/index';
import { editorFiles } from '../lsp/editor-files';
import { startServer } from '../lsp/server';
import { diskFiles } from './disk';

const connection = createConnection(ProposedFeatures.all);
const editor = editorFiles(connection);

/** Paths are on the disk; what is still a URI (`vscode-vfs://…`) only the editor can read. */
const at = (path: string): Files => (/^[a-z][a-z0-9+.-]+:/.test(path) ? editor : diskFiles);

startServer(connection, {
  read: (path) => at(path).read(path),
  list: (path) => at(path).list(path),
  stat: (path) => at(path).stat(path),
});
