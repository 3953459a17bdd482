/** The language server over stdio, as any LSP editor drives it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CodeAction } from 'vscode-languageserver-protocol/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { ExplainResult } from '../../server/src/lsp/protocol';
import { buildServer, RICH, type Session, startSession } from './client';

const SITE = `server {
    listen 80;
    server_name shop.example.com;
    location ~ \\.php$ {
        fastcgi_pass unix:/run/php/php8.1-fpm.sock; # the shop
    }
}
`;
const POOL =
  '[www]\nuser = www-data\nlisten = /run/php/php8.2-fpm.sock\nlisten.owner = www-data\npm = static\npm.max_children = 2\n';
const MAIN = 'user www-data;\nevents {}\nhttp {\n    include sites-enabled/*.conf;\n}\n';
const LINE =
  '2026/11/22 14:44:40 [crit] 10696#10696: *1 connect() to unix:/run/php/php8.1-fpm.sock failed (2: No such file or directory) while connecting to upstream, client: 127.0.0.1, server: shop.example.com, request: "GET /index.php?token=x HTTP/1.1", upstream: "fastcgi://unix:/run/php/php8.1-fpm.sock:", host: "shop.example.com"';

let folder: string;
let session: Session;
const uri = (name: string): string => `file://${folder}/${name}`;

beforeAll(buildServer, 60_000);
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'um-lsp-'));
  for (const [name, text] of [
    ['nginx/nginx.conf', MAIN],
    ['nginx/sites-enabled/shop.conf', SITE],
    ['php/8.2/fpm/pool.d/www.conf', POOL],
  ] as const) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
});
afterEach(async () => {
  expect(await session.stop()).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

/** Applies the edit of an action to the files on disk. */
function apply(action: CodeAction): void {
  const { edit } = action;
  const changes = edit?.changes
    ? Object.entries(edit.changes).map(([target, edits]) => ({ target, edits }))
    : (edit?.documentChanges ?? []).flatMap((change) =>
        'textDocument' in change ? [{ target: change.textDocument.uri, edits: change.edits }] : [],
      );
  for (const { target, edits } of changes) {
    const file = new URL(target).pathname;
    const document = TextDocument.create(target, 'x', 0, readFileSync(file, 'utf8'));
    writeFileSync(file, TextDocument.applyEdits(document, edits));
  }
}

describe('diagnostics', () => {
  it('are pushed with their version, and link nginx with the pool on disk', async () => {
    session = await startSession({ folder });
    session.open(uri('nginx/sites-enabled/shop.conf'), 'nginx', SITE);
    const [found, ...rest] = (
      await session.diagnostics(uri('nginx/sites-enabled/shop.conf'), (d) => d.length > 0)
    ).filter(({ severity }) => severity !== 4);
    expect(rest).toEqual([]);
    expect(found).toMatchObject({
      source: 'upstream-medic',
      code: 'links/pool-address-mismatch',
      severity: 1,
      range: { start: { line: 4, character: 21 }, end: { line: 4, character: 50 } },
    });
    expect(found?.codeDescription?.href).toMatch(/^https:.*links\/pool-address-mismatch/);
    expect(found?.relatedInformation?.[0]?.location.uri).toBe(uri('php/8.2/fpm/pool.d/www.conf'));
    expect(session.published.at(-1)?.version).toBe(1);
  });

  it('follow every keystroke, in the file and in the other half', async () => {
    session = await startSession({ folder });
    const site = uri('nginx/sites-enabled/shop.conf');
    const pool = uri('php/8.2/fpm/pool.d/www.conf');
    session.open(site, 'nginx', SITE);
    await session.diagnostics(site, (d) => d.some(({ code }) => code === 'links/pool-address-mismatch'));
    session.change(site, 2, SITE.replace('listen 80;', 'listen 80'));
    await session.diagnostics(
      site,
      (d, version) => version === 2 && d.some(({ code }) => code === 'nginx/missing-semicolon'),
    );
    session.change(site, 3, SITE);
    // The pool is changed, unsaved, in another editor: the site's finding goes.
    session.open(pool, 'php-fpm', POOL.replace('8.2-fpm', '8.1-fpm'));
    await session.diagnostics(
      site,
      (d, version) => version === 3 && !d.some(({ code }) => code === 'links/pool-address-mismatch'),
    );
  });

  it('serve the language id NGINX, untitled documents and files outside any folder', async () => {
    session = await startSession();
    session.open('untitled:Untitled-1', 'NGINX', 'server {\n    listen 80\n}\n');
    const found = await session.diagnostics('untitled:Untitled-1', (d) => d.length > 0);
    expect(found[0]).toMatchObject({ code: 'nginx/missing-semicolon', severity: 1 });
    session.open(uri('nginx/sites-enabled/shop.conf'), 'nginx', SITE);
    await session.diagnostics(uri('nginx/sites-enabled/shop.conf'), (d) => d.length > 0);
  });

  it('read php-fpm documents', async () => {
    session = await startSession({ folder });
    session.open(uri('php/8.2/fpm/pool.d/www.conf'), 'php-fpm', `${POOL}# a comment from another world\n`);
    const found = await session.diagnostics(uri('php/8.2/fpm/pool.d/www.conf'), (d) => d.length > 0);
    expect(found[0]).toMatchObject({ code: 'php-fpm/syntax', severity: 1 });
  });

  it('are cleared when the document is closed', async () => {
    session = await startSession();
    session.open('untitled:a', 'nginx', '}');
    await session.diagnostics('untitled:a', (d) => d.length > 0);
    await session.connection.sendNotification('textDocument/didClose', { textDocument: { uri: 'untitled:a' } });
    await session.diagnostics('untitled:a', (d) => d.length === 0);
  });
});

