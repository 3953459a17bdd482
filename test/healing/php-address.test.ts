/** nginx and php-fpm that name two different addresses: wrong socket, wrong port, socket against port. */
import { describe, it } from 'vitest';
import { pool } from '../real/php-fpm';
import { describeReal } from '../real/programs';
import { freePort } from '../real/scene';
import { ACCESS_FORMAT, accessLog, heal, healFromAccessLog, phpSite, stage } from './heal';

describeReal('an address at which no pool answers', ['nginx', 'phpFpm'], () => {
  const rule = 'links/pool-address-mismatch';
  const fix = 'align-address';

  it('another socket', async () => {
    const at = await stage();
    const [wrong, right] = ['php.sock', 'shop.sock'].map(at.scene.path);
    await heal({
      ...at,
      site: phpSite(at, `unix:${wrong}`),
      pools: { shop: pool('shop', `listen = ${right}\nlisten.mode = 0666`) },
      expected: {
        status: 502,
        cause: 'socket-missing',
        confidence: 'certain',
        rule,
        fix,
        place: `sites-enabled/shop.conf: fastcgi_pass unix:${wrong};`,
        changes: [`- fastcgi_pass unix:${wrong}; # php-fpm`, `+ fastcgi_pass unix:${right}; # php-fpm`],
      },
    });
  });

  it('another socket, in an upstream block', async () => {
    const at = await stage();
    const [wrong, right] = ['php.sock', 'shop.sock'].map(at.scene.path);
    const group = `upstream php {
    server unix:${wrong} max_fails=2; # the pool
}

`;
    await heal({
      ...at,
      site: phpSite(at, 'php', group),
      pools: { shop: pool('shop', `listen = ${right}\nlisten.mode = 0666`) },
      expected: {
        status: 502,
        cause: 'socket-missing',
        confidence: 'certain',
        rule,
        fix,
        place: `sites-enabled/shop.conf: server unix:${wrong} max_fails=2;`,
        changes: [`- server unix:${wrong} max_fails=2; # the pool`, `+ server unix:${right} max_fails=2; # the pool`],
      },
    });
  });

  it('the socket of another PHP, with two pools to choose from', async () => {
    const at = await stage();
    const [wrong, right, other] = ['php8.1-fpm.sock', 'php8.2-fpm.sock', 'admin.sock'].map(at.scene.path);
    await heal({
      ...at,
      site: phpSite(at, `unix:${wrong}`),
      pools: {
        admin: pool('admin', `listen = ${other}`),
        www: pool('www', `listen = ${right}\nlisten.mode = 0666`),
      },
      expected: {
        status: 502,
        cause: 'socket-missing',
        confidence: 'certain',
        rule,
        fix,
        place: `sites-enabled/shop.conf: fastcgi_pass unix:${wrong};`,
        changes: [`- fastcgi_pass unix:${wrong}; # php-fpm`, `+ fastcgi_pass unix:${right}; # php-fpm`],
      },
    });
  });

  it('another port', async () => {
    const at = await stage();
    const [wrong, right] = [await freePort(), await freePort()];
    await heal({
      ...at,
      site: phpSite(at, `127.0.0.1:${wrong}`),
      pools: { shop: pool('shop', `listen = 127.0.0.1:${right}`) },
      expected: {
        status: 502,
        cause: 'connection-refused',
        confidence: 'certain',
        rule,
        fix,
        place: `sites-enabled/shop.conf: fastcgi_pass 127.0.0.1:${wrong};`,
        changes: [`- fastcgi_pass 127.0.0.1:${wrong}; # php-fpm`, `+ fastcgi_pass 127.0.0.1:${right}; # php-fpm`],
      },
    });
  });

  it('the right port, but the pool takes connections from elsewhere only', async () => {
    const at = await stage();
    const port = await freePort();
    await heal({
      ...at,
      site: phpSite(at, `127.0.0.1:${port}`),
      pools: { shop: pool('shop', `listen = 127.0.0.1:${port}\nlisten.allowed_clients = 10.0.0.5 ; the old host`) },
      expected: {
        status: 502,
        cause: 'connection-reset',
        either: 'premature-close',
        confidence: 'certain',
        rule: 'links/allowed-clients',
        fix: 'links/allowed-clients',
        place: `sites-enabled/shop.conf: fastcgi_pass 127.0.0.1:${port};`,
        changes: [
          '- listen.allowed_clients = 10.0.0.5 ; the old host',
          '+ listen.allowed_clients = 127.0.0.1,10.0.0.5 ; the old host',
        ],
      },
    });
  });

  it('another socket, as the access log tells it', async () => {
    const at = await stage();
    const [wrong, right] = ['php.sock', 'shop.sock'].map(at.scene.path);
    await healFromAccessLog(
      {
        ...at,
        site: phpSite(at, `unix:${wrong}`, ACCESS_FORMAT, `\n    ${accessLog(at)}`),
        pools: { shop: pool('shop', `listen = ${right}\nlisten.mode = 0666`) },
      },
      { status: 502, cause: 'bad-gateway', fix },
    );
  });

  describe('socket against port', () => {
    it('nginx connects to a port, the pool has a socket', async () => {
      const at = await stage();
      const wrong = await freePort();
      const right = at.scene.path('php8.2-fpm.sock');
      await heal({
        ...at,
        site: phpSite(at, `127.0.0.1:${wrong}`),
        pools: { www: pool('www', `listen = ${right}\nlisten.mode = 0666`) },
        expected: {
          status: 502,
          cause: 'connection-refused',
          confidence: 'certain',
          rule,
          fix,
          place: `sites-enabled/shop.conf: fastcgi_pass 127.0.0.1:${wrong};`,
          changes: [`- fastcgi_pass 127.0.0.1:${wrong}; # php-fpm`, `+ fastcgi_pass unix:${right}; # php-fpm`],
        },
      });
    });

    it('nginx connects to a socket, the pool has a bare port', async () => {
      const at = await stage();
      const wrong = at.scene.path('php8.2-fpm.sock');
      const right = await freePort();
      await heal({
        ...at,
        site: phpSite(at, `unix:${wrong}`),
        pools: { www: pool('www', `listen = ${right}`) },
        expected: {
          status: 502,
          cause: 'socket-missing',
          confidence: 'certain',
          rule,
          fix,
          place: `sites-enabled/shop.conf: fastcgi_pass unix:${wrong};`,
          changes: [`- fastcgi_pass unix:${wrong}; # php-fpm`, `+ fastcgi_pass 127.0.0.1:${right}; # php-fpm`],
        },
      });
    });
  });
});
