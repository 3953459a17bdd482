/** A large error log as a bad day writes it, the same each time: for `npm run bench -- log`. */
import { closeSync, openSync, writeSync } from 'node:fs';

const COUNT = { hosts: 300, upstreams: 400, clients: 60_000, routes: 500 };

const phases = {
  connect: ' while connecting to upstream',
  shake: ' while SSL handshaking to upstream',
  send: ' while sending request to upstream',
  header: ' while reading response header from upstream',
  body: ' while reading upstream',
};
const WORDS = ['api', 'users', 'orders', 'cart', 'search', 'assets', 'img', 'v2', 'login', 'export', 'feed', 'admin'];
const PHP = ['index', 'wp-login', 'xmlrpc', 'admin-ajax', 'checkout', 'cron'];

/** How often, level, and the message; `n` differs from line to line. */
const MESSAGES: readonly (readonly [weight: number, level: string, message: (n: number) => string])[] = [
  [16, 'error', () => `connect() failed (111: Connection refused)${phases.connect}`],
  [12, 'error', () => `upstream timed out (110: Connection timed out)${phases.header}`],
  [4, 'error', () => `upstream timed out (110: Connection timed out)${phases.connect}`],
  [2, 'error', () => `upstream timed out (110: Verbindung abgelaufen, Zeitüberschreitung)${phases.body}`],
  [7, 'error', () => `recv() failed (104: Connection reset by peer)${phases.header}`],
  [6, 'error', () => `upstream prematurely closed connection${phases.header}`],
  [4, 'error', () => `no live upstreams${phases.connect}`],
  [3, 'error', () => `connect() failed (113: No route to host)${phases.connect}`],
  [
    3,
    'crit',
    (n) => `connect() to unix:/run/php/pool${n % 30}.sock failed (2: No such file or directory)${phases.connect}`,
  ],
  [
    2,
    'error',
    (n) =>
      `connect() to unix:/run/php/pool${n % 30}.sock failed (11: Resource temporarily unavailable)${phases.connect}`,
  ],
  [1, 'crit', (n) => `connect() to unix:/run/app${n % 9}.sock failed (13: Permission denied)${phases.connect}`],
  [
    2,
    'error',
    () =>
      `SSL_do_handshake() failed (SSL: error:0A000410:SSL routines::sslv3 alert handshake failure:SSL alert number 40)${phases.shake}`,
  ],
  [
    1,
    'error',
    () => `SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number)${phases.shake}`,
  ],
  [1, 'error', () => `upstream SSL certificate verify error: (10:certificate has expired)${phases.shake}`],
  [1, 'error', () => `peer closed connection in SSL handshake (104: Connection reset by peer)${phases.shake}`],
  [1, 'error', (n) => `backend-${n % 40}.internal could not be resolved (3: Host not found)`],
  [1, 'error', () => `writev() failed (32: Broken pipe)${phases.send}`],
  [1, 'error', () => `upstream sent too big header${phases.header}`],
  [1, 'error', (n) => `upstream sent invalid header: "x-a${n % 5}\\x20..."${phases.header}`],
  [1, 'alert', () => '1024 worker_connections are not enough'],
  [
    4,
    'warn',
    (n) =>
      `an upstream response is buffered to a temporary file /var/lib/nginx/proxy/${n % 10}/${n % 100}/${String(n).padStart(10, '0')}${phases.body}`,
  ],
  [
    2,
    'warn',
    (n) => `a client request body is buffered to a temporary file /var/lib/nginx/body/${String(n).padStart(10, '0')}`,
  ],
  [4, 'error', (n) => `limiting requests, excess: ${n % 20}.${String(n % 997).padStart(3, '0')} by zone "login"`],
  [1, 'error', (n) => `client intended to send too large body: ${n * 1013} bytes`],
  [6, 'error', (n) => `open() "/var/www/shop/${WORDS[n % 12]}/${n}.png" failed (2: No such file or directory)`],
  [1, 'error', () => 'access forbidden by rule'],
  [
    3,
    'info',
    () =>
      `epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too${phases.header}`,
  ],
  [
    6,
    'error',
    (n) =>
      `FastCGI sent in stderr: "PHP message: PHP Warning:  Undefined array key "k${n % 50}" in /var/www/${PHP[n % 6]}.php on line ${n % 300}"${phases.header}`,
  ],
  [
    2,
    'error',
    (n) =>
      `FastCGI sent in stderr: "PHP message: PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate ${n} bytes) in /var/www/${PHP[n % 6]}.php on line ${n % 90}"${phases.header}`,
  ],
  [1, 'error', () => `FastCGI sent in stderr: "Primary script unknown"${phases.header}`],
  [
    0.5,
    'error',
    (n) =>
      `FastCGI sent in stderr: "PHP message: PHP Fatal error:  Uncaught Error: Call to undefined method App\\Cart${n % 9}::total() in /var/www/cart.php:${n % 70}\nStack trace:\n#0 /var/www/index.php(${n % 40}): App\\Cart->show()\n#1 {main}\n  thrown in /var/www/cart.php on line ${n % 70}"${phases.header}`,
  ],
];
/** Lines that no request wrote. */
const OTHERS: readonly (readonly [string, (n: number) => string])[] = [
  ['notice', () => 'signal 17 (SIGCHLD) received'],
  ['alert', (n) => `worker process ${n % 30_000} exited on signal 11`],
  ['info', (n) => `client 10.${n % 200}.0.9 closed keepalive connection`],
];

