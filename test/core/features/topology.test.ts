/** The topology of small projects, written as a tree; what stands beside their lines; and that no state is an opinion of its own. */
import { describe, expect, it } from 'vitest';
import { findings } from '../../../server/src/core/features/findings';
import {
  type Topology,
  type TopologyEndpoint,
  type TopologyLocation,
  type TopologyPass,
  topology,
} from '../../../server/src/core/features/topology';
import { reachHints, useLenses } from '../../../server/src/core/features/topology-hints';
import type { Project } from '../../../server/src/core/project/project';
import { make } from '../project/make';

const http = (inner: string): string => `events {}\nhttp {\n${inner}\n}\n`;
const server = (inner: string, upstreams = ''): string =>
  http(`${upstreams}\nserver {\nlisten 80;\nserver_name a.example;\n${inner}\n}`);
const pool = (name: string, listen: string): string =>
  `[${name}]\nuser = www-data\nlisten = ${listen}\nlisten.owner = www-data\npm = ondemand\npm.max_children = 2\n`;

const topologyOf = (project: Project): Topology => topology(project, (file) => findings(project, file));

/** `broken (links/pool-address-mismatch)`; nothing for what is neither broken nor doubtful. */
function stateOf({ state, said }: { state: string; said: readonly { code: string }[] }): string {
  return said.length > 0 ? ` ${state} (${said.map(({ code }) => code).join(', ')})` : state === 'ok' ? ' ok' : '';
}

function tree(project: Project): string {
  const { roots, upstreams, pools } = topologyOf(project);
  const lines: string[] = [];
  const line = (depth: number, text: string): void => void lines.push('  '.repeat(depth) + text);
  const endpoints = (list: readonly TopologyEndpoint[], depth: number): void => {
    for (const each of list) {
      const reached = each.reached.map(({ kind, name }) => ` = ${kind} ${name}`).join('');
      line(
        depth,
        `${[each.address, ...each.parameters].join(' ')}${reached}${each.nothing ? ' = nothing' : stateOf(each)}`,
      );
    }
  };
  const passes = (list: readonly TopologyPass[], depth: number): void => {
    for (const each of list) {
      line(depth, `${each.directive} ${each.target}${each.dynamic ? ' per request' : ''}${stateOf(each)}`);
      for (const index of each.upstreams) line(depth + 1, `-> ${upstreams[index]!.name}`);
      endpoints(each.endpoints, depth + 1);
    }
  };
  const locations = (list: readonly TopologyLocation[], depth: number): void => {
    for (const each of list) {
      line(depth, each.name);
      passes(each.passes, depth + 1);
      locations(each.locations, depth + 1);
    }
  };
  for (const root of roots) {
    line(
      0,
      `${root.file}${root.held === null ? '' : ` holds ${root.held}`}${root.isMain ? '' : ' (fragment)'}${root.service === null ? '' : ` in ${root.service}`}`,
    );
    for (const each of root.servers) {
      line(1, [each.kind, ...each.names, ...each.listen].join(' '));
      passes(each.passes, 2);
      locations(each.locations, 2);
    }
  }
  for (const each of upstreams) {
    line(0, `upstream ${[each.name, ...each.options].join(', ')}, used ${each.uses}${stateOf(each)}`);
    endpoints(each.endpoints, 1);
  }
  for (const each of pools) {
    line(0, `pool ${each.name} on ${each.listen}, used ${each.uses}${each.perhaps ? ' perhaps' : ''}${stateOf(each)}`);
  }
  return lines.join('\n');
}

/** The texts of the hints of a file, each behind its line number (from 1). */
function hints(project: Project, file: string): string[] {
  const { lines, text } = project.sources.get(file)!;
  const all = reachHints(project, file, { start: 0, end: text.length }, (each) => findings(project, each));
  return all.map(({ at, parts }) => `${lines.position(at).line + 1} ${parts.map((part) => part.text).join('')}`);
}

const lensesOf = (project: Project, file: string): string[] => useLenses(project, file).map(({ text }) => text);

const PHP = (target: string): string =>
  `location ~ \\.php$ { include fastcgi_params; fastcgi_param SCRIPT_FILENAME /a$fastcgi_script_name; fastcgi_pass ${target}; }`;

