/** Hover and completion over stdio, as any LSP editor asks for them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CompletionItem, Hover, MarkupContent } from 'vscode-languageserver-protocol/node';
import { buildServer, type Session, startSession } from './client';

const SITE = 'server {\n    listen 80;\n    location / {\n        proxy_pass http://;\n        \n    }\n}\n';
const POOL = '[www]\npm = dynamic\n';

let folder: string;
let session: Session;
const uri = (name: string): string => `file://${folder}/${name}`;
const site = (): string => uri('conf.d/site.conf');

beforeAll(buildServer, 60_000);
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'um-help-'));
  mkdirSync(path.join(folder, 'conf.d'));
  writeFileSync(
    path.join(folder, 'nginx.conf'),
    'events {}\nhttp {\n    upstream shop { server 127.0.0.1:8080; }\n    include conf.d/*.conf;\n}\n',
  );
  writeFileSync(path.join(folder, 'conf.d/site.conf'), SITE);
});
afterEach(async () => {
  expect(await session.stop()).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

const complete = (line: number, character: number, target = site()): Promise<CompletionItem[]> =>
  session.connection.sendRequest('textDocument/completion', {
    textDocument: { uri: target },
    position: { line, character },
  });
const hover = (line: number, character: number, target = site()): Promise<Hover | null> =>
  session.connection.sendRequest('textDocument/hover', {
    textDocument: { uri: target },
    position: { line, character },
  });
const labels = (items: readonly CompletionItem[]): string[] => items.map(({ label }) => label);

describe('completion', () => {
  it('offers what may stand there, right after the file has been opened', async () => {
    session = await startSession({ folder });
    session.open(site(), 'nginx', SITE);
    const items = await complete(4, 8);
    expect(labels(items)).toEqual(expect.arrayContaining(['proxy_read_timeout', 'proxy_set_header']));
    expect(labels(items)).not.toContain('listen');
    const item = items.find(({ label }) => label === 'proxy_read_timeout')!;
    expect(item).toMatchObject({
      textEdit: {
        range: { start: { line: 4, character: 8 }, end: { line: 4, character: 8 } },
        newText: 'proxy_read_timeout',
      },
    });
    expect(item.documentation).toBeUndefined();
    const resolved: CompletionItem = await session.connection.sendRequest('completionItem/resolve', item);
    expect((resolved.documentation as MarkupContent).value).toContain('Default: `60s`');
  });

  it('knows the groups of other files', async () => {
    session = await startSession({ folder });
    session.open(site(), 'nginx', SITE);
    const items = await complete(3, 26);
    expect(items.find(({ label }) => label === 'http://shop')).toMatchObject({
      textEdit: {
        range: { start: { line: 3, character: 19 }, end: { line: 3, character: 26 } },
        newText: 'http://shop',
      },
    });
  });

  it('follows what is typed', async () => {
    session = await startSession({ folder });
    session.open(site(), 'nginx', SITE);
    await complete(4, 8);
    session.change(site(), 2, SITE.replace('listen 80;', 'listen 80;\n    set $mine 1;\n    return 200 $;'));
    expect(labels(await complete(3, 16))).toEqual(expect.arrayContaining(['$mine', '$host']));
  });

  it('has snippets for editors that know them, and names for the others', async () => {
    session = await startSession({ folder });
    session.open(site(), 'nginx', SITE);
    const plain = (await complete(4, 8)).find(({ label }) => label === 'limit_except');
    expect(plain).toMatchObject({ textEdit: { newText: 'limit_except' } });
    expect(plain?.insertTextFormat).toBeUndefined();
    await session.stop();
    session = await startSession({
      folder,
      capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true } } } },
    });
    session.open(site(), 'nginx', SITE);
    expect((await complete(4, 8)).find(({ label }) => label === 'limit_except')).toMatchObject({
      textEdit: { newText: 'limit_except ${1:GET} {\n\t$0\n}' },
      insertTextFormat: 2,
    });
  });

  it('opens no list on a blank or a brace', async () => {
    session = await startSession({ folder });
    const { capabilities } = session;
    expect(capabilities.completionProvider).toEqual({ triggerCharacters: ['$'], resolveProvider: true });
  });
});

describe('hover', () => {
  it('explains directives, variables and pool settings', async () => {
    session = await startSession({ folder });
    session.open(site(), 'nginx', SITE);
    const found = await hover(3, 12);
    expect((found!.contents as MarkupContent).value).toContain('#proxy_pass');
    expect(found!.range).toEqual({ start: { line: 3, character: 8 }, end: { line: 3, character: 18 } });
    expect(await hover(4, 4)).toBeNull();
    const pool = uri('pool.d/www.conf');
    session.open(pool, 'php-fpm', POOL);
    expect(((await hover(1, 1, pool))!.contents as MarkupContent).value).toContain('`ondemand`');
  });

  it('leaves files that are not ours alone', async () => {
    session = await startSession({ folder });
    session.open(uri('notes.txt'), 'plaintext', 'listen to this\n');
    expect(await hover(0, 2, uri('notes.txt'))).toBeNull();
    expect(await complete(0, 2, uri('notes.txt'))).toBeNull();
  });
});
