/** Error logs in the editor: lenses, many lines at once, summaries. */
import * as vscode from 'vscode';
import { equal, match, ok, until } from './assert';
import { finding, openFile, openText, PASTED, panels } from './documents';

describe('an error log', () => {
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('has a lens where an incident begins, unless they are switched off', async () => {
    const log = await openText('nginx-error-log', PASTED.repeat(3));
    const lenses = () =>
      vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', log.uri, 10);
    const [lens, ...more] = await until('the lens', async () => {
      const all = await lenses();
      return all.length > 0 && all;
    });
    equal(more.length, 0);
    equal(lens?.range.start.line, 0);
    match(lens?.command?.title ?? '', /^502 · connection refused · 127\.0\.0\.1:8002 · 3 times · Explain$/);
    const settings = vscode.workspace.getConfiguration('upstreamMedic');
    await settings.update('codeLens', false, vscode.ConfigurationTarget.Global);
    await until('no lens', async () => (await lenses()).length === 0);
    await settings.update('codeLens', undefined, vscode.ConfigurationTarget.Global);
  });

  it('explains the lines that are selected in one panel', async () => {
    const log = await openText('nginx-error-log', PASTED + PASTED.replaceAll('8002', '8003'));
    await finding(log.uri, 'connection-refused');
    const editor = vscode.window.activeTextEditor;
    ok(editor);
    editor.selection = new vscode.Selection(0, 10, 1, 20);
    await vscode.commands.executeCommand('upstreamMedic.explainLine');
    await until('the panel', () => panels().includes('502 Bad Gateway'));
    equal(panels().length, 1);
  });

  it('is summarised, open or not', async () => {
    const log = await openFile('nginx/error.log');
    await finding(log.uri, 'socket-missing');
    await vscode.commands.executeCommand('upstreamMedic.summariseLog');
    await until('the summary', () => panels().some((label) => /^Summary: .*error\.log$/.test(label)));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('upstreamMedic.summariseLog', log.uri);
    await until('the summary of a log that is not open', () => panels().length === 1);
  });
});
