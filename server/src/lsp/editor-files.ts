/** `Files` through the editor, for wherever the server has no disk of its own. */
import type { Connection } from 'vscode-languageserver';
import type { Files } from '../core/index';
import type { LogBytes } from './log-bytes';
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

/** A log through the editor, which reads the whole file: it says how large a log may be. */
export async function openEditorLog(connection: Connection, path: string): Promise<LogBytes> {
  const ask = async (offset: number, length: number): Promise<FilesAnswer> => {
    const params: FilesParams = { operation: 'bytes', uri: uriOf(path), offset, length };
    const answer = await connection.sendRequest<FilesAnswer>(filesRequest, params);
    if (answer.bytes === undefined) throw new Error(answer.reason ?? 'the editor cannot read it');
    return answer;
  };
  const { size = 0 } = await ask(0, 0);
  let piece = { at: 0, bytes: new Uint8Array(0) };
  return {
    size,
    id: 'editor',
    async read(at, into) {
      if (at < piece.at || at >= piece.at + piece.bytes.length) piece = { at, bytes: decode(await ask(at, PIECE)) };
      const part = piece.bytes.subarray(at - piece.at, at - piece.at + into.length);
      into.set(part);
      return part.length;
    },
    close: async () => undefined,
  };
}

/** Divisible by three: Base64 of it needs no filling. */
const PIECE = 3 * 1024 * 1024;

function decode({ bytes = '' }: FilesAnswer): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0));
}
