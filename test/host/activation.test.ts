// The extension starts in every kind of host.
import * as vscode from 'vscode';
import { ok } from './assert';

describe('activation', () => {
  it('the extension is found and starts', async () => {
    const extension = vscode.extensions.getExtension('upstream-medic.upstream-medic');
    ok(extension, 'VS Code does not know upstream-medic.upstream-medic');
    await extension.activate();
    ok(extension.isActive);
  });
});
