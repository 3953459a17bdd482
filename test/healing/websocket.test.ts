/** A WebSocket location that does not hand the upgrade on: no error in the log, but a rule and its fix. */
import { expect, it } from 'vitest';
import { webSocketBackend } from '../real/backends';
import { webSocketHandshake } from '../real/http';
import { version } from '../real/nginx';
import { describeReal } from '../real/programs';
import { apply, fail, load, nothingLeft, site, stage, theRule } from './heal';

describeReal('a WebSocket location', ['nginx'], () => {
  const rule = 'nginx/websocket-without-upgrade';

  /** `location` may say PORT. */
  async function healHandshake(location: string, changes: readonly string[]): Promise<void> {
    const at = await stage();
    const port = await webSocketBackend(at.scene);
    const { nginx } = await fail({ ...at, site: site(at, location.replace('PORT', String(port))), path: '/ws/' });
    expect((await webSocketHandshake(at.port, '/ws/')).status).toBe(426);

    const before = theRule(await load(at.scene, version()), rule);
    const fix = before!.fixes.find(({ preferred }) => preferred)!;
    expect(fix.id).toBe('websocket');
    expect(apply(at.scene, fix.edits())).toEqual(changes);
    nothingLeft(await load(at.scene, version()), null);

    await nginx.reload();
    expect((await webSocketHandshake(at.port, '/ws/')).status).toBe(101);
  }

  it('hands no upgrade on', () =>
    healHandshake(
      `
proxy_set_header Host $host; # for all locations

location /ws/ {
    proxy_pass http://127.0.0.1:PORT; # the chat
}`,
      [
        '+ proxy_read_timeout 3600s;',
        '+ proxy_http_version 1.1;',
        '+ proxy_set_header Host $host;',
        '+ proxy_set_header Upgrade $http_upgrade;',
        '+ proxy_set_header Connection "upgrade";',
      ],
    ));

  // Since 1.29.7 nginx speaks HTTP/1.1 to upstreams by itself.
  it('hands the upgrade on over HTTP/1.0', ({ skip }) => {
    const [, minor = 0, patch = 0] = version().split('.').map(Number);
    if (minor > 29 || (minor === 29 && patch >= 7)) skip();
    return healHandshake(
      `
location /ws/ {
    proxy_pass http://127.0.0.1:PORT;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header connection upgrade; # as it came
}`,
      ['+ proxy_read_timeout 3600s;', '+ proxy_http_version 1.1;'],
    );
  });
});
