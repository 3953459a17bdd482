/** Where requests go: hints behind passes, lenses above pools, and the view of it all. */
import * as vscode from 'vscode';
import { equal, match, ok, until } from './assert';
import { finding, openFile, panels } from './documents';

const SITE = 'nginx/sites-enabled/shop.conf';
const POOL = 'php/8.2/fpm/pool.d/www.conf';

describe('the topology', () => {
  afterEach(() => vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor'));

  it('opens as a panel, once', async () => {
    await openFile(SITE);
    await vscode.commands.executeCommand('upstreamMedic.showTopology');
    await until('the panel', () => panels().includes('Topology'));
    await vscode.commands.executeCommand('upstreamMedic.showTopology');
    equal(panels().filter((label) => label === 'Topology').length, 1);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('a pass says what it reaches, and its pool who leads there', async () => {
    const site = await openFile(SITE);
    await finding(site.uri, 'links/pool-address-mismatch');
    const hints = (): Thenable<vscode.InlayHint[]> =>
      vscode.commands.executeCommand('vscode.executeInlayHintProvider', site.uri, new vscode.Range(0, 0, 100, 0));
    const text = async (): Promise<string> =>
      (await hints())
        .map(({ label }) => (typeof label === 'string' ? label : label.map(({ value }) => value).join('')))
        .join('\n');
    equal(await text(), '→ nothing in this workspace listens here');

    const pool = await openFile(POOL);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(pool.uri, pool.lineAt(2).range, 'listen = /run/php/php8.1-fpm.sock');
    await vscode.workspace.applyEdit(edit);
    await until('the pool', async () => /^→ pool www \(www\.conf:3\)$/.test(await text()));
    const [hint] = await hints();
    ok(typeof hint?.label !== 'string' && hint?.label.some(({ location }) => location?.uri.path === pool.uri.path));

    const lens = await until('the lens', async () => {
      const all = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', pool.uri);
      return all.find(({ command }) => /reached by 1 location/.test(command?.title ?? ''));
    });
    const { command, arguments: args = [] } = lens.command!;
    match(command, /showUses/);
    await vscode.commands.executeCommand(command, ...args);
    const editor = await until('the place', () => {
      const active = vscode.window.activeTextEditor;
      return active?.document.uri.path === site.uri.path && active;
    });
    equal(editor.selection.start.line, 4);
    await vscode.window.showTextDocument(pool);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});
