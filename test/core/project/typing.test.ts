/**
 * What is kept between two keystrokes (phrases, who includes whom, what all other files say) must never show: findings after
 * edits are those of the same texts read afresh.
 */
import { describe, expect, test } from 'vitest';
import { findings } from '../../../server/src/core/features/findings';
import { load } from '../../../server/src/core/project/load';
import type { Project } from '../../../server/src/core/project/project';
import { mapFiles } from '../../../server/src/core/text/files';

const FILES: Readonly<Record<string, string>> = {
  '/n/nginx.conf': `events {}
http {
  log_format main '$remote_addr';
  proxy_read_timeout 30s;
  include conf.d/*.conf;
  include upstreams.conf;
  server { listen 80 default_server; server_name main.example; location / { proxy_pass http://one; } }
}
`,
  '/n/conf.d/a.conf': `server {
  listen 8080 default_server;
  server_name a.example b.example;
  access_log logs/a.log main;
  location / { proxy_pass http://one; }
  location /x { proxy_pass http://two; include /n/snippets/proxy.conf; }
}
`,
  '/n/conf.d/b.conf': `limit_req_zone $binary_remote_addr zone=z:1m rate=1r/s;
server {
  listen 8080;
  listen 8443;
  server_name c.example;
  include /n/snippets/server.conf;
  location / { limit_req zone=z; fastcgi_pass unix:/run/php.sock; }
}
upstream two { server 127.0.0.1:2; server 127.0.0.1:3; }
`,
  '/n/conf.d/c.conf':
    'map $host $backend { default one; }\nserver { listen 9090; location / { proxy_pass http://$backend; } }\n',
  '/n/upstreams.conf': 'upstream one { server 127.0.0.1:1; keepalive 4; }\n',
  '/n/snippets/server.conf': 'listen 8081;\nserver_name d.example;\nroot /srv;\n',
  '/n/snippets/proxy.conf': 'proxy_set_header Host $host;\nproxy_connect_timeout 5s;\n',
  '/n/pool.d/www.conf': '[www]\nlisten = /run/php8.sock\npm.max_children = 2\n',
  '/n/pool.d/shop.conf': '[shop]\nlisten = 127.0.0.1:9\nlisten.allowed_clients = 10.0.0.1\n',
  '/n/app.service': '[Service]\nExecStart=/usr/bin/gunicorn -b unix:/run/app.sock app\n',
};

const POOLS = ['/n/pool.d/shop.conf', '/n/pool.d/www.conf'];
const AROUND = ['/n/app.service'];

/** Lines that people add, some of which clash with what other files say. */
const LINES = [
  'listen 8080 default_server;',
  'listen 8443;',
  'server_name a.example;',
  'server { listen 8080 default_server; server_name c.example; }',
  'upstream one { server 127.0.0.1:9; }',
  'upstream three { server 127.0.0.1:9 backup; }',
  'root /other;',
  'proxy_read_timeout 10s;',
  'proxy_set_header Host x;',
  'location /x { return 200; }',
  'limit_req_zone $binary_remote_addr zone=z:1m rate=1r/s;',
  'limit_req zone=unknown;',
  "log_format main 'x';",
  'set $backend $nothing;',
  'set $own 1;',
  'proxy_pass http://three;',
  'include /n/snippets/server.conf;',
  'include conf.d/*.conf;',
  '# upstream-medic: directives=shop_window',
  '# upstream-medic: ignore=nginx/duplicate-listen because',
  'shop_window;',
  'load_module modules/ngx_http_js_module.so;',
  '}',
  '{',
  'return 200 "',
  'fastcgi_pass unix:/run/php.sock;',
  'fastcgi_pass 127.0.0.1:9;',
  'proxy_pass http://unix:/run/app.sock;',
  'uwsgi_pass unix:/run/app.sock;',
  'listen = 9000',
  'listen = /run/php.sock',
  '[other]',
];

async function afresh(texts: ReadonlyMap<string, string>): Promise<Project> {
  const { project } = await load(mapFiles(texts), { nginx: ['/n/nginx.conf'], fpm: [POOLS], around: AROUND });
  return project;
}

/** The same numbers for the same seed (a linear congruential generator). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function said(project: Project, file: string): unknown[] {
  return findings(project, file).map(({ code, span, message, severity, related, fixes }) => ({
    code,
    span,
    message,
    severity,
    related: related.map(({ file, span, message }) => ({ file, span, message })),
    edits: fixes.map((fix) => [fix.title, fix.edits()]),
  }));
}

describe('findings while typing are those of the same files read afresh', () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))('seed %i', async (seed) => {
    const random = numbers(seed + 1);
    const texts = new Map(Object.entries(FILES));
    const names = [...texts.keys()].filter((name) => !AROUND.includes(name));
    let project = await afresh(texts);
    let file = names[random(names.length)]!;
    for (let step = 0; step < 12; step++) {
      // A file that an edit has cut off is no longer in the project.
      if (random(4) === 0 || !project.sources.has(file)) file = names[random(names.length)]!;
      if (!project.sources.has(file)) continue;
      const lines = texts.get(file)!.split('\n');
      const at = random(lines.length);
      const kind = random(5);
      if (kind === 0) lines.splice(at, 1);
      else if (kind === 1) lines.splice(at, 0, lines[random(lines.length)]!);
      else lines.splice(at, 0, LINES[random(LINES.length)]!);
      const text = lines.join('\n');
      // Includes that the project has not looked up need the disk: the workspace loads anew for these.
      const asked = /\binclude (?!conf\.d\/\*\.conf|upstreams\.conf|\/n\/snippets\/(?:server|proxy)\.conf)/;
      if (asked.test(text)) continue;
      texts.set(file, text);
      project = project.withText(file, text);
      const fresh = await afresh(texts);
      // An include that is gone leaves its file in the project until that is loaded anew.
      if (fresh.sources.size !== project.sources.size) project = fresh;
      for (const each of fresh.sources.keys())
        expect(said(project, each), `${each} after ${step + 1} edits`).toEqual(said(fresh, each));
    }
  });
});
