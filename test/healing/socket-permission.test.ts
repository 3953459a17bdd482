/** A socket that php-fpm creates and nginx's user may not open: owner, group and mode in the pool decide. */
import { expect, it } from 'vitest';
import { pool } from '../real/php-fpm';
import { describeReal, isRoot, worker } from '../real/programs';
import { heal, phpSite, stage } from './heal';

describeReal('a socket that nginx may not open', ['nginx', 'phpFpm'], () => {
  const { user, group } = worker;

  async function healPool(settings: string, changes: readonly string[]): Promise<void> {
    const at = await stage();
    const socket = at.scene.path('php8.2-fpm.sock');
    const { log } = await heal({
      ...at,
      site: phpSite(at, `unix:${socket}`),
      pools: { www: pool('www', `; Where nginx connects.\nlisten = ${socket}\n${settings}`) },
      expected: {
        status: 502,
        cause: 'socket-permission-denied',
        confidence: 'certain',
        rule: 'links/socket-permission',
        fix: 'socket-permissions',
        place: `sites-enabled/shop.conf: fastcgi_pass unix:${socket};`,
        changes,
      },
    });
    expect(log).toContain('(13: Permission denied) while connecting to upstream');
  }

  // Only php-fpm that root has started can give a socket to somebody, or keep it for root.
  if (!isRoot) console.warn('SKIPPED, because only root can run them: sockets that belong to root');

  it.skipIf(!isRoot)('no owner is set: it belongs to root', () =>
    healPool('listen.mode = 0660', [`+ listen.owner = ${user}`, `+ listen.group = ${group}`]),
  );

  it.skipIf(!isRoot)('nothing but the address is set', () =>
    healPool('', [`+ listen.owner = ${user}`, `+ listen.group = ${group}`, '+ listen.mode = 0660']),
  );

  it.skipIf(!isRoot)('another owner is set', () =>
    healPool('listen.owner = root ; me\nlisten.group = root\nlisten.mode = 0660', [
      '- listen.owner = root ; me',
      '- listen.group = root',
      `+ listen.owner = ${user} ; me`,
      `+ listen.group = ${group}`,
    ]),
  );

  it('the mode lets not even the owner write', () =>
    healPool(`listen.owner = ${user}\nlisten.group = ${group}\nlisten.mode = 0440`, [
      '- listen.mode = 0440',
      '+ listen.mode = 0660',
    ]));
});
