/** An upload larger than nginx accepts: no gateway error, but the same log and the same loop. */
import { expect, it } from 'vitest';
import { ask } from '../lab/client';
import { describeReal } from '../real/programs';
import { lateReader } from './backends';
import { heal, site, stage } from './heal';

describeReal('a request body that nginx does not accept', ['nginx'], () => {
  it('is accepted when the limit is larger', async () => {
    const at = await stage();
    const size = 3_000_000;
    const port = await lateReader(at.scene, 0, size);
    const { log } = await heal({
      ...at,
      site: site(at, `location /upload/ {\n    proxy_pass http://127.0.0.1:${port};\n}`),
      async ask() {
        const { status, text } = await ask(at.port, '/upload/', { headers: { Host: 'shop.test' }, body: size });
        return { status: status ?? 0, body: text.slice(text.indexOf('\r\n\r\n') + 4) };
      },
      expected: {
        status: 413,
        cause: 'body-too-large',
        confidence: 'likely',
        rule: null,
        fix: 'body-size',
        place: `sites-enabled/shop.conf: proxy_pass http://127.0.0.1:${port};`,
        changes: ['+ client_max_body_size 4m;'],
      },
    });
    expect(log).toContain('client intended to send too large body');
  });
});
