/** What rules promise of a configuration that nginx accepts: the client really gets that, and with the fix it does not. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { applyEdits, findings, loadFolder } from '../../server/src/core/index';
import { diskFiles } from '../../server/src/hosts/disk';
import { startNginx } from '../real/nginx';
import { mainFile as fpmMain, pool, startFpm } from '../real/php-fpm';
import { describeReal, worker } from '../real/programs';
import { freePort, newScene } from '../real/scene';
import { ask } from './client';

interface Promised {
  readonly rule: string;
  /** What stands in the server; `<folder>`, `<refused>`, `<own>` (its own port) and `<other>` (a server that says 200). */
  readonly site: string;
  readonly path: string;
  readonly got: number;
  readonly says?: string;
  /** With the fix. */
  readonly healed?: number;
}

const run = `fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
fastcgi_pass unix:<folder>/php.sock;`;

const PROMISES: readonly Promised[] = [
  {
    rule: 'nginx/error-page-missing',
    site: `error_page 502 /50x.html;
location / { proxy_pass http://127.0.0.1:<refused>; }
location = /50x.html { root <folder>/www; }`,
    path: '/',
    got: 404,
  },
  {
    rule: 'nginx/error-page-missing',
    site: `location / { error_page 502 =503 /errors/down.html; proxy_pass http://127.0.0.1:<refused>; }
location ^~ /errors/ { alias <folder>/www/; }`,
    path: '/',
    got: 404,
  },
  {
    rule: 'nginx/error-page-proxied',
    site: `location / { error_page 502 /down.html; proxy_pass http://127.0.0.1:<refused>; }`,
    path: '/',
    got: 502,
    says: 'Bad Gateway',
  },
  { rule: 'nginx/proxy-loop', site: 'location / { proxy_pass http://127.0.0.1:<own>; }', path: '/', got: 500 },
  {
    rule: 'nginx/proxy-loop',
    site: `location / { try_files /none @app; }
location @app { proxy_set_header Host $host; proxy_pass http://localhost:<own>; }`,
    path: '/a',
    got: 500,
  },
  {
    rule: 'nginx/alias-script',
    site: `location /app/ {
    alias <folder>/www/;
    location ~ \\.php$ {
        ${run}
    }
}`,
    path: '/app/index.php',
    got: 404,
    healed: 200,
  },
  {
    rule: 'nginx/unrun-php',
    site: `root <folder>/www;
location / { try_files $uri /index.php?$args; }`,
    path: '/shop',
    got: 200,
    says: '<?php echo "it runs";',
  },
  {
    rule: 'nginx/unrun-php',
    site: `root <folder>/empty;
location / { try_files $uri /index.php?$args; }`,
    path: '/shop',
    got: 500,
  },
  {
    rule: 'nginx/all-to-php',
    site: `root <folder>/www;
location / {
    ${run}
}`,
    path: '/style.css',
    got: 403,
  },
  {
    rule: 'links/tls-mismatch',
    site: 'location / { proxy_pass https://127.0.0.1:<other>; }',
    path: '/',
    got: 502,
    healed: 200,
  },
];

describeReal('nginx does what the rule says', ['nginx', 'phpFpm'], () => {
  it.each(PROMISES.map((each, i) => [`${each.rule} ${i + 1}`, each] as const))('%s', async (_, promised) => {
    const scene = newScene();
    const places = { folder: scene.folder, refused: await freePort(), own: await freePort(), other: await freePort() };
    const site = promised.site.replace(/<(folder|refused|own|other)>/g, (_all, name: keyof typeof places) =>
      String(places[name]),
    );
    scene.write({
      'www/index.php': '<?php echo "it runs";',
      'www/style.css': 'a {}',
      'empty/.keep': '',
      'php-fpm.conf': fpmMain(scene),
      'pool.d/www.conf': pool('www', `listen = ${scene.path('php.sock')}\nlisten.mode = 0666`),
      'nginx.conf': `user ${worker.user} ${worker.group};
worker_processes 1;
pid ${scene.path('nginx.pid')};
error_log ${scene.path('error.log')} info;
events { worker_connections 64; }
http {
    access_log off;
    client_body_temp_path ${scene.path('temp/body')};
    proxy_temp_path ${scene.path('temp/proxy')};
    fastcgi_temp_path ${scene.path('temp/fastcgi')};
    uwsgi_temp_path ${scene.path('temp/uwsgi')};
    scgi_temp_path ${scene.path('temp/scgi')};
    server {
        listen ${places.own};
        ${site}
    }
    server {
        listen 127.0.0.1:${places.other};
        location / { return 200 "other"; }
    }
}
`,
    });
    const { project } = await loadFolder(diskFiles, scene.folder);
    const main = scene.path('nginx.conf');
    const found = findings(project, main).find(({ code }) => code === promised.rule);
    expect(found, 'the rule sees it').toBeDefined();

    await startFpm(scene);
    const nginx = await startNginx(scene);
    const reply = await ask(places.own, promised.path);
    expect(reply.status).toBe(promised.got);
    if (promised.says !== undefined) expect(reply.text).toContain(promised.says);
    if (promised.healed === undefined) return;

    const edits = found!.fixes.find(({ preferred }) => preferred)!.edits();
    scene.write({ 'nginx.conf': applyEdits(readFileSync(main, 'utf8'), edits) });
    await nginx.reload();
    expect((await ask(places.own, promised.path)).status).toBe(promised.healed);
  });
});
