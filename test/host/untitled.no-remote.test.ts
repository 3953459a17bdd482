/** Without a server and a folder, as on vscode.dev: untitled documents are judged and explained all the same. */
import * as vscode from 'vscode';
import { equal, ok, until } from './assert';
import { finding, noFinding, openText, PASTED, panels, quickFixes } from './documents';

describe('untitled documents', () => {
  it('get squiggles while typing, and the light bulb mends them', async () => {
    const document = await openText('nginx', 'server {\n    listen 80\n    server_name x;\n}\n');
    const found = await finding(document.uri, 'nginx/missing-semicolon');
    equal(found.severity, vscode.DiagnosticSeverity.Error);
    equal(found.source, 'upstream-medic');
    const [fix] = await quickFixes(document.uri, found.range);
    ok(fix?.edit && fix.isPreferred);
    await vscode.workspace.applyEdit(fix.edit);
    equal(document.lineAt(1).text, '    listen 80;');
    await noFinding(document.uri, 'nginx/missing-semicolon');
  });

  it('that hold a pasted log are recognised, underlined and explained', async () => {
    const document = await openText('plaintext', PASTED);
    const log = await until('the language of the log', () =>
      vscode.workspace.textDocuments.find(
        ({ uri, languageId }) => uri.toString() === document.uri.toString() && languageId === 'nginx-error-log',
      ),
    );
    await finding(log.uri, 'connection-refused');
    await vscode.commands.executeCommand('upstreamMedic.explainLine', log.uri.toString(), { line: 0, character: 0 });
    await until('the panel', () => panels().length === 1);
  });

  it('that hold a log are summarised', async () => {
    const log = await openText('nginx-error-log', PASTED.repeat(5));
    await finding(log.uri, 'connection-refused');
    await vscode.commands.executeCommand('upstreamMedic.summariseLog');
    await until('the summary', () => panels().some((label) => label.startsWith('Summary: ')));
  });

  it('that hold prose stay as they are', async () => {
    const document = await openText('plaintext', 'The shop answers 502 since noon.\n');
    const other = await openText('nginx', '}');
    await finding(other.uri, 'nginx/unexpected-close');
    equal(document.languageId, 'plaintext');
  });
});
