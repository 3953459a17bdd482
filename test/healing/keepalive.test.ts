/** Connections that nginx keeps for longer than the backend does: a POST after a pause fails, a GET is repeated. */
import { setTimeout as sleep } from 'node:timers/promises';
import { it } from 'vitest';
import { impatientBackend } from '../real/backends';
import { post } from '../real/http';
import { describeReal } from '../real/programs';
import { heal, site, stage } from './heal';

describeReal('a backend that gives kept connections up', ['nginx'], () => {
  it('answers a POST after a pause', { timeout: 40_000 }, async () => {
    const at = await stage();
    const port = await impatientBackend(at.scene, { patience: 4_200 });
    await heal({
      ...at,
      site: site(
        at,
        `
location / {
    proxy_pass http://shop;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
}`,
        `upstream shop {
    server 127.0.0.1:${port};
    keepalive 8; # saves time
}

`,
      ),
      async ask() {
        await post(at.port, '/');
        await sleep(4_500);
        return post(at.port, '/');
      },
      expected: {
        status: 502,
        cause: 'premature-close',
        confidence: 'certain',
        rule: null,
        fix: 'upstream-keepalive',
        place: `sites-enabled/shop.conf: server 127.0.0.1:${port};`,
        changes: ['+ keepalive_timeout 4s;'],
      },
    });
  });
});
