/** The ways people lay out their files: the same fixes in includes, one-line blocks, tabs, CRLF, and far from the pass. */
import { expect, it } from 'vitest';
import { httpBackend } from '../real/backends';
import { pool } from '../real/php-fpm';
import { describeReal, isRoot, worker } from '../real/programs';
import { freePort } from '../real/scene';
import { heal, phpSite, site, stage } from './heal';

describeReal('layouts', ['nginx', 'phpFpm'], () => {
  const said = [
    {
      title: 'one line',
      location: () => 'location / { proxy_pass http://shop; proxy_next_upstream off; }',
      changes: [
        '- location / { proxy_pass http://shop; proxy_next_upstream off; }',
        '+ location / { proxy_pass http://shop; proxy_next_upstream_tries 3; proxy_next_upstream_timeout 10s; proxy_next_upstream error timeout http_502 http_503; }',
      ],
    },
    {
      title: 'tabs, and a brace behind the last directive',
      location: () => 'location / {\n\tproxy_next_upstream off; # no\n\tproxy_pass http://shop; }',
      changes: [
        '- proxy_next_upstream off; # no',
        '- proxy_pass http://shop; }',
        '+ proxy_next_upstream error timeout http_502 http_503; # no',
        '+ proxy_pass http://shop;',
        '+ proxy_next_upstream_tries 3;',
        '+ proxy_next_upstream_timeout 10s;',
        '+ }',
      ],
    },
    {
      title: 'set for the whole server',
      location: () => 'proxy_next_upstream off; # for all\n\nlocation / {\n    proxy_pass http://shop; # the shop\n}',
      changes: [
        '+ proxy_next_upstream error timeout http_502 http_503;',
        '+ proxy_next_upstream_tries 3;',
        '+ proxy_next_upstream_timeout 10s;',
      ],
    },
    {
      title: 'the pass in an if',
      location: () =>
        'location / {\n    proxy_next_upstream off;\n    if ($request_method = GET) {\n        proxy_pass http://shop;\n    }\n}',
      changes: [
        '- proxy_next_upstream off;',
        '+ proxy_next_upstream error timeout http_502 http_503;',
        '+ proxy_next_upstream_tries 3;',
        '+ proxy_next_upstream_timeout 10s;',
      ],
    },
    {
      title: 'the settings in a file of their own',
      location: (folder: string) =>
        `location / {\n    include ${folder}/snippets/proxy.conf;\n    proxy_pass http://shop;\n}`,
      changes: [
        '- proxy_next_upstream off; # for everybody',
        '+ proxy_next_upstream error timeout http_502 http_503; # for everybody',
        '+ proxy_next_upstream_tries 3;',
        '+ proxy_next_upstream_timeout 10s;',
      ],
    },
  ];

  const group = (alive: number, dead: number) => `upstream shop {
    server 127.0.0.1:${dead};
    server 127.0.0.1:${alive};
}

`;

  for (const { title, location, changes } of said) {
    it(title, async () => {
      const at = await stage();
      const [alive, dead] = [await httpBackend(at.scene), await freePort()];
      at.scene.write({ 'snippets/proxy.conf': '# Shared.\nproxy_next_upstream off; # for everybody\n' });
      await heal({
        ...at,
        site: site(at, location(at.scene.folder), group(alive, dead)),
        expected: {
          status: 502,
          cause: 'connection-refused',
          confidence: 'certain',
          rule: 'nginx/no-failover',
          fix: 'failover',
          place: `sites-enabled/shop.conf: server 127.0.0.1:${dead};`,
          changes,
        },
      });
    });
  }

  it('CRLF in the site', async () => {
    const at = await stage();
    const [alive, dead] = [await httpBackend(at.scene), await freePort()];
    const location = 'location / {\n    proxy_pass http://shop;\n    proxy_next_upstream_tries 1;\n}';
    const { project } = await heal({
      ...at,
      site: site(at, location, group(alive, dead)).replaceAll('\n', '\r\n'),
      expected: {
        status: 502,
        cause: 'connection-refused',
        confidence: 'certain',
        rule: 'nginx/no-failover',
        fix: 'failover',
        place: `sites-enabled/shop.conf: server 127.0.0.1:${dead};`,
        changes: [
          '- proxy_next_upstream_tries 1;',
          '+ proxy_next_upstream error timeout http_502 http_503;',
          '+ proxy_next_upstream_timeout 10s;',
          '+ proxy_next_upstream_tries 3;',
        ],
      },
    });
    expect(project.sources.get(at.scene.path('sites-enabled/shop.conf'))!.text).not.toMatch(/[^\r]\n/);
  });

  it('$pool in the address of the pool', async () => {
    const at = await stage();
    const wrong = at.scene.path('php.sock');
    await heal({
      ...at,
      site: phpSite(at, `unix:${wrong}`),
      pools: { shop: pool('shop', `listen = "${at.scene.folder}/$pool.sock" ; by name\nlisten.mode = 0666`) },
      expected: {
        status: 502,
        cause: 'socket-missing',
        confidence: 'certain',
        rule: 'links/pool-address-mismatch',
        fix: 'align-address',
        place: `sites-enabled/shop.conf: fastcgi_pass unix:${wrong};`,
        changes: [
          `- fastcgi_pass unix:${wrong}; # php-fpm`,
          `+ fastcgi_pass unix:${at.scene.path('shop.sock')}; # php-fpm`,
        ],
      },
    });
  });

  it.skipIf(!isRoot)('a pool in two files, the second of which wins', async () => {
    const at = await stage();
    const socket = at.scene.path('www.sock');
    await heal({
      ...at,
      site: phpSite(at, `unix:${socket}`),
      pools: {
        www: pool('www', `listen = ${socket}\nlisten.owner = ${worker.user}\nlisten.mode = 0660`),
        zz: '[www]\r\n; From the image.\r\nlisten.owner = root\r\n',
      },
      expected: {
        status: 502,
        cause: 'socket-permission-denied',
        confidence: 'certain',
        rule: 'links/socket-permission',
        fix: 'socket-permissions',
        place: `sites-enabled/shop.conf: fastcgi_pass unix:${socket};`,
        changes: ['- listen.owner = root', `+ listen.owner = ${worker.user}`, `+ listen.group = ${worker.group}`],
      },
    });
  });
});
