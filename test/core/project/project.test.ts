import { describe, expect, test } from 'vitest';
import { findings } from '../../../server/src/core/features/findings';
import { listenOf, passesOf, poolAt } from '../../../server/src/core/project/links';
import { locationFor } from '../../../server/src/core/project/request';
import { backendAt, poolService } from '../../../server/src/core/project/service';
import { at, make } from './make';

const MAIN = 'events {}\nhttp {\n  include conf.d/*.conf;\n}\n';
const files = (project: { nginxSources: readonly { file: string }[] }): string[] =>
  project.nginxSources.map(({ file }) => file).sort();

describe('includes', () => {
  test('start from the folder of the main file, wherever the include stands', async () => {
    const project = await make({
      'nginx.conf': MAIN,
      'conf.d/site.conf': 'server { include snippets/a.conf; }',
      'snippets/a.conf': 'listen 80;',
      'conf.d/snippets/a.conf': 'listen 81;',
    });
    expect(project.includePattern('/p/conf.d/site.conf', at(project, '/p/conf.d/site.conf', 'include').directive)).toBe(
      '/p/snippets/a.conf',
    );
    expect(project.parent(at(project, '/p/snippets/a.conf', 'listen'))!.directive.name.value).toBe('server');
  });

  test('start from the prefix where one is given', async () => {
    const project = await make(
      { 'conf/nginx.conf': 'http { include a.conf; }', 'a.conf': 'sendfile on;', 'conf/a.conf': 'gzip on;' },
      { prefix: '/p' },
    );
    expect(project.contexts('/p/a.conf')).toEqual(['http']);
    expect(project.includers('/p/conf/a.conf')).toEqual([]);
  });

  test('match in the order of the names, without those that start with a dot', async () => {
    const project = await make({
      'nginx.conf': MAIN,
      'conf.d/b.conf': 'proxy_read_timeout 2s;',
      'conf.d/a.conf': 'proxy_read_timeout 1s;',
      'conf.d/B.conf': 'proxy_read_timeout 0s;',
      'conf.d/.hidden.conf': 'proxy_read_timeout 9s;',
      'conf.d/a.conf.bak': 'proxy_read_timeout 8s;',
    });
    const http = at(project, '/p/nginx.conf', 'http').directive;
    const found = project.children('/p/nginx.conf', http).get('proxy_read_timeout')!;
    expect(found.map(({ file }) => file)).toEqual(['/p/conf.d/B.conf', '/p/conf.d/a.conf', '/p/conf.d/b.conf']);
  });

  test('match folders in the middle', async () => {
    const project = await make({
      'nginx.conf': 'http { include sites/*/nginx.part; }',
      'sites/a/nginx.part': 'server { listen 1; }',
      'sites/b/nginx.part': 'server { listen 2; }',
      'sites/b/other.part': '',
    });
    expect(files(project)).toEqual(['/p/nginx.conf', '/p/sites/a/nginx.part', '/p/sites/b/nginx.part']);
  });

  test('that lead round in a circle end, and every file is read', async () => {
    const shapes: Record<string, string>[] = [
      {
        'nginx.conf': 'http { include a.conf; }',
        'a.conf': 'include b.conf;',
        'b.conf': 'include a.conf;\nsendfile on;',
      },
      { 'nginx.conf': 'include nginx.conf;\nhttp { }' },
      { 'nginx.conf': 'http { include a.conf; }', 'a.conf': 'include nginx.conf;' },
      { 'x.nginx': 'include /p/y.nginx;\nsendfile on;', 'y.nginx': 'include /p/x.nginx;\ngzip on;' },
    ];
    for (const shape of shapes) {
      const project = await make(shape);
      expect(files(project)).toEqual(
        Object.keys(shape)
          .map((name) => `/p/${name}`)
          .sort(),
      );
      const codes = files(project).flatMap((file) => findings(project, file).map(({ code }) => code));
      expect(codes).toContain('nginx/include-cycle');
      for (const { file, tree } of project.nginxSources) {
        for (const directive of tree.items) {
          project.effective({ file, directive }, 'proxy_pass');
          project.contextOf({ file, directive });
        }
      }
    }
  });

  test('that include each other by a pattern do not multiply', async () => {
    const names = Array.from({ length: 14 }, (_, i) => `conf.d/${i}.conf`);
    const project = await make({
      'nginx.conf': MAIN,
      ...Object.fromEntries(names.map((name) => [name, 'include conf.d/*.conf;\nproxy_read_timeout 1s;'])),
    });
    for (const file of files(project)) findings(project, file);
    project.effective(at(project, '/p/conf.d/3.conf', 'proxy_read_timeout'), 'proxy_send_timeout');
    const pools = await make(
      Object.fromEntries(
        Array.from({ length: 14 }, (_, i) => [
          `pool.d/${i}.conf`,
          `[p${i}]\nlisten = ${9000 + i}\ninclude=/p/pool.d/*.conf\n`,
        ]),
      ),
    );
    expect(pools.pools.length).toBe(14);
  });

  test('of a missing file and of a folder are told', async () => {
    const project = await make({ 'nginx.conf': 'http { include a.conf; include conf.d; }', 'conf.d/x.conf': '' });
    const found = findings(project, '/p/nginx.conf').filter(({ code }) => code === 'nginx/include-missing');
    expect(found.map(({ message }) => message)).toEqual([
      expect.stringContaining('no such file'),
      expect.stringContaining('is a folder'),
    ]);
  });

  test('of /etc/nginx in a checkout mean the checkout', async () => {
    const project = await make({
      'nginx.conf': 'http { include /etc/nginx/conf.d/*.conf; include /etc/nginx/sites-enabled/*; }',
      'conf.d/a.conf': 'sendfile on;',
      'sites-enabled/shop': 'server { }',
    });
    expect(files(project)).toEqual(['/p/conf.d/a.conf', '/p/nginx.conf', '/p/sites-enabled/shop']);
    expect(project.contexts('/p/sites-enabled/shop')).toEqual(['http']);
  });

  test('with a template in their name are left alone', async () => {
    const project = await make({
      'nginx.conf': 'events {} http { include {{ extra }}; include conf.d/{{ host }}.conf; }',
    });
    expect(findings(project, '/p/nginx.conf')).toEqual([]);
  });
});

