/** The editor's file systems, for a server that has no disk. */
import * as vscode from 'vscode';
import type { FilesAnswer, FilesParams } from '../../server/src/lsp/protocol';

/** A configuration is never as large. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Such a file system gives a log in one piece only. */
const LARGEST_LOG = 64 * 1024 * 1024;

export async function answerFiles({ operation, uri, offset = 0, length = 0 }: FilesParams): Promise<FilesAnswer> {
  try {
    const target = vscode.Uri.parse(uri, true);
    if (operation === 'list') {
      const entries = await vscode.workspace.fs.readDirectory(target);
      return { names: entries.map(([name]) => name).sort() };
    }
    const { type, size } = await vscode.workspace.fs.stat(target);
    const isFolder = (type & vscode.FileType.Directory) !== 0;
    if (operation === 'stat') return { stat: isFolder ? 'folder' : 'file' };
    if (isFolder) return { error: 'unreadable', reason: 'is a folder' };
    if (operation === 'bytes') {
      if (size > LARGEST_LOG) {
        const most = `a log in this kind of folder can have ${LARGEST_LOG / 1024 / 1024} MB at most`;
        return { error: 'unreadable', reason: `it has ${Math.ceil(size / 1024 / 1024)} MB; ${most}` };
      }
      return { bytes: length > 0 ? base64(await logBytes(target, size, offset, length)) : '', size };
    }
    if (size > MOST_BYTES) return { error: 'unreadable', reason: `has ${size} bytes` };
    return { text: new TextDecoder().decode(await vscode.workspace.fs.readFile(target)) };
  } catch (error) {
    if (operation === 'list') return { names: [] };
    if (operation === 'stat') return { stat: 'missing' };
    const isMissing = error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
    return isMissing
      ? { error: 'missing', reason: 'no such file' }
      : { error: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The log that is being read, kept while it is asked for piece by piece. */
let log: { uri: string; bytes: Uint8Array; timer: ReturnType<typeof setTimeout> } | undefined;
const KEPT = 3000;

async function logBytes(uri: vscode.Uri, size: number, offset: number, length: number): Promise<Uint8Array> {
  clearTimeout(log?.timer);
  const known = log?.uri === uri.toString() && log.bytes.length === size ? log.bytes : undefined;
  const bytes = known ?? (await vscode.workspace.fs.readFile(uri));
  const timer = setTimeout(() => {
    log = undefined;
  }, KEPT);
  log = { uri: uri.toString(), bytes, timer };
  return bytes.subarray(offset, offset + length);
}

function base64(bytes: Uint8Array): string {
  let text = '';
  // More arguments at once are too many for a call.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
