/** A backend that works, but for longer than nginx waits: 504, and 200 once the timeout is longer. */
import { expect, it } from 'vitest';
import { ask } from '../lab/client';
import { httpBackend } from '../real/backends';
import { pool } from '../real/php-fpm';
import { describeReal } from '../real/programs';
import { hesitant, lateReader, lateWebSocket } from './backends';
import { ACCESS_FORMAT, accessLog, heal, healFromAccessLog, phpSite, site, stage } from './heal';

/** More than the sockets between nginx and the backend hold. */
const BODY = 9_000_000;

describeReal('a backend slower than the timeout', ['nginx', 'phpFpm'], () => {
  const expected = {
    status: 504,
    cause: 'read-timed-out',
    confidence: 'certain',
    rule: null,
    fix: 'proxy-timeouts',
  } as const;

  it('proxy_read_timeout', async () => {
    const at = await stage();
    const port = await httpBackend(at.scene, { after: 1500 });
    await heal({
      ...at,
      site: site(
        at,
        `
location /reports/ {
    proxy_pass http://127.0.0.1:${port};
    proxy_send_timeout 30s; # on purpose
    proxy_read_timeout 1s; # too short
}`,
      ),
      path: '/reports/',
      expected: {
        ...expected,
        place: `sites-enabled/shop.conf: proxy_pass http://127.0.0.1:${port};`,
        changes: [
          '+ proxy_connect_timeout 10s;',
          '+ proxy_buffering on;',
          '- proxy_read_timeout 1s; # too short',
          '+ proxy_read_timeout 120s; # too short',
        ],
      },
    });
  });

  it('proxy_send_timeout', async () => {
    const at = await stage();
    const port = await lateReader(at.scene, 1500, BODY);
    await heal({
      ...at,
      site: site(
        at,
        `
client_max_body_size 20m;

location /uploads/ {
    proxy_pass http://127.0.0.1:${port};
    proxy_send_timeout 500ms;
}`,
      ),
      async ask() {
        const { status, text } = await ask(at.port, '/uploads/', { headers: { Host: 'shop.test' }, body: BODY });
        return { status: status ?? 0, body: text.slice(text.indexOf('\r\n\r\n') + 4) };
      },
      expected: {
        ...expected,
        cause: 'send-timed-out',
        place: `sites-enabled/shop.conf: proxy_pass http://127.0.0.1:${port};`,
        changes: [
          '- proxy_send_timeout 500ms;',
          '+ proxy_connect_timeout 10s;',
          '+ proxy_read_timeout 120s;',
          '+ proxy_buffering on;',
          '+ proxy_send_timeout 120s;',
        ],
      },
    });
  });

  it('in the middle of the answer', async () => {
    const at = await stage();
    const port = await hesitant(at.scene, 1500);
    const { nginx } = await heal({
      ...at,
      site: site(
        at,
        `
location / {
    proxy_pass http://127.0.0.1:${port};
    proxy_read_timeout 500ms;
}`,
      ),
      async ask() {
        const { status, text } = await ask(at.port, '/', { headers: { Host: 'shop.test' } });
        return { status: status ?? 0, body: text.slice(text.indexOf('\r\n\r\n') + 4) };
      },
      expected: {
        ...expected,
        status: 200,
        cause: 'body-read-timed-out',
        place: `sites-enabled/shop.conf: proxy_pass http://127.0.0.1:${port};`,
        changes: [
          '- proxy_read_timeout 500ms;',
          '+ proxy_connect_timeout 10s;',
          '+ proxy_send_timeout 60s;',
          '+ proxy_buffering on;',
          '+ proxy_read_timeout 120s;',
        ],
      },
    });
    expect(nginx.errorLog()).toContain('while reading upstream');
  });

  it('between two messages of a WebSocket', async () => {
    const at = await stage();
    const port = await lateWebSocket(at.scene, 1500);
    await heal({
      ...at,
      site: site(
        at,
        `
location /ws/ {
    proxy_pass http://127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection "upgrade";
    proxy_read_timeout 500ms;
}`,
      ),
      async ask() {
        const headers = { Host: 'shop.test', Connection: 'Upgrade', Upgrade: 'websocket' };
        const { status, text } = await ask(at.port, '/ws/', { headers });
        return { status: status ?? 0, body: text.slice(text.indexOf('\r\n\r\n') + 4) };
      },
      healed: { status: 101, body: 'hello\n' },
      expected: {
        ...expected,
        status: 101,
        cause: 'body-read-timed-out',
        fix: 'websocket',
        place: `sites-enabled/shop.conf: proxy_pass http://127.0.0.1:${port};`,
        changes: ['- proxy_read_timeout 500ms;', '+ proxy_read_timeout 3600s;'],
      },
    });
  });

  it('as the access log tells it', async () => {
    const at = await stage();
    const port = await httpBackend(at.scene, { after: 1500 });
    const location = `
location / {
    proxy_pass http://127.0.0.1:${port};
    proxy_read_timeout 1s;
    ${accessLog(at)}
}`;
    await healFromAccessLog(
      { ...at, site: site(at, location, ACCESS_FORMAT) },
      { status: 504, cause: 'gateway-timeout', fix: 'proxy-timeouts' },
    );
  });

  it('fastcgi_read_timeout', async () => {
    const at = await stage();
    const socket = at.scene.path('php8.2-fpm.sock');
    await heal({
      ...at,
      site: phpSite(at, `unix:${socket}`, '', '\n    fastcgi_read_timeout 1s;'),
      pools: {
        www: pool(
          'www',
          `listen = ${socket}\nlisten.mode = 0666\nrequest_terminate_timeout = 90 ; as long as a report takes`,
        ),
      },
      path: '/index.php?ms=1500',
      expected: {
        ...expected,
        rule: 'links/timeouts',
        place: `sites-enabled/shop.conf: fastcgi_pass unix:${socket};`,
        changes: [
          '+ fastcgi_connect_timeout 10s;',
          '+ fastcgi_send_timeout 60s;',
          '+ fastcgi_buffering on;',
          '- fastcgi_read_timeout 1s;',
          '+ fastcgi_read_timeout 90s;',
        ],
      },
    });
  });
});
