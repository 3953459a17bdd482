/** What is selected in a terminal is explained, and the clipboard is left as it was. */
import * as vscode from 'vscode';
import { equal, until } from './assert';
import { PASTED, panels } from './documents';

describe('the terminal', () => {
  it('explains the selection', async () => {
    const opened = new vscode.EventEmitter<string>();
    let isOpen = false;
    const pty: vscode.Pseudoterminal = {
      onDidWrite: opened.event,
      open: () => {
        isOpen = true;
      },
      close: () => undefined,
    };
    const terminal = vscode.window.createTerminal({ name: 'log', pty });
    try {
      terminal.show();
      await until('the terminal', () => isOpen);
      opened.fire(PASTED.replace('\n', '\r\n'));
      await vscode.env.clipboard.writeText('mine');
      await until('the panel', async () => {
        await vscode.commands.executeCommand('workbench.action.terminal.selectAll');
        await vscode.commands.executeCommand('upstreamMedic.explainTerminalSelection');
        return panels().includes('502 Bad Gateway');
      });
      equal(await vscode.env.clipboard.readText(), 'mine');
    } finally {
      terminal.dispose();
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    }
  });
});