describe('the context of a fragment', () => {
  test.each<[string, string, string]>([
    ['server { listen 80; }', 'http', 'a server block'],
    ['upstream a { server b:1; }\nserver { listen 80; }', 'http', 'an upstream and a server'],
    ['location / { }\nserver_name a;', 'server', 'a location'],
    ['proxy_set_header Host $host;\nproxy_read_timeout 5s;', 'http', 'what may stand anywhere'],
    ['fastcgi_pass unix:/run/x.sock;\nfastcgi_param A b;', 'location', 'a pass'],
    ['server 10.0.0.1:80;\nserver 10.0.0.2:80;\nkeepalive 4;', 'upstream', 'servers of a group'],
    ['events {}\nhttp {}', 'main', 'a main file'],
    ['', 'main', 'nothing'],
    ['# upstream-medic: context=http,server\nproxy_read_timeout 5s;', 'server', 'as its comment says'],
    ['# upstream-medic: context=http,server,location\nproxy_read_timeout 5s;', 'location', 'as its comment says'],
    ['# upstream-medic: context=location\nproxy_read_timeout 5s;', 'location', 'as its comment says, from the inside'],
    ['# upstream-medic: context=http,upstream\n', 'upstream', 'as its comment says, although it is empty'],
    ['# upstream-medic: context=nonsense\nserver { }', 'http', 'a comment that makes no sense'],
  ])('%j is %s: %s', async (text, context) => {
    const project = await make({ 'part.nginx': text });
    expect(project.contexts('/p/part.nginx')).toEqual([context]);
  });

  test('can be told from outside, and the comment knows better', async () => {
    const options = { context: ['http', 'server'] };
    expect((await make({ 'a.nginx': 'gzip on;' }, options)).contexts('/p/a.nginx')).toEqual(['server']);
    const commented = await make({ 'a.nginx': '# upstream-medic: context=http\ngzip on;' }, options);
    expect(commented.contexts('/p/a.nginx')).toEqual(['http']);
  });

  test('is that of all its includers', async () => {
    const project = await make({
      'nginx.conf':
        'http { include headers.conf; server { include headers.conf; location / { include headers.conf; } } }',
      'headers.conf': 'add_header A b;',
    });
    expect(project.contexts('/p/headers.conf')).toEqual(['http', 'server', 'location']);
    expect(project.contextOf(at(project, '/p/headers.conf', 'add_header'))).toBe('http');
    expect(project.includers('/p/headers.conf').length).toBe(3);
  });

  test('reaches into blocks', async () => {
    const project = await make({
      'nginx.conf':
        'http { server { location / { if ($a) { set $b c; } limit_except GET { deny all; } } if ($a) { set $b d; } } map $a $b { c d; } }\nstream { upstream u { server a:1; } server { listen 1; } }',
    });
    const context = (words: string) => project.contextOf(at(project, '/p/nginx.conf', words));
    expect([
      context('set $b c'),
      context('set $b d'),
      context('deny'),
      context('server a:1'),
      context('listen 1'),
    ]).toEqual(['location-if', 'server-if', 'limit_except', 'stream-upstream', 'stream-server']);
    expect(context('c d')).toBeNull();
    expect(context('http')).toBe('main');
  });
});

