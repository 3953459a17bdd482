/** What a lens above an upstream or a pool does: goes to the only place that leads there, or lists them. */
import * as vscode from 'vscode';
import type { Located, Position } from '../../server/src/lsp/protocol';
import { toRange } from './panel/changes';

export async function showUses(uri: unknown, position: unknown, uses: unknown): Promise<void> {
  const places = (uses as readonly Located[]).map(
    (each) => new vscode.Location(vscode.Uri.parse(each.uri), toRange(each.range)),
  );
  const [only, ...others] = places;
  if (only && others.length === 0) {
    await vscode.window.showTextDocument(only.uri, { selection: only.range });
    return;
  }
  const { line, character } = position as Position;
  const at = new vscode.Position(line, character);
  await vscode.commands.executeCommand('editor.action.showReferences', vscode.Uri.parse(uri as string), at, places);
}
