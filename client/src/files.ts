/** The editor's file systems, for a server that has no disk. */
import * as vscode from 'vscode';
import type { FilesAnswer, FilesParams } from '../../server/src/lsp/protocol';

/** A configuration is never as large; a log is read by opening it. */
const MOST_BYTES = 16 * 1024 * 1024;

export async function answerFiles({ operation, uri }: FilesParams): Promise<FilesAnswer> {
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
