/** The command Explain 502 Log Line: for the line of the cursor, the lines that are selected, or the line that is named. */
import * as vscode from 'vscode';
import type { ExplainLinesResult, Position } from '../../server/src/lsp/protocol';
import type { Ask, Explanations, Subject } from './panel/panel';

export async function explainLine(
  ask: Ask,
  panel: Explanations,
  target?: unknown,
  position?: Partial<Position>,
): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  // The editor's menu hands over its resource, the server a URI and a position.
  const named = typeof target === 'string' ? vscode.Uri.parse(target) : undefined;
  const uri = named ?? editor?.document.uri;
  if (!uri) {
    void vscode.window.showInformationMessage('Open an nginx error log and put the cursor on the line to explain.');
    return;
  }
  const own = editor?.document.uri.toString() === uri.toString() ? editor : undefined;
  if (typeof position?.line !== 'number' && own && (own.selections.length > 1 || !own.selection.isSingleLine)) {
    const ranges = own.selections.map(({ start, end }) => ({
      start: { line: start.line, character: start.character },
      end: { line: end.line, character: end.character },
    }));
    const found = await ask.lines({ textDocument: { uri: uri.toString() }, ranges });
    if (showIncidents(panel, { uri: uri.toString() }, found)) return;
    void vscode.window.showInformationMessage('None of the selected lines tells of a gateway error.');
    return;
  }
  const line = position?.line ?? own?.selection.active.line ?? 0;
  const result = await ask.line(uri.toString(), line);
  if (result) panel.show({ uri: uri.toString(), lines: [result.line], shown: 0 }, [result]);
  else {
    const message = `Line ${line + 1} tells of no gateway error: the lines that do are underlined.`;
    void vscode.window.showInformationMessage(message);
  }
}

/** False when there is nothing to show. */
export function showIncidents(
  panel: Explanations,
  subject: Pick<Subject, 'uri' | 'text'>,
  { results }: ExplainLinesResult,
): boolean {
  if (results.length === 0) return false;
  const lines = results.map(({ line }) => line);
  panel.show({ ...subject, lines, shown: 0, seen: results.map(({ seen }) => seen) }, results);
  return true;
}
