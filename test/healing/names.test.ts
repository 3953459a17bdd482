/** A name that is looked up at run time, and nobody to ask for it. */
import { it } from 'vitest';
import { startDns } from '../lab/backends';
import { httpBackend } from '../real/backends';
import { describeReal } from '../real/programs';
import { freePort } from '../real/scene';
import { heal, site, stage } from './heal';

describeReal('a name and no resolver', ['nginx'], () => {
  it('asks whom the other server asks', async () => {
    const at = await stage();
    const places = new Map<string, string>();
    await startDns(at.scene, places);
    const [port, other] = [await httpBackend(at.scene), await freePort()];
    await heal({
      ...at,
      site: site(
        at,
        `
set $backend app.internal; # one day another

location / {
    proxy_pass http://$backend:${port};
}`,
        `server {
    listen 127.0.0.1:${other};
    server_name admin.test;
    resolver 127.0.0.1:${places.get('dns')} ipv6=off;
}

`,
      ),
      expected: {
        status: 502,
        cause: 'no-resolver',
        confidence: 'likely',
        rule: 'nginx/no-resolver',
        fix: 'resolver',
        place: `sites-enabled/shop.conf: proxy_pass http://$backend:${port};`,
        changes: [`+ resolver 127.0.0.1:${places.get('dns')} ipv6=off;`],
      },
    });
  });
});
