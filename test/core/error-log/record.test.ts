/** Every field of every form of entry nginx writes, and of what guides quote. */
import { describe, expect, it } from 'vitest';
import { type LogRecord, parseLine, parseRequest, parseUpstream } from '../../../server/src/core/error-log/record';

const HEAD = '2024/03/15 10:23:45 [error] 1234#1234: *1 ';
const REFUSED = 'connect() failed (111: Connection refused) while connecting to upstream';

/** The record without what is null and without spans. */
function brief(record: LogRecord | null): Record<string, unknown> | null {
  if (!record) return null;
  const { fields: _, truncated, ...rest } = record;
  const found = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  return truncated ? { ...found, truncated } : found;
}

const head = { time: '2024-03-15T10:23:45', level: 'error', pid: 1234, tid: 1234, connection: 1 };
const refused = { ...head, message: REFUSED, errno: 111, phase: 'connecting to upstream' };

const lines: readonly [string, string, Record<string, unknown>][] = [
  [
    'the line of the guide, in the shape of interfaces.md',
    `${HEAD}${REFUSED}, client: 10.0.0.1, server: example.com, request: "GET /api/users HTTP/1.1", upstream: "http://127.0.0.1:9000/api/users"`,
    {
      ...refused,
      client: '10.0.0.1',
      server: 'example.com',
      request: 'GET /api/users HTTP/1.1',
      upstream: 'http://127.0.0.1:9000/api/users',
    },
  ],
  [
    'guide: socket',
    '2024/03/15 10:23:45 [error] 1234#1234: *2 connect() to unix:/run/php/php8.1-fpm.sock failed (2: No such file or directory) while connecting to upstream',
    {
      ...refused,
      connection: 2,
      errno: 2,
      message:
        'connect() to unix:/run/php/php8.1-fpm.sock failed (2: No such file or directory) while connecting to upstream',
    },
  ],
  [
    'guide: reset',
    '2024/03/15 10:23:45 [error] 1234#1234: *3 recv() failed (104: Connection reset by peer) while reading response header from upstream',
    {
      ...head,
      connection: 3,
      errno: 104,
      phase: 'reading response header from upstream',
      message: 'recv() failed (104: Connection reset by peer) while reading response header from upstream',
    },
  ],
  [
    'guide: TLS',
    '2024/03/15 10:23:45 [error] 1234#1234: *4 SSL_do_handshake() failed (SSL: error:14090086:SSL routines:ssl3_get_server_certificate:certificate verify failed) while SSL handshaking to upstream',
    {
      ...head,
      connection: 4,
      phase: 'SSL handshaking to upstream',
      message:
        'SSL_do_handshake() failed (SSL: error:14090086:SSL routines:ssl3_get_server_certificate:certificate verify failed) while SSL handshaking to upstream',
    },
  ],
  [
    'guide: invalid header',
    '2024/03/15 10:23:45 [error] 1234#1234: *5 upstream sent invalid header while reading response header from upstream',
    {
      ...head,
      connection: 5,
      phase: 'reading response header from upstream',
      message: 'upstream sent invalid header while reading response header from upstream',
    },
  ],
  [
    'every field',
    `${HEAD}${REFUSED}, client: ::1, server: , request: "GET /a HTTP/2.0", subrequest: "/check", upstream: "fastcgi://unix:/run/php/php8.1-fpm.sock:", host: "h", referrer: "https://r/"`,
    {
      ...refused,
      client: '::1',
      server: '',
      request: 'GET /a HTTP/2.0',
      subrequest: '/check',
      upstream: 'fastcgi://unix:/run/php/php8.1-fpm.sock:',
      host: 'h',
      referrer: 'https://r/',
    },
  ],
  [
    'words of another system, CRLF',
    `${HEAD}connect() failed (111: Verbindungsaufbau abgelehnt) while connecting to upstream, client: unix:, server: _\r\n`,
    {
      ...refused,
      message: 'connect() failed (111: Verbindungsaufbau abgelehnt) while connecting to upstream',
      client: 'unix:',
      server: '_',
    },
  ],
  [
    'a server name that is a regular expression',
    `${HEAD}x, client: 10.0.0.1, server: ~^(?<n>[a-z]{1,3})\\.x$, request: "GET / HTTP/1.1", host: ""`,
    {
      ...head,
      message: 'x',
      client: '10.0.0.1',
      server: '~^(?<n>[a-z]{1,3})\\.x$',
      request: 'GET / HTTP/1.1',
      host: '',
    },
  ],
  [
    'no request yet: the listening address',
    '2024/03/15 10:23:45 [crit] 7#8: *9 SSL_do_handshake() failed (SSL: error:0A00006C:SSL routines::bad key share) while SSL handshaking, client: 10.0.0.1, server: 0.0.0.0:443',
    {
      ...head,
      level: 'crit',
      pid: 7,
      tid: 8,
      connection: 9,
      message: 'SSL_do_handshake() failed (SSL: error:0A00006C:SSL routines::bad key share) while SSL handshaking',
      phase: 'SSL handshaking',
      client: '10.0.0.1',
      server: '0.0.0.0:443',
    },
  ],
  [
    'mail',
    '2024/03/15 10:23:45 [error] 1#1: *3 connect() failed (111: Connection refused) while in auth state, client: 10.0.0.1 using starttls, server: 0.0.0.0:143, login: "joe", upstream: 127.0.0.1:8143',
    {
      ...head,
      pid: 1,
      tid: 1,
      connection: 3,
      message: 'connect() failed (111: Connection refused) while in auth state',
      errno: 111,
      phase: 'in auth state',
      client: '10.0.0.1',
      server: '0.0.0.0:143',
      login: 'joe',
      upstream: '127.0.0.1:8143',
    },
  ],
  [
    'mail without an upstream, the login full of quotes',
    '2024/03/15 10:23:45 [info] 1#1: *3 client login failed: "no" while in http auth state, client: 10.0.0.1, server: 0.0.0.0:143, login: "a", upstream: "b"',
    {
      ...head,
      level: 'info',
      pid: 1,
      tid: 1,
      connection: 3,
      message: 'client login failed: "no" while in http auth state',
      phase: 'in http auth state',
      client: '10.0.0.1',
      server: '0.0.0.0:143',
      login: 'a", upstream: "b',
    },
  ],
  [
    'OCSP',
    '2024/03/15 10:23:45 [error] 1#1: connect() failed (113: No route to host) while requesting certificate status, responder: ocsp.example.com, peer: 10.9.9.9:80, certificate: "/etc/ssl/a.pem"',
    {
      time: head.time,
      level: 'error',
      pid: 1,
      tid: 1,
      message: 'connect() failed (113: No route to host) while requesting certificate status',
      errno: 113,
      phase: 'requesting certificate status',
      responder: 'ocsp.example.com',
      peer: '10.9.9.9:80',
      certificate: '/etc/ssl/a.pem',
    },
  ],
  [
    'accepting',
    '2024/03/15 10:23:45 [crit] 1#1: accept4() failed (24: Too many open files) while accepting new connection on 0.0.0.0:80',
    {
      time: head.time,
      level: 'crit',
      pid: 1,
      tid: 1,
      message: 'accept4() failed (24: Too many open files) while accepting new connection on 0.0.0.0:80',
      errno: 24,
      phase: 'accepting new connection on 0.0.0.0:80',
    },
  ],
  [
    'a configuration error: the errno is not at the end',
    '2024/03/15 10:23:45 [emerg] 1#1: open() "/etc/nginx/x.conf" failed (2: No such file or directory) in /etc/nginx/nginx.conf:7',
    {
      time: head.time,
      level: 'emerg',
      pid: 1,
      tid: 1,
      message: 'open() "/etc/nginx/x.conf" failed (2: No such file or directory) in /etc/nginx/nginx.conf:7',
      errno: 2,
    },
  ],
  [
    'nginx -t',
    'nginx: [emerg] host not found in upstream "app" in /etc/nginx/nginx.conf:5',
    { level: 'emerg', message: 'host not found in upstream "app" in /etc/nginx/nginx.conf:5' },
  ],
  [
    'journald',
    `Mar 15 10:23:45 web1 nginx[1234]: ${HEAD}${REFUSED}, client: 10.0.0.1, server: a`,
    { ...refused, client: '10.0.0.1', server: 'a' },
  ],
  ['Compose', `web_1  | ${HEAD}${REFUSED}`, refused],
  ['Kubernetes', `2024-03-15T10:23:45.123456789Z stderr F ${HEAD}${REFUSED}`, refused],
  ['docker logs -t', `2024-03-15T10:23:45.123456789Z ${HEAD}${REFUSED}`, refused],
  ['kubectl logs --prefix', `[pod/web-0/nginx] ${HEAD}${REFUSED}`, refused],
  ['kubectl logs --prefix --timestamps', `[pod/web-0/nginx] 2024-03-15T10:23:45.123+01:00 ${HEAD}${REFUSED}`, refused],
  ['stern -t', `web-0 nginx 2024-03-15T10:23:45.123456789+01:00 ${HEAD}${REFUSED}`, refused],
  ['a quotation', `> ${HEAD}${REFUSED}`, refused],
  ['grep', `/var/log/nginx/error.log:17:${HEAD}${REFUSED}`, refused],
  [
    'an SSL error that speaks of reading is no action',
    `${HEAD}SSL_read() failed (SSL: error:0A000126:SSL routines::unexpected eof while reading)`,
    { ...head, message: 'SSL_read() failed (SSL: error:0A000126:SSL routines::unexpected eof while reading)' },
  ],
  [
    'a verify error is no errno',
    `${HEAD}upstream SSL certificate verify error: (18:self-signed certificate) while SSL handshaking to upstream`,
    {
      ...head,
      message: 'upstream SSL certificate verify error: (18:self-signed certificate) while SSL handshaking to upstream',
      phase: 'SSL handshaking to upstream',
    },
  ],
  [
    'a path that speaks of an action and an errno',
    `${HEAD}open() "/www/a while b (5: x)" failed (2: No such file or directory), client: 10.0.0.1, server: a`,
    {
      ...head,
      message: 'open() "/www/a while b (5: x)" failed (2: No such file or directory)',
      errno: 2,
      client: '10.0.0.1',
      server: 'a',
    },
  ],
];