describe('code actions', () => {
  it('heal the mismatch: preferred first, plain changes for a plain client', async () => {
    session = await startSession({ folder });
    const site = uri('nginx/sites-enabled/shop.conf');
    session.open(site, 'nginx', SITE);
    const diagnostics = await session.diagnostics(site, (d) => d.length > 0);
    const actions = await session.codeActions(site, diagnostics.find(({ severity }) => severity === 1)!.range);
    expect(actions[0]).toMatchObject({ isPreferred: true, kind: 'quickfix' });
    expect(actions[0]!.title).toContain('Point fastcgi_pass at pool "www"');
    expect(actions.some(({ title }) => title.startsWith('Make pool "www" listen on'))).toBe(true);
    apply(actions[0]!);
    const healed = readFileSync(path.join(folder, 'nginx/sites-enabled/shop.conf'), 'utf8');
    expect(healed).toBe(SITE.replace('php8.1-fpm.sock', 'php8.2-fpm.sock'));
    session.change(site, 2, healed);
    await session.diagnostics(site, (d, version) => version === 2 && d.every(({ severity }) => severity === 4));
  });

  it('ask before they change another file, where the client can ask', async () => {
    session = await startSession({ folder, capabilities: RICH });
    const site = uri('nginx/sites-enabled/shop.conf');
    session.open(site, 'nginx', SITE);
    const diagnostics = await session.diagnostics(site, (d) => d.length > 0);
    const actions = await session.codeActions(site, diagnostics.find(({ severity }) => severity === 1)!.range);
    expect(Object.values(actions[0]!.edit?.changeAnnotations ?? {})).toEqual([]);
    const other = actions.find(({ title }) => title.startsWith('Make pool'));
    expect(Object.values(other?.edit?.changeAnnotations ?? {})[0]).toMatchObject({ needsConfirmation: true });
  });

  it('offer the documented blocks on a healthy pass, as hints that nothing applies by itself', async () => {
    session = await startSession();
    session.open('untitled:b', 'nginx', 'location /api/ {\n    proxy_pass http://127.0.0.1:3000;\n}\n');
    const found = await session.diagnostics('untitled:b', (d) => d.length > 0);
    expect(found.every(({ severity }) => severity === 4)).toBe(true);
    const actions = await session.codeActions('untitled:b', found[0]!.range);
    expect(actions.map(({ title }) => title)).toEqual([
      expect.stringContaining('proxy_*_timeout'),
      expect.stringContaining('WebSocket'),
    ]);
    expect(actions.some(({ isPreferred }) => isPreferred)).toBe(false);
  });
});

