import { describe, expect, test } from 'vitest';
import { checkDataLine, type Wrong } from '../../../../server/src/core/nginx/judge/parameters';
import { parse } from '../../../../server/src/core/nginx/parser';
import { askNginx, nginxBinary } from '../nginx';
import { EXAMPLES } from './parameters.examples';
import { configuration, hasStream, wrongs } from './parameters-oracle';

if (!hasStream) {
  const message = 'No stream module: nothing compares the checks of stream parameters with the real nginx';
  if (process.env.CI) throw new Error(message);
  console.warn(`\n!!! ${message} !!!\n`);
}

const all = EXAMPLES.flatMap(([where, { accepted, refused }]) => [
  ...accepted.map((example) => ({ where, example, accepts: true })),
  ...refused.map((example) => ({ where, example, accepts: false })),
]);

describe('parameters', () => {
  test.each(all)('$where: $example ($accepts)', ({ where, example, accepts }) => {
    const text = configuration(where, example);
    const [wrong, ...more] = wrongs(text);
    expect(more).toEqual([]);
    expect(wrong === undefined ? null : wrong.message).toEqual(accepts ? null : expect.any(String));
    if (wrong) {
      expect(wrong.message).not.toMatch(/undefined|null|NaN|\[object/);
      expect(wrong.message).toMatch(/\(nginx -t refuses to load this file\)$/);
      expect(wrong.span.end).toBeGreaterThan(wrong.span.start);
    }
    if (!nginxBinary || (where.startsWith('stream') && !hasStream)) return;
    const verdict = askNginx(new Map([['nginx.conf', text]]));
    expect(verdict).toMatchObject({ accepted: accepts });
    if (wrong && verdict.line !== null) expect(wrong.line).toBe(verdict.line);
  });
});

describe('fixes', () => {
  const fixed = (where: Parameters<typeof configuration>[0], example: string): string | null => {
    const text = configuration(where, example);
    const fix = wrongs(text)[0]?.fix;
    if (!fix) return null;
    const start = text.indexOf(example);
    const after = text.slice(0, fix.span.start) + fix.newText + text.slice(fix.span.end);
    expect(wrongs(after)).toEqual([]);
    return after.slice(start, start + example.length + after.length - text.length);
  };
  test.each([
    ['server', 'listen 80 defualt_server;', 'listen 80 default_server;'],
    ['server', 'listen 80 back_log=5;', 'listen 80 backlog=5;'],
    ['upstream', 'server 127.0.0.1 weigth=5;', 'server 127.0.0.1 weight=5;'],
    ['upstream', 'server http://127.0.0.1:80/;', 'server 127.0.0.1:80;'],
    ['upstream', 'server /run/a.sock;', 'server unix:/run/a.sock;'],
    ['location', 'proxy_pass 127.0.0.1:8080;', 'proxy_pass http://127.0.0.1:8080;'],
    ['location', 'proxy_pass http:/app;', 'proxy_pass http://app;'],
    ['location', 'proxy_pass http//app:80/x;', 'proxy_pass http://app:80/x;'],
    ['location', 'proxy_pass localhost:8080/a;', 'proxy_pass http://localhost:8080/a;'],
    ['in ~', 'proxy_pass http://127.0.0.1/;', 'proxy_pass http://127.0.0.1;'],
    ['location', 'fastcgi_pass http://127.0.0.1:9000;', 'fastcgi_pass 127.0.0.1:9000;'],
    ['location', 'fastcgi_pass /run/php.sock;', 'fastcgi_pass unix:/run/php.sock;'],
    ['location', 'if ($uri == a) {}', 'if ($uri = a) {}'],
    ['location', 'set a b;', 'set $a b;'],
    ['location', 'rewrite ^ /a permanant;', 'rewrite ^ /a permanent;'],
    ['location', 'return /a;', 'return 302 /a;'],
    ['http', 'error_log a.log warning;', 'error_log a.log warn;'],
    ['http', 'log_format a escape=jsn b;', 'log_format a escape=json b;'],
    ['http', 'limit_req_zone $uri zone=a:1m rate=10/s;', 'limit_req_zone $uri zone=a:1m rate=10r/s;'],
    ['split_clients', '50 a;', '50% a;'],
    ['http', 'add_header A b alwais;', 'add_header A b always;'],
  ] as const)('%s: %s', (where, example, expected) => expect(fixed(where, example)).toBe(expected));
});

describe('what is not judged', () => {
  test.each([
    ...[
      'listen ${PORT};',
      'listen ${PORT} default_server;',
      'listen $PORT;',
      'listen 80 ${OPTIONS};',
      'server_name ${NAME};',
    ],
    ...[
      'location ${PREFIX} {}',
      'location ~ ^/${PREFIX}( {}',
      'return ${CODE} x;',
      'if (${A} = b) {}',
      'rewrite ${FROM} /a ${FLAG};',
    ],
    ...[
      'error_page ${CODES} /a;',
      'allow ${NETWORK};',
      'expires ${TIME};',
      'resolver ${DNS};',
      'keepalive_timeout ${SECONDS};',
    ],
    ...[
      'limit_req ${LIMIT};',
      'error_log a.log ${LEVEL};',
      'access_log ${LOG} f ${MORE};',
      'open_file_cache ${CACHE};',
    ],
    ...['listen {{ port }};', 'location / { proxy_pass ${BACKEND}; }', 'location / { proxy_pass {{ backend }}/; }'],
    ...['try_files $uri =${CODE};', 'root ${ROOT};', 'set_real_ip_from ${PROXY}/8;', 'if (${CONDITION}) {}'],
  ])('%s', (example) => expect(wrongs(configuration('server', example))).toEqual([]));
});

describe('versions', () => {
  test.each([
    ['server', 'listen 443 quic reuseport;', '1.25.0', '1.24.0'],
    ['stream listen', 'listen 12345 default_server;', '1.25.5', '1.25.4'],
    ['upstream', 'server app.example.com resolve;', '1.27.3', '1.27.2'],
    ['upstream', 'server app.example.com service=http;', '1.27.3', '1.26.0'],
    ['http', 'resolver 127.0.0.1 ipv4=off;', '1.23.1', '1.22.1'],
  ] as const)('%s: %s since %s', (where, example, since, before) => {
    expect(wrongs(configuration(where, example), since)).toEqual([]);
    expect(wrongs(configuration(where, example), null)).toEqual([]);
    expect(wrongs(configuration(where, example), before)).toHaveLength(1);
  });

  test('datagrams have no TLS of TCP', () => {
    expect(wrongs(configuration('server', 'listen 443 quic ssl;'), null)[0]?.message).toContain('exclude each other');
  });

  test('what NGINX Plus knows passes where the version is not told', () => {
    expect(wrongs(configuration('upstream', 'server 127.0.0.1 slow_start=30s;'), null)).toEqual([]);
    expect(wrongs(configuration('upstream', 'sticky cookie srv expires=1h path=/;'), null)).toEqual([]);
  });
});

describe('the line', () => {
  test.each([
    ['server', 'listen 80\n  defualt_server\n  ;'],
    ['location', 'if ($uri == a)\n{}'],
    ['server', 'location ~ (\n{}'],
    ['http', "log_format a\n'$'\n'b'\n;"],
    ['map', 'a\n$\n;'],
    ['http', 'split_clients a $v {\n60% a;\n60% b;\n\n}'],
  ] as const)('%s: %j is the one that nginx names', (where, example) => {
    const text = configuration(where, example);
    const [wrong] = wrongs(text);
    if (nginxBinary) expect(wrong?.line).toBe(askNginx(new Map([['nginx.conf', text]])).line);
    expect(wrongs(text, '1.22.1', false)).toHaveLength(1);
  });
});

test('lines of an included file are not told what stands before them', () => {
  const line = (outer: string, text: string): Wrong | null =>
    checkDataLine(parse(outer).items[0]!, parse(text).items[0]!);
  expect(line('geo $v { ranges; include a; }', '10.0.0.0-10.0.0.9 x;')).toBeNull();
  expect(line('geo $v { include a; }', '10.0.0.0/8 x;')).toBeNull();
  expect(line('geo $v { include a; }', 'ten x;')).not.toBeNull();
  expect(line('map $uri $v { include a; hostnames; }', '                          a..b x;')).toBeNull();
  expect(line('map $uri $v { include a; }', '~( x;')).not.toBeNull();
});
