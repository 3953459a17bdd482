/** A folder with nginx and php-fpm files: both halves are read together, on a desktop server and in a web worker. */
import * as vscode from 'vscode';
import { equal, match, ok, until } from './assert';
import { codeOf, finding, noFinding, openFile, panels, quickFixes } from './documents';

const SITE = 'nginx/sites-enabled/shop.conf';

describe('a folder', () => {
  afterEach(() => vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor'));

  it('its files have their languages', async () => {
    equal((await openFile(SITE)).languageId, 'nginx');
    equal((await openFile('php/8.2/fpm/pool.d/www.conf')).languageId, 'php-fpm');
    equal((await openFile('nginx/error.log')).languageId, 'nginx-error-log');
  });

  it('a squiggle names the pool, links to it, and says what happens', async () => {
    const document = await openFile(SITE);
    const found = await finding(document.uri, 'links/pool-address-mismatch');
    equal(found.severity, vscode.DiagnosticSeverity.Error);
    equal(found.range, new vscode.Range(4, 21, 4, 50));
    match(found.message, /php8\.1-fpm\.sock.*pool "www" listens on \/run\/php\/php8\.2-fpm\.sock.*502/);
    ok(found.relatedInformation?.[0]?.location.uri.path.endsWith('/pool.d/www.conf'));
    const { code } = found;
    ok(typeof code === 'object' && code.target.scheme === 'https');
  });

  it('a healthy file has nothing in the problems list', async () => {
    const document = await openFile('nginx/nginx.conf');
    const site = await openFile(SITE);
    await finding(site.uri, 'links/pool-address-mismatch');
    equal(
      vscode.languages
        .getDiagnostics(document.uri)
        .filter(({ severity }) => severity < 3)
        .map(codeOf),
      [],
    );
  });

  it('the light bulb heals it and keeps the comment', async () => {
    const document = await openFile(SITE);
    const found = await finding(document.uri, 'links/pool-address-mismatch');
    const [fix] = await quickFixes(document.uri, found.range);
    ok(fix?.edit && fix.isPreferred);
    match(fix.title, /Point fastcgi_pass at pool "www"/);
    await vscode.workspace.applyEdit(fix.edit);
    equal(document.lineAt(4).text, '        fastcgi_pass unix:/run/php/php8.2-fpm.sock; # the shop');
    await noFinding(document.uri, 'links/pool-address-mismatch');
  });

  it('the other half heals it too, unsaved', async () => {
    const site = await openFile(SITE);
    await finding(site.uri, 'links/pool-address-mismatch');
    const pool = await openFile('php/8.2/fpm/pool.d/www.conf');
    const edit = new vscode.WorkspaceEdit();
    edit.replace(pool.uri, pool.lineAt(2).range, 'listen = /run/php/php8.1-fpm.sock');
    await vscode.workspace.applyEdit(edit);
    await noFinding(site.uri, 'links/pool-address-mismatch');
  });

  it('a log line is explained in a panel beside it, with the fix for the configuration', async () => {
    const log = await openFile('nginx/error.log');
    const found = await finding(log.uri, 'socket-missing');
    equal(found.range.start.line, 0);
    await vscode.commands.executeCommand('upstreamMedic.explainLine');
    await until('the panel', () => panels().length === 1);
    const actions = await until('a fix for the configuration', async () => {
      const all = await quickFixes(log.uri, found.range);
      return all.some(({ edit }) => edit) && all;
    });
    ok(actions.some(({ title }) => title === 'Explain 502 Log Line'));
    match(actions[0]?.title ?? '', /Point fastcgi_pass at pool "www"/);
  });
});
