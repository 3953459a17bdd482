/** Every line has its cause and the status that nginx gives, no line has two, and lines about other things have none. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { said } from '../../../server/src/core/error-log/wording';
import { causeOf, causes, entries, explain, type LogRecord, parseLine } from '../../../server/src/core/index';
import { lines, others } from './lines';

/** Every cause that would take the record, not the first only. */
function takers(record: LogRecord): string[] {
  const words = record.access ? said(record) : record;
  return causes
    .filter(({ pattern, when }) => pattern.test(words.message) && (when?.(words) ?? true))
    .map(({ id }) => id);
}

function record(line: string): LogRecord {
  const found = parseLine(line);
  if (!found) throw new Error(`no entry: ${line}`);
  return found;
}

describe('lines of gateway errors', () => {
  it.each(lines)('%s %j %s', (cause, status, line) => {
    expect(takers(record(line))).toEqual([cause]);
    const found = explain(record(line), null);
    expect(found).toMatchObject({ cause, status, evidence: [] });
    expect(found?.title).not.toBe('');
    expect(found?.checks.every(({ title, command }) => title !== '' && command !== '')).toBe(true);
    expect(found?.checks.length).toBeGreaterThan(0);
  });

  it('cover every cause', () => {
    expect(causes.map(({ id }) => id).filter((id) => !lines.some(([cause]) => cause === id))).toEqual([]);
  });

  it('mean the same without date and without fields, as guides quote them', () => {
    for (const [cause, , line] of lines) {
      if (cause === 'memcached-miss') continue; // `key: "` is how JSON and its kin wrap a message
      const full = record(line);
      const bare = parseLine(full.message);
      const isNamed = /\bupstream\b|^proxying\b/.test(full.phase ?? '');
      if (bare && isNamed && full.stderr === null) expect([line, takers(bare)]).toEqual([line, [cause]]);
    }
  });
});

describe('lines about other things', () => {
  it.each(others)('%s', (line) => {
    expect(takers(record(line))).toEqual([]);
    expect(explain(record(line), null)).toBeNull();
  });
});

describe('the log of a real nginx 1.22.1', () => {
  const log = [...entries(readFileSync(`${import.meta.dirname}/../error-log/nginx-1.22.1.log`, 'utf8'))];

  it('gives no entry two causes', () => {
    expect(log.filter(({ record }) => takers(record).length > 1)).toEqual([]);
  });

  it('explains its gateway errors and nothing else', () => {
    const counts: Record<string, number> = {};
    for (const { record } of log) {
      const cause = causeOf(record)?.id;
      if (cause) counts[cause] = (counts[cause] ?? 0) + 1;
    }
    expect(counts).toEqual({
      'auth-request-failed': 1,
      'body-too-large': 1,
      'connection-refused': 9,
      'invalid-header': 1,
      'no-live-upstreams': 1,
      'php-fatal-error': 1,
      'php-message': 2,
      'primary-script-unknown': 1,
      'rate-limited': 1,
      'resolver-timed-out': 3,
      'rewrite-cycle': 1,
      'socket-missing': 2,
      'tls-wrong-version': 1,
      'upstream-disabled': 2,
    });
  });
});

describe('the guide', () => {
  const samples: readonly (readonly [string, readonly number[], string])[] = [
    [
      'connection-refused',
      [502],
      '2024/03/15 10:23:45 [error] 1234#1234: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: example.com, request: "GET /api/users HTTP/1.1", upstream: "http://127.0.0.1:9000/api/users"',
    ],
    [
      'socket-missing',
      [502],
      '2024/03/15 10:23:45 [error] 1234#1234: *2 connect() to unix:/run/php/php8.1-fpm.sock failed (2: No such file or directory) while connecting to upstream',
    ],
    [
      'connection-reset',
      [502],
      '2024/03/15 10:23:45 [error] 1234#1234: *3 recv() failed (104: Connection reset by peer) while reading response header from upstream',
    ],
    [
      'tls-certificate-verify-failed',
      [502],
      '2024/03/15 10:23:45 [error] 1234#1234: *4 SSL_do_handshake() failed (SSL: error:14090086:SSL routines:ssl3_get_server_certificate:certificate verify failed) while SSL handshaking to upstream',
    ],
    [
      'invalid-header',
      [502],
      '2024/03/15 10:23:45 [error] 1234#1234: *5 upstream sent invalid header while reading response header from upstream',
    ],
    // The snippets of its table.
    ['connection-refused', [502], 'connect() failed (111: Connection refused)'],
    ['socket-missing', [502], 'No such file or directory (socket path)'],
    ['socket-permission-denied', [502], 'connect() failed (13: Permission denied)'],
    ['connection-reset', [502], 'recv() failed (104: Connection reset by peer)'],
    ['tls-handshake-failed', [502], 'SSL_do_handshake() failed'],
    ['invalid-header', [502], 'upstream sent invalid header'],
    ['connect-timed-out', [502], 'connect() failed (110: Connection timed out)'],
  ];

  it.each(samples)('%s %j %s', (cause, status, line) => {
    expect(takers(record(line))).toEqual([cause]);
    const found = explain(record(line), null);
    expect(found).toMatchObject({ cause, status });
    expect(found?.why.length).toBeGreaterThan(100);
    expect(found?.checks.length).toBeGreaterThan(1);
  });

  it('names the real address, socket and service in its checks', () => {
    const commands = (i: number): string =>
      explain(record(samples[i]![2]), null)!
        .checks.map(({ command }) => command)
        .join('\n');
    expect(commands(0)).toContain("ss -tlnp | grep -E ':9000\\b'");
    expect(commands(1)).toContain('ls -la /run/php/php8.1-fpm.sock');
    expect(commands(1)).toContain('systemctl status php8.1-fpm');
  });
});

describe('hostile lines', () => {
  it('cannot leave a shell word', () => {
    const line =
      '2024/03/15 10:23:45 [crit] 1#1: *1 connect() to unix:/run/$(reboot);x.sock failed (2: No such file or directory) while connecting to upstream, client: ::1, server: a, request: "GET / HTTP/1.1", upstream: "http://unix:/run/$(reboot);x.sock:/"';
    const commands = explain(record(line), null)!.checks.map(({ command }) => command);
    expect(commands.join('\n')).toContain("'/run/$(reboot);x.sock'");
    expect(commands.join('\n').replaceAll("'/run/$(reboot);x.sock'", '')).not.toContain('$(reboot)');
  });

  it('come to an end on long adversarial messages', () => {
    const heads = [...new Set([...lines, ...lines].map(([, , line]) => record(line).message.slice(0, 40)))];
    for (const head of heads) {
      for (const filler of ['a', ' ', '"', '(', 'unix:', 'failed (', 'SSL ']) {
        const message = head + filler.repeat(20_000);
        takers({ ...record(lines[0]![2]), message, stderr: message });
      }
    }
  });
});
