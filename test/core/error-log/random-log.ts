/** Logs made up of everything: lines of every cause with other values, cut, mixed and damaged; by a seed. */
import { lines as causeLines } from '../causes/lines';

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const TAIL = ', client: ';
const TRACE =
  'FastCGI sent in stderr: "PHP message: PHP Fatal error:  Uncaught Error: x in /a.php:70\nStack trace:\n#0 /i.php(7): A->b()\n#1 {main}\n  thrown in /a.php on line 70" while reading response header from upstream';
const messages = [
  ...new Set(
    causeLines.map(([, , line]) => {
      const from = line.search(/: (?:\*\d+ )?[^*\d]/);
      const message = line.startsWith('20') ? line.slice(from + 2).replace(/^\*\d+ /, '') : line;
      return message.includes(TAIL) ? message.slice(0, message.indexOf(TAIL)) : message;
    }),
  ),
  'open() "/var/www/favicon.ico" failed (2: No such file or directory)',
  'directory index of "/var/www/" is forbidden',
  'a client request body is buffered to a temporary file /var/lib/nginx/body/0000000017',
  'FastCGI sent in stderr: "PHP message: PHP Warning:  Undefined array key "id" in /w/x.php on line 12; PHP message: b" while reading response header from upstream',
  'FastCGI sent in stderr: "one"',
  TRACE,
  TRACE.replace('#1', '#1 status=502 upstream_addr=1.2.3.4:80 request=/x #2'),
  TRACE.replace('{main}', 'status=502 method=GET uri=/x client=1.2.3.4'),
  TRACE.replace('(7)', ' WARNING: x'),
  TRACE.replace('(7)', ' [22-Nov-2026 14:00:00] WARNING: [pool www] seems busy'),
  TRACE.replace('{main}', '{"a": 1} status=502 request="GET / HTTP/1.1"'),
  TRACE.replace('#1', '\n#1 "a" x'),
  TRACE.replace('Stack trace:', 'a" while reading upstream'),
  TRACE.replace('Stack trace:', 'a "b'),
  'FastCGI sent in stderr: "a" while b" while reading upstream',
  'FastCGI sent in stderr: "PHP message: a, client: 1.2.3.4, server: x',
  'upstream timed out (110: Délai dépassé) while reading response header from upstream',
  'connect() to unix:/run/a.sock failed (11: Resource "temporarily" unavailable) while "connecting" to upstream',
  'recv() failed (104: x) while resolving, resolver: 127.0.0.1:53',
  'x.example could not be resolved (3: Host not found), client: 1.2.3.4, server: a',
  'worker process 4711 exited on signal 11',
  'signal process started',
  'a, bytes from/to client:1/2, bytes from/to upstream:3/4',
  '"rewritten data": "/a", args: ""',
  'client sent invalid header line: "X: \\x0d..." while reading client request headers',
];
const HEADS = ['error', 'error', 'error', 'crit', 'warn', 'info', 'alert', 'notice', 'emerg', 'debug', 'errors'];
const SERVERS = ['example.com', '_', '', '0.0.0.0:80', 'a,b', 'unix:/s', 'x y'];
const CLIENTS = ['10.0.0.1', '::1', '2001:db8::17', 'unix:', 'fe80::1%eth0', 'nobody', '192.168.100.200'];
const TARGETS = [
  '/',
  '/api/users/17',
  '/api/users/17?token=x',
  '/0123456789abcdef-0123',
  '/a//b/',
  '/ü/7',
  '/q"uote',
  '/with blank',
  '*',
  'http://x/y/1',
  '/x, client: 1.2.3.4, server: y',
  '/x", host: "z',
  '/client:',
  '/#17/18',
  `/${'long/'.repeat(60)}`,
  '/!1/2!',
];
const UPSTREAMS = [
  'http://127.0.0.1:9000/api/users/17',
  'http://127.0.0.1:9001/',
  'https://[::1]:8443/x?y',
  'fastcgi://unix:/run/php/php8.1-fpm.sock:',
  'http://unix:/run/a.sock:/uri/x:/y',
  'uwsgi://unix:',
  'http://backend/x',
  'http://backend:x/y',
  'http:///x',
  'grpc://10.0.0.1:50051',
  '10.0.0.1:3306',
  'backend',
  'unix:/tmp/s.sock',
  'unix:a:/b',
  'http://ünï:80/',
  'a/b',
  '://x',
  'averyverylongscheme://x:1/',
  'http://x?y/z',
];
const REFERRERS = [
  'https://example.com/a',
  'x", host: "y',
  `${TAIL}1.2.3.4, server: x, request: "GET / HTTP/1.0`,
  '',
  'ü!',
];

