/** Entries of whole texts: what real nginx wrote, stack traces, and texts that are no error log. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  addLine,
  closeEntry,
  type Entry,
  entries,
  looksLikeErrorLog,
  type OpenEntry,
} from '../../../server/src/core/error-log/entries';
import { lineMap } from '../../../server/src/core/text/line-map';

/** Written by nginx 1.22.1 and php-fpm 8.2 while every fault was provoked on purpose. */
const REAL = readFileSync(new URL('./nginx-1.22.1.log', import.meta.url), 'utf8');
const HEAD = '2024/03/15 10:23:45 [error] 12#12: *1 ';
const TAIL =
  ' while reading response header from upstream, client: 10.0.0.1, server: a, request: "GET / HTTP/1.1", host: "h"';

const all = (text: string): Entry[] => [...entries(text)];

describe('what nginx wrote', () => {
  const found = all(REAL);

  it('has one entry for each dated line, each with the whole of its fields', () => {
    const dated = REAL.split('\n').filter((line) => /^\d{4}\//.test(line));
    expect(found.length).toBe(dated.length);
    for (const { record } of found) {
      expect(record.truncated).toBe(false);
      if (record.level === 'error' || record.level === 'crit') {
        expect(record.client ?? record.resolver, record.message).not.toBeNull();
      }
      expect(record.client ?? '127.0.0.1').toMatch(/^(127\.0\.0\.1|::1)$/);
      expect(record.server ?? 'example.com').toMatch(/^(|example\.com|127\.0\.0\.1:2088[12])$/);
    }
  });

  it('joins the lines of a PHP exception', () => {
    const multi = found.find((entry) => entry.record.stderr?.includes('Stack trace'))!;
    expect(multi.record.stderr).toMatch(
      /^PHP message: PHP Fatal error: {2}Uncaught Exception: it broke, "badly"\nsecond/,
    );
    expect(multi.record.stderr).toMatch(/thrown in \/tmp\/elog\/www\/multi\.php on line 2$/);
    expect(multi.record).toMatchObject({
      phase: 'reading response header from upstream',
      client: '127.0.0.1',
      request: 'GET /multi.php HTTP/1.1',
      upstream: 'fastcgi://unix:/tmp/elog/php.sock:',
    });
    expect(REAL.slice(multi.span.start, multi.span.end).split('\n').length).toBe(6);
    expect(lineMap(REAL).position(multi.span.start)).toEqual({ line: multi.line, character: 0 });
  });

  it.each<[string, object]>([
    [
      'it said',
      { request: 'GET /err.php HTTP/1.1', upstream: 'fastcgi://unix:/tmp/elog/php.sock:', host: 'example.com' },
    ],
    ['nofile', { errno: 2, upstream: null, host: '127.0.0.1:20880' }],
    ['auth request unexpected status: 502', { phase: 'sending to client', subrequest: null }],
    ['no live upstreams', { upstream: 'http://dead/dead' }],
    ['unix:/tmp/elog/app.sock', { level: 'crit', errno: 2, upstream: 'http://unix:/tmp/elog/app.sock:/api/x' }],
    ['could not be resolved', { errno: 110, phase: null, client: '127.0.0.1' }],
    ['send() failed', { phase: 'resolving', resolver: '127.0.0.1:20999', connection: null }],
    ['limiting requests', { message: 'limiting requests, excess: 1.000 by zone "one"' }],
    ['redirection cycle', { phase: 'processing "/cycle////////////"' }],
    ['while SSL handshaking', { upstream: 'https://127.0.0.1:20880/ssl', errno: null }],
    ['client sent invalid request', { request: 'GET /a b", host: "x HTTP/1.1', host: null }],
    ['client sent invalid host', { host: 'a', referrer: 'b' }],
    [
      'proxying and reading',
      { client: '127.0.0.1', bytes: { fromClient: 1, toClient: 0, fromUpstream: 0, toUpstream: 1 } },
    ],
    ['udp timed out', { client: null, bytes: { fromClient: 1, toClient: 0, fromUpstream: 0, toUpstream: 1 } }],
  ])('%s', (message, expected) => {
    expect(found.find((entry) => entry.record.message.includes(message))!.record).toMatchObject(expected);
  });

  it('keeps a referrer that is made of fields', () => {
    const record = found.find((entry) => entry.record.referrer?.startsWith('http://r/x'))!.record;
    expect(record.request).toBe('GET /api/q"uo"te HTTP/1.1');
    expect(record.upstream).toBe('http://127.0.0.1:20901/api/q"uo"te');
    expect(record.referrer!.endsWith('", host: "z')).toBe(true);
  });

  it('finds the subrequest', () => {
    expect(found.filter((entry) => entry.record.subrequest === '/check').length).toBe(1);
  });

  it('is the same with CRLF, and read line by line', () => {
    const crlf = all(REAL.replaceAll('\n', '\r\n'));
    expect(crlf.map((entry) => [entry.line, entry.record.client])).toEqual(
      found.map((entry) => [entry.line, entry.record.client]),
    );
    let open: OpenEntry | null = null;
    const streamed: Entry[] = [];
    let start = 0;
    for (const [line, text] of REAL.split('\n').entries()) {
      const step = addLine(open, { text, end: '\n', line, start });
      open = step.open;
      streamed.push(...step.entries);
      start += text.length + 1;
    }
    if (open) streamed.push(...closeEntry(open));
    expect(streamed).toEqual(found);
  });
});

describe('several lines', () => {
  it('an entry whose stderr is open goes on, others do not', () => {
    const text = [
      'some prose',
      `${HEAD}connect() failed (111: Connection refused) while connecting to upstream`,
      'connect() failed (111: Connection refused)',
      `${HEAD}FastCGI sent in stderr: "PHP message: a`,
      'connect() failed (111: Connection refused)',
      `  thrown"${TAIL}`,
      'upstream sent invalid header',
      `${HEAD}FastCGI sent in stderr: "Primary script unknown"${TAIL}`,
      '#0 no part of anything',
    ].join('\n');
    expect(all(text).map((entry) => [entry.line, entry.record.message.split('\n').length])).toEqual([
      [1, 1],
      [2, 1],
      [3, 3],
      [6, 1],
      [7, 1],
    ]);
    expect(all(text)[2]!.record.stderr).toBe('PHP message: a\nconnect() failed (111: Connection refused)\n  thrown');
  });

  it('a dated line ends an open entry', () => {
    const text = `${HEAD}FastCGI sent in stderr: "PHP message: a\nb\n${HEAD}x`;
    expect(all(text).map((entry) => [entry.line, entry.record.truncated])).toEqual([
      [0, true],
      [2, false],
    ]);
  });

  it('an entry takes at most 200 lines', () => {
    const text = `${HEAD}FastCGI sent in stderr: "a\n${'b\n'.repeat(100000)}${HEAD}x`;
    const found = all(text);
    expect(found.map((entry) => entry.line)).toEqual([0, 100001]);
    expect(found[0]!.record.message.split('\n').length).toBe(200);
  });

  it('an entry takes at most 64 KB', () => {
    const text = `${HEAD}FastCGI sent in stderr: "a\n${`${'b'.repeat(5000)}\n`.repeat(100)}`;
    expect(all(text)[0]!.span.end).toBeLessThanOrEqual(65536 + 1);
  });

  it('counts lines as LineMap does', () => {
    const text = `a\r\n\rb\n${HEAD}x\r${HEAD}y`;
    expect(all(text).map((entry) => [entry.line, entry.span.start])).toEqual(
      [3, 4].map((line) => [line, lineMap(text).lineStart(line)]),
    );
  });

  it('reads a log of many lines', () => {
    const text = `${HEAD}connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: a, request: "GET / HTTP/1.1", upstream: "http://127.0.0.1:9000/", host: "h"\n`;
    expect(all(text.repeat(20000)).length).toBe(20000);
  });
});

describe('looksLikeErrorLog', () => {
  const line = `${HEAD}connect() failed (111: Connection refused) while connecting to upstream`;
  it.each<[string, string]>([
    ['the real log', REAL],
    ['one line', line],
    ['a command and what it printed', `$ tail -2 /var/log/nginx/error.log\n${line}\n${line}\n`],
    ['journald', `Mar 15 10:23:45 web nginx[1]: ${line}\n`],
    ['stack traces', `${HEAD}FastCGI sent in stderr: "PHP message: a\nStack trace:\n#0 {main}\n  thrown"${TAIL}\n`],
    [
      'a php-fpm log',
      '[15-Mar-2024 10:23:45] WARNING: [pool www] server reached pm.max_children setting (5)\n'.repeat(5),
    ],
  ])('yes: %s', (_, text) => {
    expect(looksLikeErrorLog(text)).toBe(true);
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['blank lines', '\n\n  \n'],
    [
      'a configuration',
      'http {\n  upstream a {\n    server 127.0.0.1:9000;\n  }\n  error_log /var/log/nginx/error.log error;\n}\n',
    ],
    ['an access log', '10.0.0.1 - - [15/Mar/2024:10:23:45 +0000] "GET / HTTP/1.1" 200 157 "-" "curl/8.0"\n'.repeat(5)],
    [
      'an Apache error log',
      '[Fri Mar 15 10:23:45.1 2024] [proxy:error] [pid 12] (111)Connection refused: AH00957\n'.repeat(5),
    ],
    ['a Go log', '2024/03/15 10:23:45 [error] something\n2024/03/15 10:23:46 listening on :80\n'],
    [
      'prose with a line in it',
      `# 502\n\nWe saw this today:\n\n    ${line}\n\nand we do not know why.\nIt began at noon.\n`,
    ],
    ['a guide', `Read the log:\n${line}\n${line}\nThen restart.\nStep 2\nStep 3\nStep 4\n`],
    ['bare messages', 'connect() failed (111: Connection refused)\nupstream sent invalid header\n'],
    ['code', `const line = '${line}';\nexpect(parse(line)).toBe(1);\n`],
  ])('no: %s', (_, text) => {
    expect(looksLikeErrorLog(text)).toBe(false);
  });
});