describe('a way through everything', () => {
  it('leads to a pool, and says where it breaks', async () => {
    const project = await make({
      'nginx/nginx.conf': `user www-data;\n${server(
        `${PHP('unix:/run/php/shop.sock')}\nlocation ~ ^/old/.+\\.php$ { fastcgi_pass unix:/run/php/old-shop.sock; }`,
      )}`,
      'pool.d/shop.conf': pool('shop', '/run/php/shop.sock'),
      'pool.d/mail.conf': pool('mail', '127.0.0.1:9001'),
      'pool.d/next.conf': pool('next', '/run/php/shop-next.sock'),
    });
    expect(tree(project)).toBe(
      `/p/nginx/nginx.conf
  http a.example 80
    ~ \\.php$
      fastcgi_pass unix:/run/php/shop.sock ok
        unix:/run/php/shop.sock = pool shop ok
    ~ ^/old/.+\\.php$
      fastcgi_pass unix:/run/php/old-shop.sock broken (links/pool-address-mismatch)
        unix:/run/php/old-shop.sock = nothing
pool mail on 127.0.0.1:9001, used 0
pool next on /run/php/shop-next.sock, used 0
pool shop on /run/php/shop.sock, used 1 ok`,
    );
    expect(hints(project, '/p/nginx/nginx.conf')).toEqual([
      '8 → pool shop (shop.conf:3)',
      '9 → nothing in this workspace listens here',
    ]);
    expect(lensesOf(project, '/p/pool.d/shop.conf')).toEqual(['reached by 1 location']);
    expect(lensesOf(project, '/p/pool.d/mail.conf')).toEqual(['no nginx location passes to this pool']);
  });

  it('goes through an upstream with its parameters, and through nested locations', async () => {
    const project = await make({
      'nginx.conf': server(
        'location /a/ { location /a/b { proxy_pass http://App; } }\nlocation /static { root /srv; }\nlocation / { if ($arg_x) { proxy_pass http://app; } limit_except GET { proxy_pass http://127.0.0.1:3; } }',
        'upstream app { least_conn; server 127.0.0.1:1 weight=2; server 10.0.0.1:2 backup; server x:1 down; }\nupstream spare { server 127.0.0.1:9; }',
      ),
    });
    expect(tree(project)).toBe(`/p/nginx.conf
  http a.example 80
    /a/
      /a/b
        proxy_pass http://App ok
          -> app
    /
      if ($arg_x)
        proxy_pass http://app ok
          -> app
      limit_except GET
        proxy_pass http://127.0.0.1:3
          127.0.0.1:3
upstream app, least_conn, used 2 ok
  127.0.0.1:1 weight=2
  10.0.0.1:2 backup
  x:1 down
upstream spare, used 0 ok
  127.0.0.1:9`);
    expect(hints(project, '/p/nginx.conf')).toEqual([
      '8 → 127.0.0.1:1, 10.0.0.1:2 (backup), 1 more',
      '10 → 127.0.0.1:1, 10.0.0.1:2 (backup), 1 more',
    ]);
    expect(lensesOf(project, '/p/nginx.conf')).toEqual([
      '3 servers · used by 2 locations',
      '1 server · nothing passes to it',
    ]);
  });

  it('knows services, the pools in them, and units', async () => {
    const project = await make({
      'compose.yaml':
        'services:\n  web:\n    image: nginx\n    volumes: ["./web.conf:/etc/nginx/conf.d/default.conf"]\n  php:\n    image: php:8.2-fpm\n    volumes: ["./fpm/www.conf:/usr/local/etc/php-fpm.d/zzz-www.conf"]\n  api:\n    build: ./api\n    ports: ["8080:3000"]\n',
      'web.conf': `server {\nlisten 80;\n${PHP('php:9000')}\nlocation /api/ { proxy_pass http://api:8080/; }\nlocation /apis/ { proxy_pass http://apis:3000; }\n}\n`,
      'fpm/www.conf': '[www]\nlisten = 9000\npm = static\npm.max_children = 2\n',
    });
    expect(tree(project)).toBe(`/p/web.conf (fragment) in web
  http 80
    ~ \\.php$
      fastcgi_pass php:9000 ok
        php:9000 = service php = pool www ok
    /api/
      proxy_pass http://api:8080/ warning (links/published-port)
        api:8080 = service api = nothing
    /apis/
      proxy_pass http://apis:3000
        apis:3000
pool www on 9000, used 1 ok`);
    expect(hints(project, '/p/web.conf')).toEqual(['3 → service php, pool www', '4 → service api (compose.yaml:8)']);

    const units = await make({
      'nginx.conf': server(
        'location / { proxy_pass http://unix:/run/app.sock; }\nlocation /b { proxy_pass http://127.0.0.1:8000; }',
      ),
      'app.service': '[Service]\nExecStart=/usr/bin/gunicorn -b unix:/run/app.sock app\n',
    });
    expect(hints(units, '/p/nginx.conf')).toEqual(['7 → unit app.service (app.service:2)']);
  });

  it('follows variables as far as the files tell', async () => {
    const project = await make({
      'nginx.conf': server(
        'resolver 10.0.0.1;\nlocation / { proxy_pass http://$group$request_uri; }\nlocation /x { proxy_pass http://$arg_x; }\nlocation /y { set $to 127.0.0.1:5; proxy_pass http://$to/y?$args; }',
        'map $host $group { default one; b.example two; }\nupstream one { server 127.0.0.1:1; }\nupstream two { server 127.0.0.1:2; }',
      ),
    });
    expect(tree(project)).toBe(`/p/nginx.conf
  http a.example 80
    /
      proxy_pass http://$group$request_uri per request
        -> one
        -> two
    /x
      proxy_pass http://$arg_x per request warning (nginx/ssrf)
    /y
      proxy_pass http://$to/y?$args per request
        127.0.0.1:5
upstream one, used 1 ok
  127.0.0.1:1
upstream two, used 1 ok
  127.0.0.1:2`);
    expect(hints(project, '/p/nginx.conf')).toEqual(['10 → per request: one, two', '12 → per request: 127.0.0.1:5']);
    // A variable may name it: nothing is said of who does.
    expect(lensesOf(project, '/p/nginx.conf')).toEqual([]);
  });

  it('goes through streams, other protocols, nginx itself and snippets that several servers include', async () => {
    const project = await make({
      'nginx.conf': `events {}
http {
  server { listen 81; server_name one.example; include snippets/app.conf; }
  server { listen 127.0.0.1:8080; server_name two.example; include snippets/app.conf; }
}
stream {
  upstream db { server 10.0.0.1:5432; }
  server { listen 5432; proxy_pass db; }
}
`,
      'snippets/app.conf':
        'location / { grpc_pass grpc://127.0.0.1:8080; }\nlocation /s { scgi_pass 127.0.0.1:4; }\nlocation /u { uwsgi_pass unix:/run/u.sock; }\nlocation /m { set $memcached_key $uri; memcached_pass 127.0.0.1:11211; }\n',
    });
    const inside = `    /
      grpc_pass grpc://127.0.0.1:8080 ok
        127.0.0.1:8080 = server two.example ok
    /s
      scgi_pass 127.0.0.1:4
        127.0.0.1:4
    /u
      uwsgi_pass unix:/run/u.sock
        unix:/run/u.sock
    /m
      memcached_pass 127.0.0.1:11211
        127.0.0.1:11211`;
    expect(tree(project)).toBe(`/p/nginx.conf
  http one.example 81
${inside}
  http two.example 127.0.0.1:8080
${inside}
  stream 5432
    proxy_pass db ok
      -> db
upstream db, used 1 ok
  10.0.0.1:5432`);
    expect(lensesOf(project, '/p/nginx.conf')).toEqual(['1 server · used by 1 server']);
  });

  it('is told of a dump by places in the dump', async () => {
    const main = 'events {}\nhttp {\n    include /etc/nginx/conf.d/*.conf;\n}\n';
    const site = `upstream app { server 127.0.0.1:1; }\nserver {\n    listen 80;\n    location / { proxy_pass http://app; }\n    ${PHP('unix:/run/php/old.sock')}\n}\n`;
    const dump = `# configuration file /etc/nginx/nginx.conf:\n${main}\n# configuration file /etc/nginx/conf.d/site.conf:\n${site}\n`;
    const project = await make({ 'nginx-dump.conf': dump, 'pool.d/www.conf': pool('www', '/run/php/new.sock') });
    const { roots, upstreams } = topologyOf(project);
    expect(roots).toMatchObject([{ file: '/p/nginx-dump.conf', held: '/etc/nginx/nginx.conf', isMain: true }]);
    const [first] = roots[0]!.servers[0]!.locations;
    const { file, span } = first!.passes[0]!;
    expect(file).toBe('/p/nginx-dump.conf');
    expect(dump.slice(span.start, span.end)).toBe('proxy_pass http://app;');
    expect(dump.slice(upstreams[0]!.span.start, upstreams[0]!.span.end)).toBe('upstream app ');
    expect(hints(project, '/p/nginx-dump.conf')).toEqual([
      '11 → 127.0.0.1:1',
      '12 → nothing in this workspace listens here',
    ]);
    expect(lensesOf(project, '/p/nginx-dump.conf')).toEqual(['1 server · used by 1 location']);
  });
});