describe('what is in force', () => {
  test('comes from the innermost block that has any, across includes', async () => {
    const project = await make({
      'nginx.conf':
        'http {\n  proxy_read_timeout 1s;\n  proxy_send_timeout 1s;\n  proxy_set_header A a;\n  proxy_set_header B b;\n  include site.conf;\n}\n',
      'site.conf':
        'server {\n  include timeouts.conf;\n  location / {\n    proxy_set_header C c;\n    proxy_pass http://a:1;\n  }\n}\n',
      'timeouts.conf': 'proxy_read_timeout 2s;\nproxy_read_timeout 3s;\n',
    });
    const pass = at(project, '/p/site.conf', 'proxy_pass');
    const values = (name: string) =>
      project.effective(pass, name).map(({ directive }) => directive.args.map(({ value }) => value).join(' '));
    expect(values('proxy_read_timeout')).toEqual(['2s', '3s']);
    expect(values('proxy_send_timeout')).toEqual(['1s']);
    expect(values('proxy_set_header')).toEqual(['C c']);
    expect(values('proxy_connect_timeout')).toEqual([]);
  });

  test('in a fragment is what stands at its top', async () => {
    const project = await make({ 'a.nginx': 'proxy_read_timeout 7s;\nlocation / { proxy_pass http://a:1; }' });
    const found = project.effective(at(project, '/p/a.nginx', 'proxy_pass'), 'proxy_read_timeout');
    expect(found[0]!.directive.args[0]!.value).toBe('7s');
  });

  test('changes with a text, and what did not change is read once', async () => {
    const project = await make({ 'nginx.conf': MAIN, 'conf.d/a.conf': 'proxy_read_timeout 1s;' });
    const other = project.withText('/p/conf.d/a.conf', 'proxy_read_timeout 2s;');
    expect(other.sources.get('/p/nginx.conf')).toBe(project.sources.get('/p/nginx.conf'));
    expect(other.named('proxy_read_timeout')[0]!.directive.args[0]!.value).toBe('2s');
    expect(project.named('proxy_read_timeout')[0]!.directive.args[0]!.value).toBe('1s');
    expect(() => project.withText('/p/none', '')).toThrow('not in this project');
  });
});

