/** Which version is judged by: the one that is set, else in a trusted workspace that of the machine's nginx, else the newest. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { versionIn } from '../../server/src/hosts/nginx-version';
import { version } from '../real/nginx';
import { buildServer, RICH, type Session, startSession } from './client';

const root = mkdtempSync(join(tmpdir(), 'nginx-version-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A folder with a program `nginx` that does this; what it was started with stands in `asked`. */
function fake(name: string, script: string): { readonly folder: string; readonly asked: string } {
  const folder = join(root, name);
  const asked = join(folder, 'asked');
  mkdirSync(folder);
  writeFileSync(join(folder, 'nginx'), `#!/bin/sh\necho "$@" >> '${asked}'\n${script}\n`);
  chmodSync(join(folder, 'nginx'), 0o755);
  return { folder, asked };
}

const saying = (name: string, answer: string) => fake(name, `echo '${answer}' >&2`);

/** Came with 1.29.3. */
const CONFIG = 'events {}\nhttp {\n    add_header_inherit merge;\n}\n';
const uri = 'untitled:nginx.conf';

describe('the server', () => {
  let session: Session;
  beforeAll(buildServer, 60_000);
  afterEach(() => session?.stop());

  async function start(path: string, initializationOptions: unknown): Promise<void> {
    session = await startSession({ capabilities: RICH, initializationOptions, env: { PATH: path } });
    session.open(uri, 'nginx', CONFIG);
  }

  test('a trusted workspace: nginx is asked, once', async () => {
    const { folder, asked } = saying('old', 'nginx version: nginx/1.18.0 (Ubuntu)');
    await start(folder, { trusted: true });
    expect(await session.logged(/^Judged by/)).toBe(
      'Judged by nginx 1.18.0, as "nginx -v" says; upstreamMedic.nginxVersion sets another',
    );
    const [found] = await session.diagnostics(uri, (all) => all.length > 0);
    expect(found).toMatchObject({
      code: 'nginx/wrong-version',
      message: expect.stringContaining('nginx 1.18.0 does not know it'),
    });
    expect(readFileSync(asked, 'utf8')).toBe('-v\n');
  });

  test.each([
    ['an untrusted one', { trusted: false }],
    ['an editor that says nothing of trust', undefined],
  ])('%s: nginx is not asked', async (name, options) => {
    const { folder, asked } = saying(name.replaceAll(' ', '-'), 'nginx version: nginx/1.18.0');
    await start(folder, options);
    expect(await session.logged(/^Judged by/)).toContain('the newest nginx known');
    expect(await session.diagnostics(uri)).toEqual([]);
    expect(existsSync(asked)).toBe(false);
  });

  test('trust that comes later', async () => {
    await start(saying('later', 'nginx version: openresty/1.21.4.1').folder, { trusted: false });
    expect(await session.diagnostics(uri)).toEqual([]);
    await session.connection.sendNotification('upstreamMedic/trusted');
    await session.logged(/^Judged by nginx 1\.21\.4, as "nginx -v" says/);
    await session.diagnostics(uri, (all) => all.some(({ code }) => code === 'nginx/wrong-version'));
  });

  test('the setting goes first, and nobody is asked', async () => {
    const { folder, asked } = saying('set', 'nginx version: nginx/1.18.0');
    await start(folder, { trusted: false });
    await session.logged(/newest/);
    await session.connection.sendNotification('workspace/didChangeConfiguration', {
      settings: { upstreamMedic: { nginxVersion: '1.22.1' } },
    });
    await session.logged(/^Judged by nginx 1\.22\.1, as upstreamMedic\.nginxVersion says/);
    await session.connection.sendNotification('upstreamMedic/trusted');
    await session.diagnostics(uri, (all) =>
      all.some(({ message }) => message.includes('nginx 1.22.1 does not know it')),
    );
    expect(existsSync(asked)).toBe(false);
  });

  test.each([
    ['no nginx', () => root],
    ['one that fails', () => fake('fails', 'echo nginx version: nginx/1.18.0 >&2; exit 1').folder],
    ['one that says too much', () => fake('chatty', "yes 'nginx version: nginx/1.18.0' >&2").folder],
    ['one that never answers', () => fake('silent', 'while :; do :; done').folder],
    ['one of another kind', () => saying('angie', 'Angie version: Angie/1.5.0').folder],
    ['one beside the configuration', () => ['', '.', 'nginx'].join(':')],
  ])('%s: judged by the newest', async (_, path) => {
    await start(path(), { trusted: true });
    expect(await session.logged(/^Judged by/)).toContain('the newest nginx known');
    expect(await session.diagnostics(uri)).toEqual([]);
  });

  test.skipIf(!existsSync('/usr/sbin/nginx'))('the real one', async () => {
    await start('/usr/sbin', { trusted: true });
    expect(await session.logged(/^Judged by/)).toContain(`nginx ${version()}`);
  });
});

describe('answers', () => {
  test.each([
    ['nginx version: nginx/1.22.1\n', '1.22.1'],
    ['nginx version: nginx/1.25.5 (nginx-plus-r32)\n', '1.25.5'],
    ['nginx version: openresty/1.27.1.2\n', '1.27.1'],
    ['Tengine version: Tengine/3.1.0\nnginx version: nginx/1.24.0\n', '1.24.0'],
    ['Tengine version: Tengine/2.3.3 (nginx/1.18.0)\n', '1.18.0'],
    ['Tengine version: Tengine/2.3.2\n', null],
    ['freenginx version: freenginx/1.27.3\n', null],
    ['Angie version: Angie/1.8.1\n', null],
    ['nginx version: nginx/1.2', null],
    ['', null],
  ])('%j', (answer, expected) => {
    expect(versionIn(answer)).toBe(expected);
  });
});
