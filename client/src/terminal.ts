/** Explains what is selected in the terminal: VS Code gives its text by way of the clipboard only. */
import * as vscode from 'vscode';
import { showIncidents } from './explain';
import type { Ask, Explanations } from './panel/panel';

/** As much as a person selects. */
const MOST = 1024 * 1024;

export async function explainTerminal(ask: Ask, panel: Explanations): Promise<void> {
  const text = await selectedText();
  if (text === null) {
    void vscode.window.showInformationMessage(
      `Select lines of an nginx error log in the terminal first.${vscode.env.uiKind === vscode.UIKind.Web ? ' The browser must allow this page to read the clipboard; else paste the lines into an empty tab.' : ''}`,
    );
    return;
  }
  const found = await ask.lines({ text: text.slice(0, MOST) });
  if (showIncidents(panel, { uri: '', text: text.slice(0, MOST) }, found)) return;
  void vscode.window.showInformationMessage('What is selected in the terminal tells of no gateway error.');
}

/** The clipboard is as before when this is done. */
async function selectedText(): Promise<string | null> {
  const { clipboard } = vscode.env;
  const before = await clipboard.readText();
  // Tells "nothing was copied" from "it was there already". An empty clipboard may be one that a browser keeps from us.
  const mark = before === '' ? '' : `upstream-medic ${Math.random()}`;
  try {
    if (mark !== '') await clipboard.writeText(mark);
    await vscode.commands.executeCommand('workbench.action.terminal.copySelection');
    const text = await clipboard.readText();
    return text === mark || text.trim() === '' ? null : text;
  } finally {
    await clipboard.writeText(before);
  }
}
