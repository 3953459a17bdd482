/** A group with a dead server: without failover its share of the requests fails, with it none does. */
import { expect, it } from 'vitest';
import { httpBackend } from '../real/backends';
import { get } from '../real/http';
import { describeReal } from '../real/programs';
import { freePort } from '../real/scene';
import { heal, site, stage } from './heal';

describeReal('one dead server among several', ['nginx'], () => {
  const said = [
    {
      title: 'proxy_next_upstream off',
      setting: 'proxy_next_upstream off; # no retries',
      changes: [
        '- proxy_next_upstream off; # no retries',
        '+ proxy_next_upstream_tries 3;',
        '+ proxy_next_upstream_timeout 10s;',
        '+ proxy_next_upstream error timeout http_502 http_503; # no retries',
      ],
    },
    {
      title: 'proxy_next_upstream_tries 1',
      setting: 'proxy_next_upstream_tries 1;',
      changes: [
        '- proxy_next_upstream_tries 1;',
        '+ proxy_next_upstream error timeout http_502 http_503;',
        '+ proxy_next_upstream_timeout 10s;',
        '+ proxy_next_upstream_tries 3;',
      ],
    },
  ];

  for (const { title, setting, changes } of said) {
    it(`with ${title}`, async () => {
      const at = await stage();
      const [one, two, dead] = [await httpBackend(at.scene), await httpBackend(at.scene), await freePort()];
      const { nginx } = await heal({
        ...at,
        site: site(
          at,
          `
location / {
    proxy_pass http://shop;
    ${setting}
}`,
          `upstream shop {
    server 127.0.0.1:${one};
    server 127.0.0.1:${dead}; # is down
    server 127.0.0.1:${two};
}

`,
        ),
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
      const refusals = (): number => nginx.errorLog().match(/\(111: /g)?.length ?? 0;
      const before = refusals();
      for (let i = 0; i < 10; i++) expect((await get(at.port, '/')).status).toBe(200);
      expect(refusals(), 'the dead server was asked again, and its failure reached nobody').toBe(before + 1);
    });
  }
});
