/** A pool whose children are all busy: nginx gives up, php-fpm says so, and the pool gets as many children as its memory holds. */
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { applyEdits, explain, loadFolder, parseLine } from '../../server/src/core/index';
import { diskFiles } from '../../server/src/hosts/disk';
import { get } from '../real/http';
import { mainFile as nginxMain, startNginx } from '../real/nginx';
import { mainFile as fpmMain, startFpm } from '../real/php-fpm';
import { describeReal, worker } from '../real/programs';
import { freePort, newScene, until } from '../real/scene';

describeReal('all children of a pool are busy', ['nginx', 'phpFpm'], () => {
  it('504, and with the number that the memory holds 200', async () => {
    const scene = newScene();
    const port = await freePort();
    const socket = scene.path('php8.2.sock');
    const file = scene.path('pool.d/www.conf');
    const location = (name: string, wait: string): string => `location = /${name} {
            fastcgi_pass unix:${socket};
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param SCRIPT_FILENAME ${scene.path(name)};
            fastcgi_read_timeout ${wait};
        }`;
    scene.write({
      'marks/.keep': '',
      'slow.php': `<?php touch("${scene.path('marks/busy')}"); sleep(2); echo "slow";`,
      'fast.php': '<?php echo "fast";',
      'nginx.conf': nginxMain(scene),
      'sites-enabled/shop.conf': `server {
        listen 127.0.0.1:${port};
        ${location('slow.php', '20s')}
        ${location('fast.php', '1s')}
}
`,
      'php-fpm.conf': fpmMain(scene),
      'pool.d/www.conf': `[www]
user = ${worker.user}
group = ${worker.group}
listen = ${socket}
listen.mode = 0666
pm = ondemand
pm.max_children = 1 ; as small as can be
php_admin_value[memory_limit] = 64M
`,
      'systemd/system/php8.2-fpm.service': '[Service]\nExecStart=/usr/sbin/php-fpm8.2 --nodaemonize\nMemoryMax=512M\n',
    });
    chmodSync(scene.path('marks'), 0o777);
    const atWork = (): Promise<unknown> =>
      until('a child to be at work', () => existsSync(scene.path('marks/busy')) || null);
    const fpm = await startFpm(scene);
    await startNginx(scene);

    const slow = get(port, '/slow.php');
    const logged = (): string | undefined =>
      readFileSync(scene.path('php-fpm.log'), 'utf8')
        .split('\n')
        .find((line) => line.includes('max_children'));
    // The only child is taken before the second request comes.
    await atWork();
    expect((await get(port, '/fast.php')).status).toBe(504);
    expect((await slow).status).toBe(200);
    const line = await until('php-fpm to say so', () => logged() ?? null);

    const { project } = await loadFolder(diskFiles, scene.folder);
    const told = explain(parseLine(line)!, project)!;
    expect(told.cause).toBe('fpm-max-children');
    const fix = told.fixes.find(({ preferred }) => preferred)!;
    expect(fix.title).toBe('Let pool "www" have 6 children: (512 MB - 128 MB) / 64 MB = 6');
    scene.write({ 'pool.d/www.conf': applyEdits(readFileSync(file, 'utf8'), fix.edits()) });
    await fpm.restart();
    rmSync(scene.path('marks/busy'));

    const again = get(port, '/slow.php');
    await atWork();
    expect((await get(port, '/fast.php')).status).toBe(200);
    expect((await again).status).toBe(200);
  });
});
