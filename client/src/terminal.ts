/** Explains what is selected in the terminal: VS Code gives its text by way of the clipboard only. */
import * as vscode from 'vscode';
import { showIncidents } from './explain';
import type { Ask, Explanations } from './panel/panel';

/** As much as a person selects. */
const MOST = 1024 * 1024;

export async function explainTerminal(ask: Ask, panel: Explanations): Promise<void> {
  const text = await selectedText();
  if (text === null) {
    void vscode.window.showInformationMessage('Select lines of an nginx error log in the terminal first.');
    return;
  }
  const found = await ask.lines({ text: text.slice(0, MOST) });
  if (showIncidents(panel, { uri: '', text: text.slice(0, MOST) }, found)) return;
  void vscode.window.showInformationMessage('What is selected in the terminal tells of no gateway error.');
}

/** The clipboard is as before when this is done. */
async function selectedText(): Promise<string | null> {
  const { clipboard } = vscode.env;
  // Tells "nothing was copied" from "it was there already".
  const mark = `upstream-medic ${Math.random()}`;
  let before: string;
  try {
    before = await clipboard.readText();
    await clipboard.writeText(mark);
  } catch {
    throw new Error(
      'the clipboard, through which the terminal gives its selection, is closed to us. Paste the lines into an empty tab: they are recognised there.',
    );
  }
  try {
    await vscode.commands.executeCommand('workbench.action.terminal.copySelection');
    const text = await clipboard.readText();
    return text === mark || text.trim() === '' ? null : text;
  } finally {
    await clipboard.writeText(before);
  }
}
