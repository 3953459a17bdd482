/** What is said beside the cause: why a POST went to no other server, how many children the memory holds. */
import { expect, it } from 'vitest';
import { type Explanation, explain, load, mapFiles, parseLine } from '../../../server/src/core/index';

const NGINX = '/srv/shop/nginx.conf';
const POOL = '/srv/shop/php/zzz.conf';
const COMPOSE = '/srv/shop/compose.yaml';

async function explained(line: string, files: Readonly<Record<string, string>>): Promise<Explanation> {
  const names = Object.keys(files);
  const { project } = await load(mapFiles(new Map(Object.entries(files))), {
    nginx: names.filter((name) => name === NGINX),
    fpm: names.includes(POOL) ? [[POOL]] : [],
    around: names.filter((name) => name === COMPOSE),
  });
  return explain(parseLine(line)!, project)!;
}

const site = (inside: string): string => `events {}
http {
  upstream app { server 10.0.0.1:3000; server 10.0.0.2:3000; }
  server { location / { proxy_pass http://app; ${inside} } }
}
`;

const failed = (request: string, phase: string): string =>
  `2024/03/15 10:23:45 [error] 12#12: *1 recv() failed (104: Connection reset by peer) while ${phase}, client: 10.0.0.9, server: , request: "${request} /pay HTTP/1.1", upstream: "http://10.0.0.1:3000/pay", host: "shop.example"`;

const ONCE = 'nginx does not send a POST to another server once it was sent to one';

it.each([
  ['POST', 'reading response header from upstream', '', true],
  ['POST', 'sending request to upstream', 'proxy_next_upstream error timeout;', true],
  ['POST', 'reading response header from upstream', 'proxy_next_upstream error non_idempotent;', false],
  ['GET', 'reading response header from upstream', '', false],
  ['POST', 'connecting to upstream', '', false],
])('%s while %s, %s', async (method, phase, inside, told) => {
  const { evidence } = await explained(failed(method, phase), { [NGINX]: site(inside) });
  expect(evidence.some(({ message }) => message.startsWith(ONCE))).toBe(told);
});

const pool = (children: number): string => `[www]
listen = 9000
pm = ondemand
pm.max_children = ${children}
php_admin_value[memory_limit] = 128M
`;

const compose = `services:
  php:
    image: php:8.3-fpm
    mem_limit: 2g
    volumes: ["./php/zzz.conf:/usr/local/etc/php-fpm.d/zzz.conf"]
`;

const busy = (children: number): string =>
  `[15-Mar-2024 10:23:45] WARNING: [pool www] server reached max_children setting (${children}), consider raising it`;

it('a pool that could have more children: the sum, where the memory is said, and the change', async () => {
  const { evidence, fixes } = await explained(busy(5), { [POOL]: pool(5), [COMPOSE]: compose });
  const said = evidence.find(({ message }) => message.startsWith('The memory of service "php" holds 14'));
  expect(said?.message).toContain('(2048 MB - 205 MB) / 128 MB = 14');
  expect(compose.slice(said?.span?.start, said?.span?.end)).toBe('mem_limit: 2g');
  expect(fixes.map(({ id, preferred }) => [id, preferred])).toEqual([['pool-size', true]]);
  expect(fixes[0]!.edits().map(({ newText }) => newText)).toEqual(['14']);
});

it('a pool that has more children than the memory holds: said, and not made larger', async () => {
  const { evidence, fixes } = await explained(busy(40), { [POOL]: pool(40), [COMPOSE]: compose });
  expect(evidence.at(-1)?.message).toMatch(/holds 14 children .* 40 are set\.$/);
  expect(fixes).toEqual([]);
  const killed =
    '[15-Mar-2024 10:23:45] WARNING: [pool www] child 17 exited on signal 9 (SIGKILL) after 3.1 seconds from start';
  const crash = await explained(killed, { [POOL]: pool(40), [COMPOSE]: compose });
  expect(crash.fixes.map(({ title }) => title)).toEqual([
    'Let pool "www" have 14 children at most: (2048 MB - 205 MB) / 128 MB = 14',
  ]);
});

it('a pool whose memory is not in view: the way to the number, and no number', async () => {
  const { fixes } = await explained(busy(5), { [POOL]: pool(5) });
  expect(fixes.map(({ id }) => id)).toEqual(['pool-size']);
  expect(fixes[0]!.edits()).toEqual([]);
  expect(fixes[0]!.block).toContain('(memory for php-fpm - reserve) / memory of one child');
  expect(fixes[0]!.confirm.join()).toContain('ps -o rss=');
});