describe('upstreams', () => {
  test('are found by name, without case, in another file', async () => {
    const project = await make({
      'nginx.conf': MAIN,
      'conf.d/up.conf':
        'upstream App { server 10.0.0.1; server unix:/run/a.sock; server 10.0.0.2:81 down; server $x:1; }',
      'conf.d/site.conf':
        'server { location / { proxy_pass http://app/x/; } location /b { proxy_pass http://app:80; } }',
    });
    const [pass, literal] = passesOf(project, project.nginx('/p/conf.d/site.conf')!);
    expect(pass!.upstream!.file).toBe('/p/conf.d/up.conf');
    expect(pass!.endpoints.map(({ address }) => address)).toEqual([
      { kind: 'tcp', host: '10.0.0.1', port: 80 },
      { kind: 'unix', path: '/run/a.sock' },
      { kind: 'tcp', host: '10.0.0.2', port: 81 },
    ]);
    // nginx refuses a port behind the name of a group, so this is another host.
    expect(literal!.upstream).toBeNull();
  });

  test('of another nginx beside this one are the second choice', async () => {
    const project = await make({
      'a/nginx.conf': 'http { include up.conf; server { location / { proxy_pass http://app; } } }',
      'a/up.conf': 'upstream app { server 10.0.0.1:1; }',
      'b/nginx.conf': 'http { include up.conf; server { location / { proxy_pass http://app; } } }',
      'b/up.conf': 'upstream app { server 10.0.0.2:2; }',
    });
    expect(project.upstream('app', '/p/b/nginx.conf')!.file).toBe('/p/b/up.conf');
    expect(project.upstream('app', '/p/a/nginx.conf')!.file).toBe('/p/a/up.conf');
  });

  test('of the same file are the first choice: of dev.conf and prod.conf a server has one', async () => {
    const text = 'upstream app { server 127.0.0.1:1; } server { location / { proxy_pass http://app; } }';
    const project = await make({
      'nginx.conf': 'events {} http { include conf.d/*.conf; }',
      'conf.d/dev.conf': text,
      'conf.d/other.conf': 'server { location / { proxy_pass http://app; } }',
      'conf.d/prod.conf': text,
    });
    for (const name of ['dev', 'prod'])
      expect(project.upstream('app', `/p/conf.d/${name}.conf`)!.file).toBe(`/p/conf.d/${name}.conf`);
    expect(project.upstream('app', '/p/conf.d/other.conf')!.file).toBe('/p/conf.d/dev.conf');
  });

  test('a scheme without a port has its own', async () => {
    const project = await make({
      'nginx.conf':
        'http { server { location /a { proxy_pass http://x; } location /b { proxy_pass https://x/y; } location /c { proxy_pass http://$x; } location /d { proxy_pass http://unix:/run/a.sock:/y; } location /e { proxy_pass http://[::1]:80/; } } }',
    });
    const passes = [...passesOf(project, project.nginx('/p/nginx.conf')!)];
    expect(passes.map(({ endpoints }) => endpoints.map(({ address }) => address))).toEqual([
      [{ kind: 'tcp', host: 'x', port: 80 }],
      [{ kind: 'tcp', host: 'x', port: 443 }],
      [],
      [{ kind: 'unix', path: '/run/a.sock' }],
      [{ kind: 'tcp', host: '[::1]', port: 80 }],
    ]);
  });
});

describe('the location that nginx chooses', () => {
  // nginx.org/en/docs/http/ngx_http_core_module.html#location, and what follows from ngx_http_core_find_location().
  const CONFIG = `http { server {
    location = / { return 1; }
    location / { return 2; }
    location /documents/ { return 3; }
    location ^~ /images/ { return 4; }
    location ~* \\.(gif|jpg)$ { return 5; }
    location ~ \\.php$ { return 6; }
    location = /exact.php { return 7; }
    location /outer/ { return 8; location /outer/inner/ { return 9; } location ~ \\.txt$ { return 10; } }
    location @named { return 11; }
    location ~ ^/first { return 12; }
    location ~ ^/first/more { return 13; }
  } }`;

  test.each<[string, string]>([
    ['/', '1'],
    ['/index.html', '2'],
    ['/documents/document.html', '3'],
    ['/images/1.gif', '4'],
    ['/documents/1.jpg', '5'],
    ['/documents/1.JPG', '5'],
    ['/a.php', '6'],
    ['/a.PHP', '2'],
    ['/exact.php', '7'],
    ['/exact.php/x', '2'],
    ['/outer/x', '8'],
    ['/outer/inner/x', '9'],
    ['/outer/a.txt', '10'],
    ['/outer/a.php', '6'],
    ['/first/more', '12'],
    ['@named', '11'],
    ['', '2'],
  ])('%s', async (path, expected) => {
    const project = await make({ 'nginx.conf': CONFIG });
    const found = locationFor(project, at(project, '/p/nginx.conf', 'server'), path);
    const chosen = found && project.children(found.file, found.directive).get('return')![0]!.directive.args[0]!.value;
    if (path === '@named' || path === '') expect([null, '2', '11']).toContain(chosen);
    else expect(chosen).toBe(expected);
  });

  test('is found in an include, and none where none fits', async () => {
    const project = await make({
      'nginx.conf': 'http { server { include l.conf; } server { server_name b; location = /x { } } }',
      'l.conf': 'location /a { }',
    });
    const [first, second] = project.named('server');
    expect(locationFor(project, first!, '/a/b')!.file).toBe('/p/l.conf');
    expect(locationFor(project, second!, '/y')).toBeNull();
  });

  test('comes to an end over expressions that are made to hurt', async () => {
    const project = await make({
      'nginx.conf':
        'http { server { location ~ ^/(a+)+$ { } location ~ ^/(a|a)*b { } location ~ ^/(a|aa)+$ { } location ~ ^/a*a*a*a*b { } location ~ [ { } location / { } } }',
    });
    locationFor(project, at(project, '/p/nginx.conf', 'server'), `/${'a'.repeat(5000)}!`);
  });
});