export function randomLog(seed: number, entries: number): { bytes: Uint8Array; pieces: number[] } {
  const next = random(seed);
  const chance = (of: number): boolean => next() < of;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const number = (most: number): number => Math.floor(next() * most);
  const two = (value: number): string => String(value).padStart(2, '0');
  /** Mostly the first. */
  const usually = <T>(list: readonly T[]): T => (chance(0.5) ? list[0]! : pick(list));

  function line(i: number): string {
    const day = chance(0.02)
      ? pick(['2024/02/30', '2024/13/01', '2023/02/29', '1999/12/31', '0000/00/00'])
      : '2024/03/15';
    const time = chance(0.02)
      ? pick(['24:00:00', '10:60:00', '10:00:60'])
      : `10:${two(23 + ((i >> 6) % 3))}:${two(i % 60)}`;
    const connection = chance(0.9) ? `*${number(1e6)} ` : pick(['', '* ', '*1', '*1x ']);
    const head = `${day} ${time} [${usually(HEADS)}] ${number(99999)}#${number(9)}: ${connection}`;
    let message = pick(messages).replace(/\d{2,}/g, (digits) => (chance(0.1) ? String(number(20000)) : digits));
    if (chance(0.1)) message = message.replace(/"[^"]*"/, `"${pick(['a', 'a b', '(', '', 'x1234', 'ü', 'while'])}"`);
    if (chance(0.03)) message = `${message} ${pick(messages)}`;
    if (chance(0.05)) return head + message;
    const tail = [`${TAIL}${usually(CLIENTS)}, server: ${usually(SERVERS)}`];
    if (chance(0.9))
      tail.push(
        `request: "${pick(['GET', 'GET', 'POST', 'get', 'M-SEARCH'])} ${pick(TARGETS)}${usually([' HTTP/1.1', ' HTTP/2.0', '', ' HTTP/1'])}"`,
      );
    if (chance(0.1)) tail.push('subrequest: "/auth"');
    if (chance(0.8)) tail.push(`upstream: "${pick(UPSTREAMS)}"`);
    if (chance(0.1)) tail.push('bytes from/to client:12/0, bytes from/to upstream:0/34');
    if (chance(0.8)) tail.push(`host: "${pick(['example.com', 'a:80', '', 'x y'])}"`);
    if (chance(0.2)) tail.push(`referrer: "${pick(REFERRERS)}"`);
    if (chance(0.03)) tail.splice(number(tail.length), 1);
    if (chance(0.03)) tail.push(tail.splice(number(tail.length), 1)[0] ?? '');
    return head + message + tail.join(', ');
  }

  /** Now and then something is missing, doubled, or something else. */
  function damaged(text: string): string {
    if (chance(0.75)) return text;
    const at = number(text.length);
    const to = at + number(chance(0.5) ? 3 : 40);
    const kind = number(5);
    if (kind === 0) return text.slice(0, at);
    if (kind === 1) return text.slice(0, at) + text.slice(to);
    if (kind === 2) return text.slice(0, to) + text.slice(at);
    if (kind === 3)
      return (
        text.slice(0, at) +
        pick(['"', ' ', ',', '\t', '\r', '\u0000', 'é', '(', ')', '1234', ': ', '", ']) +
        text.slice(at)
      );
    return (
      text.slice(0, at) +
      pick([' while ', ', client: ', 'client: 1.1.1.1', ', host: "', '\n', ' (111: x)', 'FastCGI sent in stderr: "']) +
      text.slice(to)
    );
  }

  const parts: string[] = [];
  for (let i = 0; i < entries; i++) {
    parts.push(
      damaged(line(i)),
      chance(0.9)
        ? '\n'
        : pick(['\r\n', '\r', '\n\n', '\n#0 {main}\n', '\n  thrown in /x.php" while reading upstream\n']),
    );
    if (chance(0.002)) parts.push('\ufeff');
    // The same again, as logs go.
    if (chance(0.3)) parts.push(parts.at(-2)!.replace(/\*\d+/, `*${number(1e6)}`), '\n');
  }
  const pieces = Array.from({ length: 50 }, () => 1 + number(chance(0.3) ? 20 : 5000));
  return { bytes: new TextEncoder().encode((chance(0.2) ? '\ufeff' : '') + parts.join('')), pieces };
}

export function shuffledBytes(seed: number, bytes: Uint8Array): Uint8Array {
  const next = random(seed);
  const result = bytes.slice();
  for (let i = 0; i < result.length / 200; i++) result[Math.floor(next() * result.length)] = Math.floor(next() * 256);
  return result;
}
