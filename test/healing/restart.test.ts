/** A backend that is down: the configuration is right, and starting the service is what heals. */
import { expect, it } from 'vitest';
import { httpBackend } from '../real/backends';
import { pool } from '../real/php-fpm';
import { describeReal } from '../real/programs';
import { freePort } from '../real/scene';
import { type Case, heal, phpSite, site, stage } from './heal';

describeReal('a backend that is down', ['nginx', 'phpFpm'], () => {
  const expected = { status: 502, confidence: 'certain', rule: null, fix: 'restart-service', changes: [] } as const;

  it('an application that was never started', async () => {
    const at = await stage();
    const port = await freePort();
    await heal({
      ...at,
      site: site(at, `location / {\n    proxy_pass http://127.0.0.1:${port};\n}`),
      expected: {
        ...expected,
        cause: 'connection-refused',
        confidence: 'likely',
        place: `sites-enabled/shop.conf: proxy_pass http://127.0.0.1:${port};`,
      },
      restart: () => httpBackend(at.scene, { port }),
    });
  });

  const ends: readonly { title: string; cause: string; errno: string; crash: Case['crash'] }[] = [
    {
      title: 'was stopped, its socket is gone',
      cause: 'socket-missing',
      errno: '(2: No such file or directory)',
      crash: (fpm) => fpm!.stop(),
    },
    {
      title: 'was killed, its socket is still there',
      cause: 'connection-refused',
      errno: '(111: Connection refused)',
      crash: (fpm) => fpm!.kill(),
    },
  ];

  for (const { title, cause, errno, crash } of ends) {
    it(`php-fpm ${title}`, async () => {
      const at = await stage();
      const socket = at.scene.path('php8.2-fpm.sock');
      const { log } = await heal({
        ...at,
        site: phpSite(at, `unix:${socket}`),
        pools: { www: pool('www', `listen = ${socket}\nlisten.mode = 0666`) },
        crash,
        expected: {
          ...expected,
          cause,
          place: `sites-enabled/shop.conf: fastcgi_pass unix:${socket};`,
          apply: ['systemctl restart php8.2-fpm'],
        },
        restart: (fpm) => fpm!.restart(),
      });
      expect(log).toContain(errno);
    });
  }
});
