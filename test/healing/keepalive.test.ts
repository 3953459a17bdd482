/** Connections that nginx keeps for longer than the backend does: a POST after a pause fails, a GET is repeated. */
import { setTimeout as sleep } from 'node:timers/promises';
import { it } from 'vitest';
import { ask } from '../lab/client';
import { impatientBackend } from '../real/backends';
import type { Answer } from '../real/http';
import { describeReal } from '../real/programs';
import type { Scene } from '../real/scene';
import { forgetful } from './backends';
import { heal, site, stage } from './heal';

describeReal('a backend that gives kept connections up', ['nginx'], () => {
  /** More than the sockets between nginx and the backend hold. */
  const LARGE = 30_000_000;

  const faults = [
    { cause: 'premature-close', body: 0, backend: (scene: Scene) => impatientBackend(scene, { patience: 4_200 }) },
    { cause: 'connection-reset', body: 0, backend: (scene: Scene) => forgetful(scene, 4_200) },
    // nginx is still sending when it hears of it; whether from the write or the read, is a matter of luck.
    { cause: 'broken-pipe', body: LARGE, backend: (scene: Scene) => forgetful(scene, 4_200) },
  ];

  it.each(faults)('answers a POST after a pause: $cause', { timeout: 40_000 }, async ({ cause, body, backend }) => {
    const at = await stage();
    const port = await backend(at.scene);
    const send = async (size: number): Promise<Answer> => {
      const { status, text } = await ask(at.port, '/', { method: 'POST', headers: { Host: 'shop.test' }, body: size });
      return { status: status ?? 0, body: text.slice(text.indexOf('\r\n\r\n') + 4) };
    };
    await heal({
      ...at,
      site: site(
        at,
        `
client_max_body_size 40m;

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
        await send(0);
        await sleep(4_500);
        return send(body);
      },
      expected: {
        status: 502,
        cause,
        either: cause === 'broken-pipe' ? 'connection-reset' : undefined,
        confidence: 'certain',
        rule: null,
        fix: 'upstream-keepalive',
        place: `sites-enabled/shop.conf: server 127.0.0.1:${port};`,
        changes: ['+ keepalive_timeout 4s;'],
      },
    });
  });
});
