/** An answer whose header outgrows nginx's buffer: all buffer directives grow together, or `nginx -t` refuses them. */
import { expect, it } from 'vitest';
import { httpBackend } from '../real/backends';
import { pool } from '../real/php-fpm';
import { describeReal } from '../real/programs';
import { heal, phpSite, site, stage } from './heal';

describeReal('a header larger than the buffer', ['nginx', 'phpFpm'], () => {
  const expected = { status: 502, cause: 'header-too-big', rule: null, fix: 'proxy-buffers' } as const;

  it('from an application', async () => {
    const at = await stage();
    const port = await httpBackend(at.scene, { cookie: 12_000 });
    const { log } = await heal({
      ...at,
      site: site(at, `location / {\n    proxy_pass http://127.0.0.1:${port};\n    proxy_buffer_size 4k; # small\n}`),
      expected: {
        ...expected,
        confidence: 'certain',
        place: `sites-enabled/shop.conf: proxy_pass http://127.0.0.1:${port};`,
        changes: [
          '- proxy_buffer_size 4k; # small',
          '+ proxy_buffers 8 32k;',
          '+ proxy_busy_buffers_size 64k;',
          '+ proxy_buffer_size 32k; # small',
        ],
      },
    });
    expect(log).toContain('upstream sent too big header');
  });

  it('from PHP', async () => {
    const at = await stage();
    const socket = at.scene.path('php8.2-fpm.sock');
    await heal({
      ...at,
      site: phpSite(at, `unix:${socket}`),
      pools: { www: pool('www', `listen = ${socket}\nlisten.mode = 0666`) },
      path: '/index.php?cookie=12000',
      expected: {
        ...expected,
        confidence: 'likely',
        place: `sites-enabled/shop.conf: fastcgi_pass unix:${socket};`,
        changes: ['+ fastcgi_buffer_size 32k;', '+ fastcgi_buffers 8 32k;', '+ fastcgi_busy_buffers_size 64k;'],
      },
    });
  });
});
