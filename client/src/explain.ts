/** The command Explain 502 Log Line: for the line of the cursor, the lines that are selected, or the line that is named. */
import * as vscode from 'vscode';
import type { ExplainResult, Position } from '../../server/src/lsp/protocol';
import type { Ask, Explanations } from './panel/panel';

/** More than a person compares; the rest of a selection repeats them. */
const MOST_LINES = 200;
const MOST_CAUSES = 12;

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
  const lines = typeof position?.line === 'number' ? [position.line] : own ? selectedLines(own) : [0];
  const results: ExplainResult[] = [];
  for (const line of lines) {
    const result = await ask(uri.toString(), line);
    if (result) results.push(result);
  }
  const causes = mostFrequent(results);
  if (causes.length > 0) {
    panel.show({ uri: uri.toString(), lines: causes.map(({ line }) => line), shown: 0 }, causes);
    return;
  }
  const which = lines.length > 1 ? 'None of the selected lines tells of a' : `Line ${lines[0]! + 1} tells of no`;
  void vscode.window.showInformationMessage(`${which} gateway error: the lines that do are underlined.`);
}

function selectedLines({ document, selections, selection }: vscode.TextEditor): number[] {
  if (selections.length === 1 && selection.isSingleLine) return [selection.active.line];
  const isSelected = (line: number) =>
    selections.some(
      ({ start, end }) => start.line <= line && (line < end.line || (line === end.line && end.character > 0)),
    );
  // The server has underlined the lines that can be explained.
  const underlined = vscode.languages
    .getDiagnostics(document.uri)
    .filter(({ source }) => source === 'upstream-medic')
    .map(({ range }) => range.start.line)
    .filter(isSelected);
  const lines: number[] = underlined;
  for (let line = selection.start.line; underlined.length === 0 && line <= selection.end.line; line++) lines.push(line);
  return [...new Set(lines)].sort((a, b) => a - b).slice(0, MOST_LINES);
}

/** One of each cause and upstream. */
function mostFrequent(results: readonly ExplainResult[]): ExplainResult[] {
  const causes = new Map<string, ExplainResult>();
  for (const result of results) {
    const key = JSON.stringify([result.cause, result.title, originOf(result.record.upstream)]);
    if (!causes.has(key)) causes.set(key, result);
  }
  return [...causes.values()].sort((a, b) => b.seen.count - a.seen.count).slice(0, MOST_CAUSES);
}

/** The upstream without what was asked of it. */
const originOf = (upstream: string | null) => upstream?.replace(/^(\w+:\/\/(?:unix:[^:]*:|[^/]*)).*$/s, '$1') ?? null;