describe('parseLine', () => {
  it.each(lines)('%s', (_, line, expected) => {
    expect(brief(parseLine(line))).toEqual(expected);
  });

  it('gives the place of each field', () => {
    for (const [, line] of lines) {
      const record = parseLine(line)!;
      for (const { name, span } of record.fields) {
        const text = line.slice(span.start, span.end);
        if (name === 'time') expect(text.replaceAll('/', '-').replace(' ', 'T')).toBe(record.time);
        else if (name === 'errno') expect(text.startsWith(`${record.errno}: `)).toBe(true);
        else if (name !== 'bytes') expect(text).toBe(String(record[name]));
      }
      const names = record.fields.map((field) => field.name);
      for (const name of Object.keys(brief(record)!)) if (name !== 'truncated') expect(names).toContain(name);
      const starts = record.fields.map((field) => field.span.start);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
    }
  });
});

describe('bare messages', () => {
  it.each<[string, number | null, string | null]>([
    ['connect() failed (111: Connection refused)', 111, null],
    ['No such file or directory (socket path)', null, null],
    ['connect() failed (13: Permission denied)', 13, null],
    ['recv() failed (104: Connection reset by peer)', 104, null],
    ['SSL_do_handshake() failed', null, null],
    ['upstream sent invalid header', null, null],
    ['connect() failed (110: Connection timed out)', 110, null],
    [
      'upstream sent too big header while reading response header from upstream',
      null,
      'reading response header from upstream',
    ],
    ['no live upstreams while connecting to upstream', null, 'connecting to upstream'],
    ['api.internal could not be resolved (3: Host not found)', 3, null],
    ['1024 worker_connections are not enough while connecting to upstream', null, 'connecting to upstream'],
    ['something new happened while sending request to upstream', null, 'sending request to upstream'],
    ['connect() to unix:/run/a.sock failed (2: No such file or directory)', 2, null],
  ])('%s', (message, errno, phase) => {
    expect(parseLine(message)).toMatchObject({ message, errno, phase, time: null, level: null });
    expect(parseLine(`| \`${message}\` |\r`)).toMatchObject({ message, errno, phase });
  });

  it.each([
    '',
    '   ',
    'The exact error message in the log is your diagnostic shortcut',
    'connect() failed because the backend is down.',
    'This error occurs while reading response header from upstream.',
    'upstream php_backend {',
    '    server unix:/run/php/php8.1-fpm.sock;',
    'upstream servers are tried in turn',
    'proxy_pass http://mybackend;',
    '# Filter specifically for upstream errors (the 502 source)',
    '127.0.0.1 - - [15/Mar/2024:10:23:45 +0000] "GET / HTTP/1.1" 200 157 "-" "curl/8"',
    '[Fri Mar 15 10:23:45.123456 2024] [proxy:error] [pid 12:tid 34] (111)Connection refused: AH00957: HTTP: attempt to connect failed',
    '2024/03/15 10:23:45 a Go program logs like this',
    '2024/03/15 10:23:45 [error] and some like this',
    '2024-03-15 10:23:45 [error] connection to upstream failed',
  ])('no entry: %s', (line) => {
    expect(parseLine(line)).toBeNull();
  });
});

