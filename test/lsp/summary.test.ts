/** Many lines at once, lenses and summaries, over stdio. */
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CancellationTokenSource, type CodeLens, WorkDoneProgress } from 'vscode-languageserver-protocol/node';
import type { ExplainLinesResult, ExplainResult, FilesParams, LogSummary } from '../../server/src/lsp/protocol';
import { buildServer, type Session, startSession } from './client';

const SITE = `server {
    listen 80;
    location /api/ {
        proxy_pass http://127.0.0.1:9000;
    }
}
`;

const two = (value: number): string => String(value).padStart(2, '0');
const header = (at: number, level = 'error'): string =>
  `2024/03/15 ${two(10 + Math.floor(at / 3600))}:${two(Math.floor(at / 60) % 60)}:${two(at % 60)} [${level}] 7#7: *${at} `;
const tail = (port: number, target: string): string =>
  `, client: 10.0.0.1, server: shop.test, request: "GET ${target} HTTP/1.1", upstream: "http://127.0.0.1:${port}${target}", host: "shop.test"\n`;
const refused = (at: number, port = 9000): string =>
  `${header(at)}connect() failed (111: Connection refused) while connecting to upstream${tail(port, `/api/${at}?token=s3cret`)}`;
const slow = (at: number): string =>
  `${header(at)}upstream timed out (110: Connection timed out) while reading response header from upstream${tail(9000, '/api/report')}`;
const notice = (at: number): string => `${header(at, 'notice')}signal process started\n`;

let folder: string;
let session: Session;
let log: string;
const uri = (name: string): string => `file://${folder}/${name}`;

