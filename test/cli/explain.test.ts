/** `explain`: formats, places, streams, and logs made to hurt. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { folder, NO_SOCKET, OTHER, REFUSED, run, SHOP, TIMED_OUT } from './program';

const LOG = [OTHER, REFUSED, REFUSED.replace('*1', '*2'), OTHER, NO_SOCKET, TIMED_OUT, ''].join('\n');
const FILES = { ...SHOP, 'error.log': LOG };

describe('explain: json', () => {
  it('has the fixed shape, with the line as people count', async () => {
    const { status, stdout, stderr } = await run(folder(FILES), ['explain', '--format', 'json', 'error.log']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const found = JSON.parse(stdout);
    expect(found.map(({ line }: { line: number }) => line)).toEqual([2, 3, 5, 6]);
    expect(found.map(({ cause }: { cause: string }) => cause)).toEqual([
      'connection-refused',
      'connection-refused',
      'socket-missing',
      'read-timed-out',
    ]);
    expect(Object.keys(found[0]).slice(0, 10)).toEqual([
      'line',
      'record',
      'cause',
      'title',
      'status',
      'why',
      'evidence',
      'config',
      'checks',
      'fixes',
    ]);
    expect(Object.entries(found[0].record).slice(0, 15)).toEqual([
      ['time', '2024-03-15T10:23:45'],
      ['level', 'error'],
      ['pid', 1234],
      ['tid', 1234],
      ['connection', 1],
      ['message', 'connect() failed (111: Connection refused) while connecting to upstream'],
      ['errno', 111],
      ['phase', 'connecting to upstream'],
      ['client', '10.0.0.1'],
      ['server', 'example.com'],
      ['request', 'GET /api/users?token=secret HTTP/1.1'],
      ['subrequest', null],
      ['upstream', 'http://127.0.0.1:9000/api/users'],
      ['host', 'example.com'],
      ['referrer', null],
    ]);
    expect(found[0]).toMatchObject({ status: [502], config: [], evidence: [] });
    expect(found[3].status).toEqual([504]);
    expect(found[0].fixes[0]).toMatchObject({ preferred: true, edits: [] });
    expect(found[0].checks[0]).toMatchObject({ title: expect.any(String), command: expect.stringContaining('9000') });
  });

  it('names places, evidence and edits of the configuration', async () => {
    const root = folder(FILES);
    const both = ['--config', 'nginx/nginx.conf', '--fpm', 'php'];
    const { stdout } = await run(root, ['explain', '--format', 'jsonl', ...both, 'error.log']);
    const found = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(found).toHaveLength(4);
    const socket = found[2];
    expect(socket.confidence).toBe('certain');
    expect(socket.config[0]).toMatchObject({
      file: 'nginx/conf.d/shop.conf',
      directive: 'fastcgi_pass',
      range: { start: { line: 5, character: 2 } },
    });
    expect(socket.evidence[0]).toMatchObject({ file: 'php/8.2/fpm/pool.d/www.conf', range: { start: { line: 3 } } });
    expect(socket.fixes[0]).toMatchObject({
      id: 'align-address',
      preferred: true,
      edits: [{ file: 'nginx/conf.d/shop.conf', newText: 'unix:/run/php/php8.2-fpm.sock' }],
    });
    // A folder is searched for both halves.
    const folderOnly = await run(root, ['explain', '--format', 'jsonl', '--config', '.', 'error.log']);
    expect(folderOnly.stdout).toBe(stdout);
  });

  it('is an empty array, or nothing, where no entry is a gateway error', async () => {
    const root = folder({ 'error.log': `${OTHER}\n` });
    expect((await run(root, ['explain', '--format', 'json', 'error.log'])).stdout).toBe('[]\n');
    expect((await run(root, ['explain', '--format', 'jsonl', 'error.log'])).stdout).toBe('');
    expect((await run(root, ['explain', '--format', 'json'])).stdout).toBe('[]\n');
  });

  it('still explains when the configuration cannot be read, and exits with 2', async () => {
    const { status, stdout, stderr } = await run(folder(FILES), [
      'explain',
      '--format',
      'json',
      '--config',
      'no.conf',
      'error.log',
    ]);
    expect(status).toBe(2);
    expect(stderr).toBe('upstream-medic: no.conf: no such file or directory\n');
    expect(JSON.parse(stdout)).toHaveLength(4);
  });
});

describe('explain: input', () => {
  it('reads standard input, named or not, and gzip anywhere', async () => {
    const root = folder({ 'error.log.1': gzipSync(LOG) });
    const expected = (await run(folder(FILES), ['explain', '--format', 'jsonl', 'error.log'])).stdout;
    expect((await run(root, ['explain', '--format', 'jsonl'], { input: LOG })).stdout).toBe(expected);
    expect((await run(root, ['explain', '--format', 'jsonl', '-'], { input: gzipSync(LOG) })).stdout).toBe(expected);
    expect((await run(root, ['explain', '--format', 'jsonl', 'error.log.1'])).stdout).toBe(expected);
  });

  it('says so when gzip is broken, after what it could read', async () => {
    const whole = gzipSync(LOG);
    const root = folder({ 'a.gz': whole.subarray(0, whole.length - 12) });
    const { status, stderr } = await run(root, ['explain', 'a.gz']);
    expect(status).toBe(2);
    expect(stderr).toContain('a.gz: broken gzip');
  });

  it('explains a message without date, as it is pasted', async () => {
    const input = 'connect() failed (111: Connection refused) while connecting to upstream';
    const { stdout } = await run(folder({}), ['explain', '--format', 'json'], { input });
    expect(JSON.parse(stdout)[0]).toMatchObject({ line: 1, cause: 'connection-refused', record: { time: null } });
  });

  it.each([
    ['an empty log', ''],
    ['a line of 12 MB', 'x'.repeat(12 * 1024 * 1024)],
    ['a gateway error of 3 MB', `${REFUSED.slice(0, -1)}${'x'.repeat(3 * 1024 * 1024)}"\n`],
    ['bytes that are no text', Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 256))],
    ['200 000 line ends', '\r\n'.repeat(200_000)],
  ])(
    'survives %s',
    async (_, input) => {
      for (const format of ['text', 'json', 'jsonl', 'summary']) {
        const { status, stderr } = await run(folder({}), ['explain', '--format', format], { input });
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      }
    },
    60_000,
  );

  it('keeps its memory however large the log', async () => {
    const line = (i: number): string =>
      `${REFUSED.replace('127.0.0.1:9000', `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}:9000`)}\n`;
    const log = Array.from({ length: 20_000 }, (_, i) => line(i)).join('');
    for (const format of ['text', 'summary']) {
      const { status, stdout } = await run(folder({}), ['explain', '--format', format], {
        input: log,
        env: { NODE_OPTIONS: '--max-old-space-size=48' },
      });
      expect(status).toBe(0);
      expect(stdout).toMatch(/20000 (?:gateway errors|lines)/);
      if (format === 'summary') expect(stdout).toMatch(/10000 {2}502 +other +after 10000 different$/m);
      else expect(stdout).toContain('19000 more not shown');
    }
  }, 60_000);

  it('prints no control characters of a log raw', async () => {
    const evil = REFUSED.replace('/api/users?', '/\u001b[31m\u001b]0;owned\u0007\u009b2J\u202e?');
    for (const format of ['text', 'json', 'jsonl', 'summary']) {
      const { stdout } = await run(folder({}), ['explain', '--format', format], { input: evil });
      expect(stdout).toContain('127.0.0.1:9000');
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });
});

describe('explain: text', () => {
  it('puts the same incident together and fits 80 columns', async () => {
    const { status, stdout } = await run(folder(FILES), ['explain', '--config', '.', 'error.log']);
    expect(status).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^502 Bad Gateway {3,}error\.log:2 {2}likely$/);
    expect(lines[0]).toHaveLength(80);
    expect(lines[1]).toBe('Nothing listens on 127.0.0.1:9000');
    expect(stdout).toContain('seen 2 times');
    expect(stdout.match(/^50\d /gm)).toHaveLength(3);
    expect(stdout).toMatch(/^Where {5}nginx\/conf\.d\/shop\.conf:9:3 proxy_pass http:\/\/127\.0\.0\.1:9000;$/m);
    expect(stdout).toMatch(/^Evidence {2}php\/8\.2\/fpm\/pool\.d\/www\.conf:4:1 /m);
    expect(stdout).toMatch(/^Do {8}\* Point fastcgi_pass at pool "www"/m);
    expect(stdout).toMatch(/^Check {5}ss -tlnp/m);
    expect(stdout).toMatch(/^Confirm {3}nginx -t && systemctl reload nginx$/m);
    expect(lines.at(-2)).toBe('6 lines read: 4 gateway errors, 3 different');
    // Commands are there to be copied and are not wrapped; all else is.
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).not.toContain('secret');
  });

  it('says one line where there is nothing to explain', async () => {
    const { stdout } = await run(folder({}), ['explain'], { input: `${OTHER}\n${OTHER}\n` });
    expect(stdout).toBe('2 lines read: no gateway errors\n');
  });
});

describe('explain: several logs, and a part of them', () => {
  const root = folder({
    ...FILES,
    'error.log.2.gz': gzipSync(LOG),
    'other.log': `${REFUSED.replace('127.0.0.1:9000', '127.0.0.1:9001')}\n`,
  });

  it('counts them together', async () => {
    const { status, stdout } = await run(
      root,
      ['explain', '--format', 'summary', 'error.log', 'error.log.2.gz', '-', 'other.log'],
      { input: gzipSync(LOG) },
    );
    expect(status).toBe(0);
    expect(stdout).toContain('4 logs: 19 lines, 13 gateway errors, 2024-03-15 10:23:45 to 2024-03-15 11:23:45');
    expect(stdout).toMatch(/^ +6 {2}502 +connection-refused +127\.0\.0\.1:9000$/m);
    expect(stdout).toMatch(/^ +7 {2}GET \/api\/users$/m);
    expect(stdout).not.toContain('secret');
  });

  it('says in which log an entry is', async () => {
    const { stdout } = await run(root, ['explain', '--format', 'json', 'error.log', 'other.log']);
    const found: { log: string; line: number }[] = JSON.parse(stdout);
    expect(found.map(({ log, line }) => `${log}:${line}`)).toEqual([
      'error.log:2',
      'error.log:3',
      'error.log:5',
      'error.log:6',
      'other.log:1',
    ]);
    const text = await run(root, ['explain', 'error.log', 'other.log']);
    expect(text.stdout).toMatch(/ other\.log:1 /);
    expect(text.stdout).toContain('7 lines read: 5 gateway errors, 4 different');
  });

  it('reads on when one cannot be read', async () => {
    const { status, stdout, stderr } = await run(root, [
      'explain',
      '--format',
      'summary',
      'no.log',
      'error.log',
      'nginx',
    ]);
    expect(status).toBe(2);
    expect(stderr).toBe('upstream-medic: no.log: no such file or directory\nupstream-medic: nginx: is a folder\n');
    expect(stdout).toContain('1 log: 6 lines, 4 gateway errors');
  });

  it('leaves out what was before --since and after --until', async () => {
    const limits = ['--since', '2024-03-15 10:24', '--until', '2024-03-15 11:00'];
    const { stdout } = await run(root, ['explain', '--format', 'summary', ...limits, 'error.log']);
    expect(stdout).toContain(
      'error.log: 6 lines, 1 gateway error since 2024-03-15 10:24:00 until 2024-03-15 11:00:00\n',
    );
    expect(stdout).toContain('socket-missing');
    expect((await run(root, ['explain', ...limits, 'error.log'])).stdout).toContain('6 lines read: 1 gateway error\n');
    const none = await run(root, ['explain', '--format', 'summary', '--since', '1h', 'error.log']);
    expect(none.stdout).toMatch(/^error\.log: 6 lines: no gateway errors since \d{4}-\d\d-\d\d /);
    const wrong = await run(root, ['explain', '--since', 'soon', 'error.log']);
    expect(wrong).toMatchObject({ status: 2, stderr: expect.stringContaining('2026-11-22 14:00') });
    expect((await run(root, ['explain', '--since', '1h', '--until', '2h', 'error.log'])).status).toBe(2);
  });
});

describe('explain: summary', () => {
  it('counts causes and upstreams exactly, with first and last', async () => {
    const { status, stdout } = await run(folder(FILES), ['explain', '--format', 'summary', 'error.log']);
    expect(status).toBe(0);
    expect(stdout).toContain('error.log: 6 lines, 4 gateway errors, 2024-03-15 10:23:45 to 2024-03-15 11:23:45');
    expect(stdout).toMatch(/^ +502 +3 {2}█/m);
    expect(stdout).toMatch(/^ +504 +1 {2} +█$/m);
    expect(stdout).toMatch(/^ +2 {2}502 +connection-refused +127\.0\.0\.1:9000\n +2024-03-15 10:23:45 /m);
    expect(stdout).toMatch(/^ +1 {2}502 +socket-missing +unix:\/run\/php\/php8\.1-fpm\.sock$/m);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