describe('logs', () => {
  it('are recognised by their content in a plain untitled document', async () => {
    session = await startSession({ folder });
    session.open('untitled:pasted', 'plaintext', `${LINE}\n`);
    await session.diagnostics('untitled:pasted', (d) => d.length === 1);
    expect(session.languages).toEqual([{ uri: 'untitled:pasted', languageId: 'nginx-error-log' }]);
    session.open(
      'untitled:fpm',
      'plaintext',
      '[22-Nov-2026 14:00:00] NOTICE: fpm is running, pid 1\n[22-Nov-2026 14:00:05] WARNING: [pool www] server reached pm.max_children setting (5), consider raising it\n',
    );
    const [full] = await session.diagnostics('untitled:fpm', (d) => d.length === 1);
    expect(full).toMatchObject({ code: 'fpm-max-children', range: { start: { line: 1 } } });
    session.open('untitled:prose', 'plaintext', 'Dear team,\nthe shop answers 502 since noon.\n');
    session.open('untitled:end', 'nginx', '}');
    await session.diagnostics('untitled:end', (d) => d.length > 0);
    expect(session.languages).toHaveLength(2);
  });

  it('are explained with the place in the configuration, evidence and fixes', async () => {
    session = await startSession({ folder });
    session.open('untitled:log', 'nginx-error-log', `some other line\n${LINE}\n`);
    const [found] = await session.diagnostics('untitled:log', (d) => d.length === 1);
    expect(found).toMatchObject({ code: 'socket-missing', severity: 1, range: { start: { line: 1 } } });
    const result = (await session.connection.sendRequest('upstreamMedic/explain', {
      textDocument: { uri: 'untitled:log' },
      position: { line: 1, character: 20 },
    })) as ExplainResult;
    expect(result).toMatchObject({
      cause: 'socket-missing',
      status: [502],
      confidence: 'certain',
      line: 1,
      record: { server: 'shop.example.com', errno: 2, phase: 'connecting to upstream' },
      seen: { count: 1 },
    });
    expect(result.config[0]).toMatchObject({ uri: uri('nginx/sites-enabled/shop.conf'), directive: 'fastcgi_pass' });
    expect(result.evidence[0]).toMatchObject({ uri: uri('php/8.2/fpm/pool.d/www.conf') });
    expect(result.fixes[0]).toMatchObject({ id: 'align-address', preferred: true });
    expect(
      await session.connection.sendRequest('upstreamMedic/explain', {
        textDocument: { uri: 'untitled:log' },
        position: { line: 0, character: 0 },
      }),
    ).toBeNull();
  });

  it('have code actions: the fixes in the configuration, and Explain for clients with and without a panel', async () => {
    session = await startSession({ folder });
    session.open('untitled:log', 'nginx-error-log', LINE);
    await session.diagnostics('untitled:log', (d) => d.length === 1);
    await session.connection.sendRequest('upstreamMedic/explain', {
      textDocument: { uri: 'untitled:log' },
      position: { line: 0, character: 0 },
    });
    const at = { line: 0, character: 5 };
    const actions = await session.codeActions('untitled:log', { start: at, end: at });
    const explain = actions.find(({ title }) => title === 'Explain 502 Log Line');
    expect(explain?.command?.command).toBe('upstreamMedic.explain');
    apply(actions[0]!);
    expect(readFileSync(path.join(folder, 'nginx/sites-enabled/shop.conf'), 'utf8')).toContain(
      'php8.2-fpm.sock; # the shop',
    );
    const result = await session.connection.sendRequest('workspace/executeCommand', {
      command: 'upstreamMedic.explain',
      arguments: ['untitled:log', at],
    });
    expect(result).toMatchObject({ cause: 'socket-missing' });
    expect(session.messages.join()).toContain('There is no socket /run/php/php8.1-fpm.sock');
  });

  it('are explained without any configuration: advice with the documented block, in the right family', async () => {
    session = await startSession();
    session.open(
      'untitled:log',
      'nginx-error-log',
      LINE.replace(/connect\(\) .* directory\)/, 'upstream timed out (110: Connection timed out)').replace(
        'connecting to',
        'reading response header from',
      ),
    );
    await session.diagnostics('untitled:log', (d) => d.length === 1);
    const result = (await session.connection.sendRequest('upstreamMedic/explain', {
      textDocument: { uri: 'untitled:log' },
      position: { line: 0, character: 0 },
    })) as ExplainResult;
    expect(result).toMatchObject({
      cause: 'read-timed-out',
      status: [504],
      confidence: 'needs-host',
      config: [],
      roots: [],
    });
    expect(result.fixes[0]).toMatchObject({ id: 'proxy-timeouts', preferred: true, edits: [] });
    expect(result.fixes[0]!.block).toContain('fastcgi_read_timeout 120s;');
  });

  it('answer a hover in Markdown that cannot be made into links by the log', async () => {
    session = await startSession();
    session.open(
      'untitled:log',
      'nginx-error-log',
      LINE.replaceAll('/run/php/php8.1-fpm.sock', '/run/[x](command:evil).sock'),
    );
    await session.diagnostics('untitled:log', (d) => d.length === 1);
    const hover = (await session.connection.sendRequest('textDocument/hover', {
      textDocument: { uri: 'untitled:log' },
      position: { line: 0, character: 60 },
    })) as { contents: { value: string } };
    expect(hover.contents.value).toContain('client gets 502');
    expect(hover.contents.value).not.toMatch(/[^\\]\[x/);
  });
});

describe('bad input', () => {
  it('is survived: binary, one huge line, deep nesting, a cycle of includes', async () => {
    writeFileSync(path.join(folder, 'nginx/sites-enabled/cycle.conf'), 'include sites-enabled/cycle.conf;\n');
    session = await startSession({ folder });
    session.open(
      'untitled:1',
      'nginx',
      String.fromCharCode(...Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)),
    );
    session.open('untitled:2', 'nginx', 'a '.repeat(500_000));
    session.open('untitled:3', 'nginx', 'a{'.repeat(100_000));
    session.open('untitled:4', 'nginx-error-log', `${LINE}${'x'.repeat(1_000_000)}`);
    session.open('untitled:5', 'php-fpm', '['.repeat(100_000));
    session.open(uri('nginx/sites-enabled/cycle.conf'), 'nginx', 'include sites-enabled/cycle.conf;\n');
    await session.diagnostics(uri('nginx/sites-enabled/cycle.conf'), (d) =>
      d.some(({ code }) => code === 'nginx/include-cycle'),
    );
    for (const n of [1, 2, 3, 5]) await session.diagnostics(`untitled:${n}`);
  });
});
