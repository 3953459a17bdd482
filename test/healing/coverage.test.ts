/** Every cause that a change of the configuration can heal has a scenario in this folder. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { incident } from '../../server/src/core/causes/cause';
import { causes, type LogRecord, loadFolder, mapFiles, type Project, parseLine } from '../../server/src/core/index';
import { lines } from '../core/causes/lines';

/** Whatever can be wrong with a pass, as far as it does not exclude something else. */
const SICK: Readonly<Record<string, string>> = {
  '/etc/nginx/nginx.conf': `user www-data;
events { worker_connections 128; }
http {
  upstream stock {
    server 10.0.0.1:8443;
    server 10.0.0.2:8443;
  }
  upstream shop {
    server 10.0.0.1:8080;
    server 10.0.0.2:8080;
    keepalive 8;
  }
  upstream php {
    server unix:/run/php/open.sock;
    server unix:/run/php/closed.sock;
  }
  proxy_next_upstream off;
  fastcgi_next_upstream off;
  server {
    server_name other.test;
    resolver 10.0.0.53;
  }
  server {
    server_name example.com;
    location /stock/ {
      proxy_pass https://stock;
      proxy_ssl_verify on;
      proxy_ssl_trusted_certificate stock.crt;
      proxy_ssl_protocols TLSv1;
    }
    location /name/ { set $backend app.internal; proxy_pass http://$backend; }
    location /shop/ { proxy_pass http://shop; proxy_read_timeout 5s; }
    location ~ \\.php$ { fastcgi_pass unix:/run/php/wrong.sock; }
    location ~ ^/admin.*\\.php$ { fastcgi_pass php; }
  }
}
`,
  '/etc/php/8.2/fpm/pool.d/www.conf': `[www]
user = shop
listen = /run/php/closed.sock
listen.owner = shop
listen.mode = 0600
pm = static
pm.max_children = 2
`,
};

/** What no test can bring about without changing the machine that it runs on. */
const UNPLAYED: Readonly<Record<string, string>> = {
  'ports-exhausted': 'takes 28 000 connections, or another net.ipv4.ip_local_port_range',
  'tcp-permission-denied': 'takes SELinux, or a route that the system prohibits',
};

const UPSTREAMS = [
  'https://10.0.0.1:8443/stock/',
  'https://stock/stock/',
  'http://10.0.0.1:8080/shop/',
  'http://shop/shop/',
  'fastcgi://unix:/run/php/wrong.sock:',
  'fastcgi://unix:/run/php/closed.sock:',
];

/** Does any fix of any line of it change a file that is there? */
function isHealable(id: string, project: Project): boolean {
  const cause = causes.find((each) => each.id === id)!;
  return lines
    .filter(([of]) => of === id)
    .map(([, , line]) => parseLine(line) as LogRecord)
    .flatMap((record) => [record, ...UPSTREAMS.map((upstream) => ({ ...record, upstream }))])
    .flatMap((record) => [record, { ...record, request: 'POST /name/ HTTP/1.1' }])
    .some((record) => cause.fixes(incident(record, project)).some((fix) => fix.edits().some((edit) => !edit.create)));
}

test('every cause that an edit can heal has a scenario', async () => {
  const { project } = await loadFolder(mapFiles(new Map(Object.entries(SICK))), '/');
  const healable = causes.map(({ id }) => id).filter((id) => isHealable(id, project));
  const tests = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(path.join(import.meta.dirname, name), 'utf8'))
    .join('\n');
  const healed = new Set([...tests.matchAll(/\bcause: '([a-z-]+)'/g)].map(([, id]) => id));
  expect(healable.filter((id) => !healed.has(id)).sort()).toEqual(Object.keys(UNPLAYED).sort());
});
