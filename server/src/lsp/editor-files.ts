/** `Files` through the editor, for wherever the server has no disk of its own. */
import type { Connection } from 'vscode-languageserver';
import type { Files } from '../core/index';
import { type FilesAnswer, type FilesParams, filesRequest } from './protocol';
import { uriOf } from './uris';

/** A client that does not know the request has no such files. */
export function editorFiles(connection: Connection): Files {
  async function ask(operation: FilesParams['operation'], path: string): Promise<FilesAnswer> {
    try {
      return await connection.sendRequest<FilesAnswer>(filesRequest, { operation, uri: uriOf(path) });
    } catch {
      return {};
    }
  }
  return {
    async read(path) {
      const { text, error, reason } = await ask('read', path);
      return text === undefined ? { error: error ?? 'missing', reason: reason ?? 'no such file' } : { text };
    },
    list: async (path) => (await ask('list', path)).names ?? [],
    stat: async (path) => (await ask('stat', path)).stat ?? 'missing',
  };
}