describe('pools', () => {
  test('are put together from all files, and the last setting counts', async () => {
    const project = await make({
      'php-fpm.conf': '[global]\ninclude=php-fpm.d/*.conf\n',
      'php-fpm.d/www.conf': '[www]\nlisten = /run/php-fpm.sock\nlisten.owner = www-data\n',
      'php-fpm.d/docker.conf': '[global]\ndaemonize = no\n[www]\naccess.log = /proc/self/fd/2\n',
      'php-fpm.d/zz-docker.conf': '[www]\nlisten = 9000\n',
    });
    expect(project.pools.map(({ name }) => name)).toEqual(['www']);
    expect(listenOf(project.pools[0]!)).toEqual({ kind: 'tcp', host: null, port: 9000 });
    expect(project.pools[0]!.get('listen.owner')!.value).toBe('www-data');
    expect(poolAt(project, { kind: 'tcp', host: '127.0.0.1', port: 9000 })).toBe(project.pools[0]);
    expect(poolAt(project, { kind: 'unix', path: '/run/php-fpm.sock' })).toBeNull();
  });

  test('of a folder without a main file are read in the order of names', async () => {
    const project = await make({
      'pool.d/b.conf': '[www]\nlisten = 2\n',
      'pool.d/a.conf': '[www]\nlisten = 1\n',
      'other/pool.d/a.conf': '[www]\nlisten = 3\n',
    });
    expect(project.fpmInstances.map(({ pools }) => pools.map((pool) => pool.get('listen')!.value))).toEqual([
      ['3'],
      ['2'],
    ]);
  });
});

describe('services', () => {
  const backend = async (
    files: Record<string, string>,
    address: Parameters<typeof backendAt>[1],
    scheme: string | null = null,
  ) => {
    const { kind, name } = backendAt(await make(files), address, scheme);
    return [kind, name];
  };

  test('are named after the pool, the socket or the host', async () => {
    const unix = (path: string) => ({ kind: 'unix' as const, path });
    const tcp = (host: string, port = 1) => ({ kind: 'tcp' as const, host, port });
    const none = { 'nginx.conf': '' };
    const pool = { 'php/8.2/fpm/pool.d/www.conf': '[www]\nlisten = 9000\n' };
    expect(await backend(pool, tcp('127.0.0.1', 9000))).toEqual(['php-fpm', 'php8.2-fpm']);
    expect(await backend(none, unix('/run/php/php8.1-fpm.sock'))).toEqual(['php-fpm', 'php8.1-fpm']);
    expect(await backend(none, unix('/run/php-fpm/www.sock'))).toEqual(['php-fpm', 'php-fpm']);
    expect(await backend(none, unix('/run/php/php74-fpm.sock'))).toEqual(['php-fpm', 'php7.4-fpm']);
    expect(await backend(none, unix('/run/gunicorn.sock'))).toEqual(['app', 'gunicorn']);
    expect(await backend(none, unix('/run/shop/gunicorn.sock'))).toEqual(['app', 'shop']);
    expect(await backend(none, unix('/run/x;reboot.sock'))).toEqual(['app', null]);
    expect(await backend(none, tcp('app', 3000))).toEqual(['container', 'app']);
    expect(await backend(none, tcp('localhost', 3000))).toEqual(['app', null]);
    expect(await backend(none, tcp('10.0.0.1', 3000))).toEqual(['app', null]);
    expect(await backend(none, tcp('127.0.0.1', 9000), 'fastcgi')).toEqual(['php-fpm', 'php-fpm']);
    expect(await backend(none, null)).toEqual(['app', null]);
  });

  test('of a pool come from the version in its socket or its path', async () => {
    const project = await make({
      'etc/php/8.3/fpm/pool.d/a.conf': '[a]\nlisten = 9000\n[b]\nlisten = /run/php/php8.1-fpm.sock\n',
      'etc/php-fpm.d/c.conf': '[c]\nlisten = 9001\n',
    });
    expect(project.pools.map(poolService)).toEqual(['php-fpm', 'php8.3-fpm', 'php8.1-fpm']);
  });
});