beforeAll(buildServer, 60_000);
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'um-summary-'));
  mkdirSync(path.join(folder, 'nginx/sites-enabled'), { recursive: true });
  writeFileSync(path.join(folder, 'nginx/nginx.conf'), 'events {}\nhttp {\n    include sites-enabled/*.conf;\n}\n');
  writeFileSync(path.join(folder, 'nginx/sites-enabled/shop.conf'), SITE);
  log = path.join(folder, 'error.log');
});
afterEach(async () => {
  expect(await session.stop()).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

const summarise = (revision?: number, name = 'error.log'): Promise<LogSummary | null> =>
  session.connection.sendRequest('upstreamMedic/summarise', { uri: uri(name), revision });

describe('a summary', () => {
  it('counts a log that is not open, and leads to lines, configuration and remedy', async () => {
    const lines = [notice(0), refused(1), refused(2), slow(60), refused(600), notice(601)];
    writeFileSync(log, lines.join(''));
    session = await startSession({ folder });
    const found = (await summarise())!;
    expect(found).toMatchObject({
      lines: 6,
      total: 4,
      bytes: lines.join('').length,
      anew: false,
      range: { first: '2024-03-15T10:00:01', last: '2024-03-15T10:10:00' },
      statuses: [
        { status: [502], count: 3 },
        { status: [504], count: 1 },
      ],
      moreRows: { rows: 0, count: 0 },
      roots: [uri('nginx/nginx.conf')],
    });
    expect(found.requests).toEqual([
      { request: 'GET /api/*', count: 3 },
      { request: 'GET /api/report', count: 1 },
    ]);
    expect(found.rows).toHaveLength(2);
    expect(found.rows[0]).toMatchObject({
      cause: 'connection-refused',
      upstream: '127.0.0.1:9000',
      title: 'Nothing listens on 127.0.0.1:9000',
      count: 3,
      first: '2024-03-15T10:00:01',
      last: '2024-03-15T10:10:00',
      entries: [
        { line: 1, text: refused(1).trimEnd() },
        { line: 4, text: refused(600).trimEnd() },
      ],
      config: { uri: uri('nginx/sites-enabled/shop.conf'), directive: 'proxy_pass', range: { start: { line: 3 } } },
    });
    expect(found.rows[0]!.remedy).toBeTruthy();
    expect(found.rows[1]!.entries).toEqual([{ line: 3, text: slow(60).trimEnd() }]);
    expect(found.statuses[0]!.columns.reduce((sum, count) => sum + count)).toBeCloseTo(3);

    const explained = (await session.connection.sendRequest('upstreamMedic/explain', {
      textDocument: { uri: uri('error.log') },
      position: { line: 4, character: 0 },
    })) as ExplainResult;
    expect(explained).toMatchObject({ line: 4, cause: 'connection-refused', seen: { count: 3 } });
    expect(explained.config[0]).toMatchObject({ directive: 'proxy_pass' });
  });

  it('is kept current by what is added, and counts anew when the log is rotated or cut', async () => {
    writeFileSync(log, refused(1) + refused(2));
    session = await startSession({ folder });
    const first = (await summarise())!;
    expect(first.total).toBe(2);
    expect(await summarise(first.revision)).toBeNull();

    appendFileSync(log, slow(3) + refused(4).slice(0, 50));
    const grown = (await summarise(first.revision))!;
    expect(grown).toMatchObject({ total: 3, lines: 3, anew: false });
    expect(grown.rows[1]!.entries).toEqual([{ line: 2, text: slow(3).trimEnd() }]);
    appendFileSync(log, refused(4).slice(50));
    const whole = (await summarise(grown.revision))!;
    expect(whole).toMatchObject({ total: 4, lines: 4, anew: false });
    expect(whole.rows[0]!.entries[1]).toEqual({ line: 3, text: refused(4).trimEnd() });

    renameSync(log, `${log}.1`);
    writeFileSync(log, slow(10).repeat(9));
    expect(await summarise(whole.revision)).toMatchObject({ total: 9, anew: true });
    writeFileSync(log, refused(11));
    expect(await summarise()).toMatchObject({ total: 1, anew: true });
    // Cut and grown beyond its length in between.
    writeFileSync(log, refused(12, 9001) + refused(13, 9001));
    expect((await summarise())!.rows).toMatchObject([{ upstream: '127.0.0.1:9001', count: 2 }]);
    rmSync(log);
    await expect(summarise()).rejects.toThrow('there is no such file');
    writeFileSync(log, slow(14));
    expect(await summarise()).toMatchObject({ total: 1, lines: 1, anew: true });
  });

  it('counts a last line without an end, and once only when it is finished', async () => {
    writeFileSync(log, refused(1) + refused(2).trimEnd());
    session = await startSession({ folder });
    expect(await summarise()).toMatchObject({ total: 2, lines: 2 });
    appendFileSync(log, `\n${refused(3).trimEnd()}`);
    expect(await summarise()).toMatchObject({ total: 2, lines: 2 });
    // Nothing more comes: it is taken as it is.
    await summarise();
    await summarise();
    expect(await summarise()).toMatchObject({ total: 3, lines: 3 });
  });

  it('reads large and gzipped logs, tells how far it is, and can be cancelled', async () => {
    const block = Array.from({ length: 2000 }, (_, i) => (i % 2 ? refused(i) : notice(i))).join('');
    for (let i = 0; i < 200; i++) appendFileSync(log, block);
    appendFileSync(log, slow(5000));
    writeFileSync(path.join(folder, 'error.log.2.gz'), gzipSync(block + slow(5000)));
    session = await startSession({ folder });
    const source = new CancellationTokenSource();
    const told: unknown[] = [];
    session.connection.onProgress(WorkDoneProgress.type, 'token', (value) => {
      told.push(value);
      if (value.kind === 'report') source.cancel();
    });
    const params = { uri: uri('error.log'), workDoneToken: 'token' };
    const cancelled = session.connection.sendRequest('upstreamMedic/summarise', params, source.token);
    // So fast a machine that nothing was told reads to the end.
    await cancelled.then(
      (found) => expect(found).toMatchObject({ total: 200_001 }),
      (error) => expect(error.message).toBe('cancelled'),
    );
    expect(told[0]).toMatchObject({ kind: 'begin', cancellable: true });
    const found = (await summarise())!;
    expect(found).toMatchObject({ total: 200_001, lines: 400_001 });
    expect(found.rows[0]!.entries).toEqual([
      { line: 1, text: refused(1).trimEnd() },
      { line: 399_999, text: refused(1999).trimEnd() },
    ]);
    expect(found.rows[1]!.entries).toEqual([{ line: 400_000, text: slow(5000).trimEnd() }]);
    const zipped = (await summarise(undefined, 'error.log.2.gz'))!;
    expect(zipped).toMatchObject({ total: 1001, lines: 2001 });
    expect(zipped.rows[1]!.entries).toEqual([{ line: 2000, text: slow(5000).trimEnd() }]);
    expect(await summarise(zipped.revision, 'error.log.2.gz')).toBeNull();
  });

  it('of a text that is only in the editor', async () => {
    session = await startSession({ folder });
    session.open('untitled:log', 'nginx-error-log', refused(1) + slow(2));
    const found = await session.connection.sendRequest('upstreamMedic/summarise', { uri: 'untitled:log' });
    expect(found).toMatchObject({ total: 2, lines: 2 });
    await expect(summarise(undefined, 'nginx')).rejects.toThrow('it is a folder');
  });
});

describe('a summary of a log that only the editor can read', () => {
  it('is made from the pieces that the editor gives, or says why not', async () => {
    const bytes = Buffer.from(refused(1) + slow(2));
    session = await startSession();
    session.connection.onRequest('upstreamMedic/files', ({ operation, uri: name, offset, length }: FilesParams) => {
      if (operation !== 'bytes') return {};
      if (name.endsWith('/large.log')) return { error: 'unreadable', reason: 'it has 65 MB' };
      return { bytes: bytes.subarray(offset, offset! + length!).toString('base64'), size: bytes.length };
    });
    const found = await session.connection.sendRequest('upstreamMedic/summarise', { uri: 'vscode-vfs://a/error.log' });
    expect(found).toMatchObject({ total: 2, lines: 2, rows: [{ count: 1 }, { count: 1 }] });
    const large = session.connection.sendRequest('upstreamMedic/summarise', { uri: 'vscode-vfs://a/large.log' });
    await expect(large).rejects.toThrow('it has 65 MB');
  });
});

describe('many lines', () => {
  const explainLines = (params: object): Promise<ExplainLinesResult> =>
    session.connection.sendRequest('upstreamMedic/explainLines', params);

  it('of a document are grouped by incident, counted among the selected only', async () => {
    session = await startSession({ folder });
    const text = refused(1) + notice(2) + slow(3) + refused(4) + refused(5) + refused(6, 9001);
    session.open(uri('error.log'), 'nginx-error-log', text);
    const range = { start: { line: 1, character: 5 }, end: { line: 5, character: 0 } };
    const found = await explainLines({ textDocument: { uri: uri('error.log') }, ranges: [range] });
    expect(found).toMatchObject({ total: 3, others: 0 });
    expect(found.results).toMatchObject([
      { cause: 'connection-refused', line: 4, seen: { count: 2, first: '2024-03-15T10:00:04' } },
      { cause: 'read-timed-out', line: 2, seen: { count: 1 } },
    ]);
    expect(found.results[0]!.config[0]).toMatchObject({ directive: 'proxy_pass' });
  });

  it('of a terminal need no document', async () => {
    session = await startSession({ folder });
    const found = await explainLines({
      text: `$ tail error.log\n${refused(1)}${refused(2, 9001)}${refused(3, 9001)}$ `,
    });
    expect(found.results.map(({ line, seen, title }) => [line, seen.count, title])).toEqual([
      [3, 2, 'Nothing listens on 127.0.0.1:9001'],
      [1, 1, 'Nothing listens on 127.0.0.1:9000'],
    ]);
    expect(await explainLines({ text: 'all is well' })).toEqual({ results: [], total: 0, others: 0 });
  });
});

describe('code lenses', () => {
  const lenses = (): Promise<CodeLens[]> =>
    session.connection.sendRequest('textDocument/codeLens', { textDocument: { uri: uri('error.log') } });

  it('stand where an incident begins, not on each of its lines', async () => {
    session = await startSession({ initializationOptions: { panel: true } });
    const mixed = Array.from({ length: 20 }, (_, i) => refused(i) + slow(i)).join('');
    const others = Array.from({ length: 60 }, (_, i) => slow(100 + i)).join('');
    session.open(uri('error.log'), 'nginx-error-log', notice(0) + mixed + others + refused(200));
    const found = await lenses();
    expect(found.map(({ range, command }) => [range.start.line, command?.title])).toEqual([
      [1, '502 · connection refused · 127.0.0.1:9000 · 20 times · Explain'],
      [2, '504 · read timed out · 127.0.0.1:9000 · 80 times · Explain'],
      [101, '502 · connection refused · 127.0.0.1:9000 · Explain'],
    ]);
    expect(found[0]!.command).toMatchObject({
      command: 'upstreamMedic.explainLine',
      arguments: [uri('error.log'), { line: 1, character: 0 }],
    });
  });

  it('are cheap on a log of 50,000 lines, and say that there are more', async () => {
    session = await startSession();
    session.open(
      uri('error.log'),
      'nginx-error-log',
      Array.from({ length: 50_000 }, (_, i) => refused(i % 3600)).join(''),
    );
    expect((await lenses()).map(({ command }) => command?.title)).toEqual([
      '502 · connection refused · 127.0.0.1:9000 · 2000+ times · Explain',
    ]);
    const explained = (await session.connection.sendRequest('upstreamMedic/explain', {
      textDocument: { uri: uri('error.log') },
      position: { line: 49_999, character: 0 },
    })) as ExplainResult;
    expect(explained.seen).toEqual({ count: 50_000, first: '2024-03-15T10:00:00', last: '2024-03-15T10:59:59' });
  });

  it('can be switched off', async () => {
    session = await startSession();
    session.open(uri('error.log'), 'nginx-error-log', refused(1));
    expect((await lenses())[0]!.command!.command).toBe('upstreamMedic.explain');
    await session.connection.sendNotification('workspace/didChangeConfiguration', {
      settings: { upstreamMedic: { codeLens: false } },
    });
    expect(await lenses()).toEqual([]);
  });
});
