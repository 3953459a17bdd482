import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findings } from '../../../server/src/core/features/findings';
import { load } from '../../../server/src/core/project/load';
import { diskFiles } from '../../../server/src/hosts/disk';

const MAIN = '/etc/nginx/nginx.conf';

// What the package installs is what most people start from: nothing in it is a problem.
test.skipIf(!existsSync(MAIN))('the configuration as Debian packages it has nothing but offers', async () => {
  const { project, unreadable } = await load(diskFiles, { nginx: [MAIN], fpm: [] });
  expect(unreadable).toEqual([]);
  expect(project.nginxSources.length).toBeGreaterThan(3);
  for (const { file, tree } of project.nginxSources) {
    expect(tree.problems, file).toEqual([]);
    expect(
      findings(project, file).filter(({ severity }) => severity !== 'hint'),
      file,
    ).toEqual([]);
  }
});

test.skipIf(!existsSync(MAIN))('so have its snippets, each alone', async () => {
  for (const name of [
    'fastcgi.conf',
    'fastcgi_params',
    'proxy_params',
    'mime.types',
    'koi-win',
    'snippets/fastcgi-php.conf',
    'sites-available/default',
  ]) {
    const file = `/etc/nginx/${name}`;
    if (!existsSync(file)) continue;
    const { project } = await load(diskFiles, { nginx: [file], fpm: [] });
    expect(project.nginx(file)!.tree.problems, file).toEqual([]);
    expect(
      findings(project, file).filter(({ severity }) => severity !== 'hint'),
      file,
    ).toEqual([]);
  }
});