it('nothing is said of a file that passes nothing on, nor of a pool without an nginx beside it', async () => {
  const project = await make({
    'nginx.conf': server('location / { return 200; }'),
    'pool.d/www.conf': pool('www', '127.0.0.1:9000'),
  });
  expect(topologyOf(project).roots).toEqual([]);
  expect(hints(project, '/p/nginx.conf')).toEqual([]);
  expect(lensesOf(project, '/p/pool.d/www.conf')).toEqual([]);
});

it('what sites-enabled links to is there once', async () => {
  const site = `upstream app { server 127.0.0.1:1; }\nserver { listen 80; location / { proxy_pass http://app; } ${PHP('unix:/run/a.sock')} }\n`;
  const project = await make({
    'nginx/nginx.conf': http('include sites-enabled/*;'),
    'nginx/sites-available/shop': site,
    'nginx/sites-available/old': 'server { listen 81; location / { proxy_pass http://127.0.0.1:2; } }\n',
    'nginx/sites-enabled/shop': site,
    'pool.d/www.conf': pool('www', '/run/a.sock'),
  });
  const { roots, upstreams, pools } = topologyOf(project);
  expect(roots.map(({ file, servers }) => [file, servers.length])).toEqual([
    ['/p/nginx/nginx.conf', 1],
    ['/p/nginx/sites-available/old', 1],
  ]);
  expect(upstreams).toMatchObject([{ file: '/p/nginx/sites-enabled/shop', uses: 1 }]);
  expect(pools).toMatchObject([{ uses: 1 }]);
  expect(lensesOf(project, '/p/nginx/sites-enabled/shop')).toEqual(['1 server · used by 1 location']);
});