describe('parseUpstream', () => {
  const none = { scheme: null, host: null, port: null, socket: null, uri: null };
  it.each<[string, object | null]>([
    [
      'http://127.0.0.1:9000/api/users',
      { scheme: 'http', address: '127.0.0.1:9000', host: '127.0.0.1', port: 9000, uri: '/api/users' },
    ],
    ['https://[::1]:8443/x', { scheme: 'https', address: '[::1]:8443', host: '::1', port: 8443, uri: '/x' }],
    ['fastcgi://127.0.0.1:9000', { scheme: 'fastcgi', address: '127.0.0.1:9000', host: '127.0.0.1', port: 9000 }],
    ['fastcgi://unix:/run/x.sock:', { scheme: 'fastcgi', address: 'unix:/run/x.sock', socket: '/run/x.sock' }],
    [
      'http://unix:/run/app.sock:/api/x:/y',
      { scheme: 'http', address: 'unix:/run/app.sock', socket: '/run/app.sock', uri: '/api/x:/y' },
    ],
    [
      'http://unix:/run/a:b.sock:/',
      { scheme: 'http', address: 'unix:/run/a:b.sock', socket: '/run/a:b.sock', uri: '/' },
    ],
    [
      'grpc://127.0.0.1:50051/pkg.Service/Method',
      { scheme: 'grpc', address: '127.0.0.1:50051', host: '127.0.0.1', port: 50051, uri: '/pkg.Service/Method' },
    ],
    ['uwsgi://10.0.0.9:3031', { scheme: 'uwsgi', address: '10.0.0.9:3031', host: '10.0.0.9', port: 3031 }],
    ['http://dead/dead?a=b:1', { scheme: 'http', address: 'dead', host: 'dead', uri: '/dead?a=b:1' }],
    ['1.2.3.4:80', { address: '1.2.3.4:80', host: '1.2.3.4', port: 80 }],
    ['unix:/run/x.sock', { address: 'unix:/run/x.sock', socket: '/run/x.sock' }],
    ['backend', { address: 'backend', host: 'backend' }],
    ['', null],
    ['http://', null],
    ['http:/', null],
    ['http://[::1', null],
    ['http://unix:', null],
    ['http://a:b', null],
    ['two words', null],
  ])('%s', (upstream, expected) => {
    expect(parseUpstream(upstream)).toEqual(expected && { ...none, ...expected });
  });
});

describe('parseRequest', () => {
  it.each<[string, [string, string, string, string | null] | null]>([
    ['GET /api/users?a=1 HTTP/1.1', ['GET', '/api/users?a=1', '/api/users', 'HTTP/1.1']],
    ['GET /', ['GET', '/', '/', null]],
    ['GET /a b HTTP/1.0', ['GET', '/a b', '/a b', 'HTTP/1.0']],
    ['OPTIONS * HTTP/1.1', ['OPTIONS', '*', '*', 'HTTP/1.1']],
    ['CONNECT a.example:443 HTTP/1.1', ['CONNECT', 'a.example:443', 'a.example:443', 'HTTP/1.1']],
    ['GET http://a.example/x?y HTTP/1.1', ['GET', 'http://a.example/x?y', '/x', 'HTTP/1.1']],
    ['GET http://a.example?y HTTP/1.1', ['GET', 'http://a.example?y', '/', 'HTTP/1.1']],
    ['\x16\x03\x01\x02', null],
    ['GET', null],
    ['GET ', null],
    ['', null],
  ])('%s', (request, expected) => {
    const [method, target, path, protocol] = expected ?? [];
    expect(parseRequest(request)).toEqual(expected && { method, target, path, protocol });
  });
});
