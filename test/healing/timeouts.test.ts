/** A backend that works, but for longer than nginx waits: 504, and 200 once the timeout is longer. */
import { it } from 'vitest';
import { httpBackend } from '../real/backends';
import { pool } from '../real/php-fpm';
import { describeReal } from '../real/programs';
import { heal, phpSite, site, stage } from './heal';

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

  it('fastcgi_read_timeout', async () => {
    const at = await stage();
    const socket = at.scene.path('php8.2-fpm.sock');
    await heal({
      ...at,
      site: phpSite(at, `unix:${socket}`, '', '\n    fastcgi_read_timeout 1s;'),
      pools: { www: pool('www', `listen = ${socket}\nlisten.mode = 0666`) },
      path: '/index.php?ms=1500',
      expected: {
        ...expected,
        place: `sites-enabled/shop.conf: fastcgi_pass unix:${socket};`,
        changes: [
          '+ fastcgi_connect_timeout 10s;',
          '+ fastcgi_send_timeout 60s;',
          '+ fastcgi_buffering on;',
          '- fastcgi_read_timeout 1s;',
          '+ fastcgi_read_timeout 120s;',
        ],
      },
    });
  });
});