it('a pool that another host or a variable may reach is not called unreached', async () => {
  const afar = await make({
    'nginx/nginx.conf': server('location ~ \\.php$ { fastcgi_pass 10.0.0.7:9000; }'),
    'pool.d/www.conf': pool('www', '9000'),
  });
  expect(lensesOf(afar, '/p/pool.d/www.conf')).toEqual([]);
  expect(topologyOf(afar).pools).toMatchObject([{ uses: 0, perhaps: true }]);
  const variable = await make({
    'nginx/nginx.conf': server('location ~ \\.php$ { fastcgi_pass $php; }'),
    'pool.d/www.conf': pool('www', '/run/php.sock'),
  });
  expect(lensesOf(variable, '/p/pool.d/www.conf')).toEqual([]);
});

it('a link is broken or doubtful where a rule says so, and nowhere else', async () => {
  const project = await make({
    'nginx.conf': server(
      `location / { proxy_pass http://app; proxy_next_upstream off; }\nlocation /b { proxy_pass http://127.0.0.1:x; }\n${PHP('unix:/run/a.sock')}`,
      'upstream app { server 127.0.0.1:1; server 127.0.0.1:2; }',
    ),
    'pool.d/www.conf': pool('www', '/run/b.sock'),
  });
  const grave = findings(project, '/p/nginx.conf').filter(
    ({ severity }) => severity === 'error' || severity === 'warning',
  );
  const { roots, upstreams } = topologyOf(project);
  const passes = roots[0]!.servers[0]!.locations.flatMap((location) => location.passes);
  expect(passes.length).toBe(3);
  for (const { span, said, state } of [...passes, ...upstreams]) {
    const here = grave.filter((each) => each.span.start >= span.start && each.span.start <= span.end);
    expect(said.map(({ message }) => message)).toEqual(here.map(({ message }) => message));
    const worst = here.some(({ severity }) => severity === 'error') ? 'broken' : here.length > 0 ? 'warning' : null;
    if (worst) expect(state).toBe(worst);
    else expect(['ok', 'unknown']).toContain(state);
  }
  // A rule that is switched off says nothing here either.
  const quiet = topology(project, (file) => findings(project, file, { 'links/pool-address-mismatch': 'off' }));
  expect(JSON.stringify(quiet)).not.toContain('pool-address-mismatch');
});

it('includes in a circle and blocks without an end come to one', async () => {
  const project = await make({
    'nginx.conf': server('include a.conf;\nlocation / { include a.conf; proxy_pass http://127.0.0.1:1; }'),
    'a.conf': 'include a.conf;\nlocation /a { include a.conf; proxy_pass http://127.0.0.1:2;\n',
  });
  expect(topologyOf(project).roots[0]!.servers.length).toBe(1);
  const deep = `${'location / {\n'.repeat(5000)}proxy_pass http://a;`;
  expect(topologyOf(await make({ 'nginx.conf': server(deep) })).roots).toEqual([]);
});
