/** Starts the language server in a web worker; files are read through the editor. */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { editorFiles, openEditorLog } from '../lsp/editor-files';
import { startServer } from '../lsp/server';
import { reference } from './reference';

const scope = globalThis as unknown as ConstructorParameters<typeof BrowserMessageReader>[0];
const connection = createConnection(new BrowserMessageReader(scope), new BrowserMessageWriter(scope));

startServer(connection, editorFiles(connection), {
  reference,
  openLog: (path) => openEditorLog(connection, path),
});
