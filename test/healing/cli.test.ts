/** The same loop from a terminal: `upstream-medic fix --log … --write`, then nginx answers. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { beforeAll, expect, it } from 'vitest';
import { get } from '../real/http';
import { pool } from '../real/php-fpm';
import { describeReal } from '../real/programs';
import { fail, phpSite, stage } from './heal';

const repository = path.join(import.meta.dirname, '../..');
const bundle = path.join(repository, 'out/healing/cli.js');

describeReal('the command line', ['nginx', 'phpFpm'], () => {
  // Not dist/cli.js, which may be older than the source.
  beforeAll(() =>
    build({
      absWorkingDir: repository,
      entryPoints: ['server/src/hosts/cli.ts'],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      logLevel: 'warning',
    }),
  );

  function medic(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync(process.execPath, [bundle, ...args], { encoding: 'utf8' });
  }

  it('heals what the log shows', async () => {
    const at = await stage();
    const [wrong, right] = ['php.sock', 'shop.sock'].map(at.scene.path);
    const { nginx, failed } = await fail({
      ...at,
      site: phpSite(at, `unix:${wrong}`),
      pools: { shop: pool('shop', `listen = ${right}\nlisten.mode = 0666`) },
    });
    expect(failed.status).toBe(502);

    const [log, config, fpm] = ['error.log', 'nginx.conf', 'pool.d/shop.conf'].map(at.scene.path) as [
      string,
      string,
      string,
    ];
    const explained = medic('explain', '--format', 'json', '--config', config, '--fpm', fpm, log);
    expect(explained).toMatchObject({ status: 0 });
    expect(JSON.parse(explained.stdout)).toMatchObject([{ cause: 'socket-missing', status: [502] }]);

    const siteFile = at.scene.path('sites-enabled/shop.conf');
    const before = readFileSync(siteFile, 'utf8');
    const about = ['--log', log, '--config', config, '--fpm', fpm];
    const shown = medic('fix', ...about, '--dry-run');
    expect(shown.stdout).toContain(`+        fastcgi_pass unix:${right}; # php-fpm`);
    expect(readFileSync(siteFile, 'utf8')).toBe(before);

    expect(medic('fix', ...about, '--write')).toMatchObject({ status: 0 });
    expect(readFileSync(siteFile, 'utf8')).toBe(before.replace(wrong!, right!));
    await nginx.reload();
    expect(await get(at.port, '/')).toMatchObject({ status: 200, body: 'hello\n' });

    expect(medic('check', at.scene.folder)).toMatchObject({ status: 0 });
    expect(existsSync(`${siteFile}.orig`)).toBe(false);
  });
});
