/** The topology, what stands beside passes, and who leads to upstreams and pools, over stdio. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CodeLens, InlayHint, Location } from 'vscode-languageserver-protocol/node';
import type { TopologyResult } from '../../server/src/lsp/protocol';
import { buildServer, type Session, startSession } from './client';

const SITE = `upstream app {
    server 127.0.0.1:8001;
}
server {
    listen 80;
    server_name shop.example;
    location / { proxy_pass http://app; }
    location ~ \\.php$ {
        fastcgi_pass unix:/run/php/old.sock;
    }
}
`;
const POOL = '[www]\nuser = www-data\nlisten = /run/php/new.sock\npm = ondemand\npm.max_children = 2\n';

let folder: string;
let session: Session;
const uri = (name: string): string => `file://${folder}/${name}`;
const whole = { start: { line: 0, character: 0 }, end: { line: 1000, character: 0 } };

beforeAll(buildServer, 60_000);
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'um-topology-'));
  for (const each of ['nginx/conf.d', 'pool.d']) mkdirSync(path.join(folder, each), { recursive: true });
  writeFileSync(path.join(folder, 'nginx/nginx.conf'), 'events {}\nhttp {\n    include conf.d/*.conf;\n}\n');
  writeFileSync(path.join(folder, 'nginx/conf.d/shop.conf'), SITE);
  writeFileSync(path.join(folder, 'pool.d/www.conf'), POOL);
});
afterEach(async () => {
  expect(await session.stop()).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

const topology = (): Promise<TopologyResult> => session.connection.sendRequest('upstreamMedic/topology');
const openFile = (name: string, language: string): void =>
  session.open(uri(name), language, readFileSync(path.join(folder, name), 'utf8'));
const hints = async (name: string): Promise<string[]> => {
  const params = { textDocument: { uri: uri(name) }, range: whole };
  const found = await session.connection.sendRequest<InlayHint[]>('textDocument/inlayHint', params);
  return found.map(
    ({ position, label }) =>
      `${position.line}:${position.character} ${typeof label === 'string' ? label : label.map(({ value }) => value).join('')}`,
  );
};
const lenses = (name: string): Promise<CodeLens[]> =>
  session.connection.sendRequest('textDocument/codeLens', { textDocument: { uri: uri(name) } });

describe('the topology', () => {
  it('tells of files that nobody has opened, with places and what rules say', async () => {
    session = await startSession({ folder });
    const { roots, upstreams, pools } = await topology();
    expect(roots).toMatchObject([{ uri: uri('nginx/nginx.conf'), isMain: true, held: null }]);
    const { servers } = roots[0]!;
    expect(servers).toMatchObject([{ uri: uri('nginx/conf.d/shop.conf'), names: ['shop.example'], listen: ['80'] }]);
    expect(servers[0]!.range).toEqual({ start: { line: 3, character: 0 }, end: { line: 3, character: 7 } });
    const [first, second] = servers[0]!.locations;
    expect(first!.passes).toMatchObject([{ upstreams: [0], state: 'ok', endpoints: [] }]);
    expect(second!.passes).toMatchObject([
      {
        target: 'unix:/run/php/old.sock',
        state: 'broken',
        said: [{ code: 'links/pool-address-mismatch', severity: 'error', title: 'No pool listens on this address' }],
        endpoints: [{ nothing: true, reached: [] }],
      },
    ]);
    expect(upstreams).toMatchObject([{ name: 'app', uses: 1, endpoints: [{ address: '127.0.0.1:8001' }] }]);
    expect(pools).toMatchObject([{ name: 'www', uses: 0, uri: uri('pool.d/www.conf') }]);
  });

  it('says once that it has changed, and has what is typed', async () => {
    session = await startSession({ folder });
    let told = 0;
    let tell: () => void = () => undefined;
    session.connection.onNotification('upstreamMedic/topologyChanged', () => {
      told++;
      tell();
    });
    openFile('nginx/conf.d/shop.conf', 'nginx');
    await session.diagnostics(uri('nginx/conf.d/shop.conf'), ({ length }) => length > 0);
    await topology();
    for (let turn = 1; turn <= 2; turn++) {
      const changed = new Promise<void>((resolve) => {
        tell = resolve;
      });
      const sock = turn === 1 ? 'new' : 'newer';
      session.change(uri('nginx/conf.d/shop.conf'), 2 * turn, SITE.replace('old.sock', 'odd.sock'));
      session.change(uri('nginx/conf.d/shop.conf'), 2 * turn + 1, SITE.replace('old.sock', `${sock}.sock`));
      await changed;
      const { roots } = await topology();
      expect(roots[0]!.servers[0]!.locations[1]!.passes[0]).toMatchObject({ state: turn === 1 ? 'ok' : 'broken' });
    }
    expect(told).toBeGreaterThanOrEqual(2);
  });

  it('of two folders names the right upstreams', async () => {
    const second = path.join(folder, 'second');
    mkdirSync(second);
    writeFileSync(path.join(second, 'nginx.conf'), `events {}\nhttp {\n${SITE.replaceAll('app', 'other')}}\n`);
    session = await startSession({ folder: path.join(folder, 'nginx') });
    session.open(`file://${second}/nginx.conf`, 'nginx', readFileSync(path.join(second, 'nginx.conf'), 'utf8'));
    await session.diagnostics(`file://${second}/nginx.conf`);
    const { roots, upstreams } = await topology();
    const named = roots.map((root) => root.servers[0]!.locations[0]!.passes[0]!);
    expect(named.map(({ target, upstreams: [index] }) => [target, upstreams[index!]!.name])).toEqual([
      ['http://app', 'app'],
      ['http://other', 'other'],
    ]);
  });
});

describe('beside the lines', () => {
  it('passes say what they reach, and are asked for again when another file changes', async () => {
    let refreshed = 0;
    session = await startSession({
      folder,
      capabilities: { workspace: { inlayHint: { refreshSupport: true }, codeLens: { refreshSupport: true } } },
    });
    const again = new Promise<void>((resolve) => {
      session.connection.onRequest('workspace/inlayHint/refresh', () => {
        refreshed++;
        resolve();
        return null;
      });
    });
    session.connection.onRequest('workspace/codeLens/refresh', () => null);
    openFile('nginx/conf.d/shop.conf', 'nginx');
    expect(await hints('nginx/conf.d/shop.conf')).toEqual([
      '6:39 → 127.0.0.1:8001',
      '8:44 → nothing in this workspace listens here',
    ]);
    openFile('pool.d/www.conf', 'php-fpm');
    session.change(uri('pool.d/www.conf'), 2, POOL.replace('new.sock', 'old.sock'));
    await again;
    expect(await hints('nginx/conf.d/shop.conf')).toContain('8:44 → pool www (www.conf:3)');
    expect(refreshed).toBeGreaterThan(0);
  });

  it('upstreams and pools say who leads there', async () => {
    session = await startSession({ folder, initializationOptions: { panel: true } });
    openFile('nginx/conf.d/shop.conf', 'nginx');
    openFile('pool.d/www.conf', 'php-fpm');
    const [lens] = await lenses('nginx/conf.d/shop.conf');
    expect(lens!.range.start).toEqual({ line: 0, character: 0 });
    expect(lens!.command).toMatchObject({
      title: '1 server · used by 1 location',
      command: 'upstreamMedic.showUses',
      arguments: [uri('nginx/conf.d/shop.conf'), { line: 0, character: 0 }, [{ range: { start: { line: 6 } } }]],
    });
    // Nowhere to go: no link.
    expect((await lenses('pool.d/www.conf')).map(({ command }) => command)).toEqual([
      { title: 'no nginx location passes to this pool', command: '' },
    ]);
  });

  it('in an editor without our client the server shows where', async () => {
    session = await startSession({ folder });
    openFile('nginx/conf.d/shop.conf', 'nginx');
    const [lens] = await lenses('nginx/conf.d/shop.conf');
    const { command, arguments: args } = lens!.command!;
    expect(session.capabilities.executeCommandProvider?.commands).toContain(command);
    const places = await session.connection.sendRequest<Location[]>('workspace/executeCommand', {
      command,
      arguments: args,
    });
    expect(places).toMatchObject([{ uri: uri('nginx/conf.d/shop.conf'), range: { start: { line: 6 } } }]);
    expect(session.messages).toEqual(['Used at shop.conf:7.']);
  });

  it('nothing where the settings say so', async () => {
    session = await startSession({ folder });
    await session.connection.sendNotification('workspace/didChangeConfiguration', {
      settings: { upstreamMedic: { inlayHints: false, codeLens: false } },
    });
    openFile('nginx/conf.d/shop.conf', 'nginx');
    await session.diagnostics(uri('nginx/conf.d/shop.conf'));
    expect(await hints('nginx/conf.d/shop.conf')).toEqual([]);
    expect(await lenses('nginx/conf.d/shop.conf')).toEqual([]);
  });
});