/** Writes at least so many megabytes. */
export function writeLog(file: string, megabytes: number): void {
  const order = MESSAGES.flatMap((message) => new Array<typeof message>(Math.round(message[0] * 2)).fill(message));
  const handle = openSync(file, 'w');
  let state = 1;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.floor(((state >>> 8) / 2 ** 24) * limit);
  };
  let seconds = Date.UTC(2026, 10, 22) / 1000;
  let block = '';
  for (let i = 0, written = 0; written < megabytes * 1024 * 1024; i++) {
    if (below(40) === 0) seconds++;
    const time = new Date(seconds * 1000).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
    const process = 1200 + below(8);
    if (below(60) === 0) {
      const [level, message] = OTHERS[below(OTHERS.length)]!;
      block += `${time} [${level}] ${process}#${process}: ${message(i)}\n`;
    } else {
      const [, level, message] = order[below(order.length)]!;
      block += `${time} [${level}] ${process}#${process}: *${1_000_000 + i} ${message(i)}${fields(below)}\n`;
    }
    if (block.length < 1 << 20) continue;
    written += writeSync(handle, block);
    block = '';
  }
  closeSync(handle);
}

function fields(below: (limit: number) => number): string {
  // Some are asked far more often than others.
  const often = (limit: number): number => below(below(limit) + 1);
  const host = `shop${often(COUNT.hosts)}.example.com`;
  const route = often(COUNT.routes);
  const path = `/${WORDS[route % 12]}/${WORDS[(route * 7) % 12]}${route}${below(3) === 0 ? `/${below(1e7)}` : ''}`;
  const query = below(3) === 0 ? `?q=${below(1e5)}&utm_source=mail&page=${below(9)}` : '';
  const upstream = often(COUNT.upstreams);
  const target =
    upstream < 40
      ? `fastcgi://unix:/run/php/pool${upstream}.sock:`
      : `http://10.1.${upstream % 16}.${upstream % 250}:80${upstream % 90}${path}${query}`;
  const client = below(COUNT.clients);
  const referrer = below(5) < 2 ? `, referrer: "https://${host}/${WORDS[route % 12]}"` : '';
  const method = below(5) === 0 ? 'POST' : 'GET';
  return `, client: 10.${client >> 16}.${(client >> 8) & 255}.${client & 255}, server: ${host}, request: "${method} ${path}${query} HTTP/${below(2) + 1}.${below(2)}", upstream: "${target}", host: "${host}"${referrer}`;
}
