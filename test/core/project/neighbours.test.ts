/** Units, Compose files and Dockerfiles: what is read of them, and that no bytes do harm. */
import { describe, expect, test } from 'vitest';
import * as yaml from 'yaml';
import { findings } from '../../../server/src/core/features/findings';
import { readCompose } from '../../../server/src/core/project/compose';
import { readDockerfile } from '../../../server/src/core/project/dockerfile';
import { languageOfPath, neighbourKind } from '../../../server/src/core/project/language';
import { backendAt } from '../../../server/src/core/project/service';
import { systemOf } from '../../../server/src/core/project/system';
import { readUnit } from '../../../server/src/core/project/systemd';
import { unitListeners } from '../../../server/src/core/project/units';
import { make } from './make';

test('what a file is, by its name', () => {
  const kinds = (paths: readonly string[]) => paths.map((path) => neighbourKind(path));
  expect(kinds(['/a/app.service', '/a/app.socket', '/etc/systemd/system/nginx.service.d/limits.conf'])).toEqual([
    'systemd',
    'systemd',
    'systemd',
  ]);
  expect(kinds(['/a/compose.yaml', '/a/docker-compose.prod.yml', '/a/docker-stack.yml'])).toEqual(
    Array(3).fill('compose'),
  );
  expect(kinds(['/a/Dockerfile', '/a/Dockerfile.prod', '/a/web.Dockerfile', '/a/Containerfile'])).toEqual(
    Array(4).fill('dockerfile'),
  );
  expect(kinds(['/a/nginx.conf', '/a/config.yml', '/a/service.conf', '/a/pool.d/www.conf'])).toEqual(
    Array(4).fill(null),
  );
  expect(neighbourKind('/etc/systemd/system/multi-user.target.wants/app.service')).toBeNull();
  // A drop-in for nginx's unit is no nginx file, whatever its folder is called.
  expect(languageOfPath('/etc/systemd/system/nginx.service.d/override.conf')).toBeNull();
});

describe('systemd', () => {
  test('sections, comments, continued lines, places', () => {
    const text = '[Unit]\n; a\n[Service]\nExecStart=/bin/a \\\n# b\n  --c\nPrivateTmp = yes\r\nUser=\n';
    const unit = readUnit(text);
    expect(unit.map(({ section, key, value }) => [section, key, value])).toEqual([
      ['Service', 'ExecStart', '/bin/a --c'],
      ['Service', 'PrivateTmp', 'yes'],
      ['Service', 'User', ''],
    ]);
    expect(text.slice(unit[0]!.span.start, unit[0]!.span.end)).toBe('ExecStart=/bin/a \\\n# b\n  --c');
  });

  test('drop-ins add, empty values take back, two units of one name are nobody', async () => {
    const project = await make({
      'nginx.conf': 'events {}',
      'a.service.d/x.conf': '[Service]\nExecStart=\nExecStart=/usr/bin/uvicorn --uds /run/b.sock a:app\n',
      'a.service': '[Service]\nExecStart=/usr/bin/uvicorn --port=8001 a:app\n',
      'one/b.service': '[Service]\nUser=a\n',
      'two/b.service': '[Service]\nUser=b\n',
    });
    const system = systemOf(project);
    expect(system.units.map(({ name }) => name)).toEqual(['a.service']);
    expect(unitListeners(project).map(({ address }) => address)).toEqual([{ kind: 'unix', path: '/run/b.sock' }]);
  });

  test.each([
    ['gunicorn -b 0.0.0.0:8001 a', '0.0.0.0:8001'],
    ['gunicorn --bind=unix:/run/a.sock a', '/run/a.sock'],
    ['/v/bin/python -m gunicorn -w 2 --bind unix:/run/a.sock a', '/run/a.sock'],
    ['uvicorn a:app --host 127.0.0.1 --port 8001', '127.0.0.1:8001'],
    ['uvicorn a:app --port 8001', '127.0.0.1:8001'],
    ['puma -b unix:///run/puma.sock', '/run/puma.sock'],
    ['puma -b tcp://127.0.0.1:3000', '127.0.0.1:3000'],
    ['php-cgi -b 127.0.0.1:9000', '127.0.0.1:9000'],
    ['gunicorn a', null],
    ['gunicorn -c /etc/g.py -b 127.0.0.1:1 a', null],
    ['gunicorn -b $ADDRESS a', null],
    ['node server.js --port 3000', null],
  ])('%s', async (command, listens) => {
    const project = await make({
      'nginx.conf': 'events {}',
      'a.service': `[Service]\nExecStart=/usr/bin/${command}\n`,
    });
    const [found] = unitListeners(project);
    const spelt = found?.address.kind === 'tcp' ? `${found.address.host}:${found.address.port}` : null;
    expect(found?.address.kind === 'unix' ? found.address.path : spelt).toBe(listens);
  });
});

describe('Compose', () => {
  const one = (text: string) => readCompose(text, yaml).services;

  test('names, ports, mounts, networks, commands', () => {
    const [service] = one(`services:
  Web:
    image: docker.io/library/nginx:1
    container_name: front
    ports: ["8080:80", "127.0.0.1:8443:443/tcp", "53:53/udp", 90, {target: 91, published: "92"}, "\${P:-1}:93", "1-3:1-3"]
    expose: ["3000", 3001]
    command: ["nginx", "-g", "daemon off;"]
    volumes: ["./a:/b:ro", "data:/c", {type: bind, source: ./d, target: /e}]
    networks: {back: {aliases: [api]}}
`);
    expect(service).toMatchObject({
      name: 'Web',
      names: ['web', 'front', 'api'],
      ports: [
        { published: 8080, target: 80 },
        { published: 8443, target: 443 },
        { published: null, target: 90 },
        { published: 92, target: 91 },
        { published: null, target: 93 },
      ],
      exposed: [3000, 3001],
      command: 'nginx -g daemon off;',
      mounts: [
        { from: './a', to: '/b' },
        { from: './d', to: '/e' },
      ],
      networks: ['back'],
    });
  });

  test('anchors, what is no Compose file, a bomb of aliases', () => {
    expect(one('x: &x\n  image: nginx\nservices:\n  a:\n    <<: *x\n')[0]?.image).toBe('nginx');
    expect(one('a: b\n')).toEqual([]);
    expect(one('services: [a]\n')).toEqual([]);
    expect(one('services:\n  a: {\n')).toEqual([]);
    const bomb = Array.from({ length: 30 }, (_, i) => `x${i + 1}: &x${i + 1} [*x${i}, *x${i}]`).join('\n');
    expect(one(`x0: &x0 [a]\n${bomb}\nservices:\n  a:\n    image: nginx\n    command: *x30\n`)).toEqual([]);
  });

  test('junk of any shape is refused before it is read', () => {
    for (const junk of ['[', '{', '- ', '? ', '{a: ', '&a ', '!', 'a: ', '- - ', '"\\\n', '[]', '\n- ', 'a:\n', '\0'])
      expect(one(`services:\n  a: ${junk.repeat(100_000)}`)).toEqual([]);
    const deep = Array.from({ length: 400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n');
    expect(one(`services:\n${deep}`)).toEqual([]);
  });
});

test('a Dockerfile: the last stage counts, stages have names, lines go on', () => {
  const file = readDockerfile(
    'FROM node:22 AS build\nEXPOSE 1\nFROM nginx:1 as base\nFROM base\n# EXPOSE 2\nWORKDIR /etc\nCOPY --from=build /a /b\nCOPY \\\n  a.conf b.conf nginx/\nEXPOSE 80 443/tcp 53/udp $PORT\n',
  );
  expect(file).toMatchObject({
    image: 'nginx:1',
    exposed: [80, 443],
    starts: false,
    copies: [
      { from: 'a.conf', to: '/etc/nginx/' },
      { from: 'b.conf', to: '/etc/nginx/' },
    ],
  });
  expect(readDockerfile('FROM $BASE\nCMD x').image).toBeNull();
  expect(readDockerfile('\\\n'.repeat(100_000)).copies).toEqual([]);
});

test('a backend is called by the unit that listens there', async () => {
  const project = await make({
    'nginx.conf': 'events {}',
    'shop.service': '[Service]\nExecStart=/usr/bin/gunicorn -b 127.0.0.1:8001 shop\n',
  });
  expect(backendAt(project, { kind: 'tcp', host: 'localhost', port: 8001 }, 'http')).toMatchObject({ name: 'shop' });
  expect(backendAt(project, { kind: 'tcp', host: 'localhost', port: 8002 }, 'http')).toMatchObject({ name: null });
});

describe('repositories as people have them: nothing is said of', () => {
  const quiet = async (files: Readonly<Record<string, string>>): Promise<void> => {
    const project = await make(files);
    const all = [...project.sources.keys()].flatMap((file) => findings(project, file, {}, false));
    expect(all.filter(({ severity, code }) => severity !== 'information' && code.startsWith('links/'))).toEqual([]);
  };
  const php = (target: string): string =>
    `server { listen 80; root /srv; location ~ \\.php$ { include fastcgi.conf; fastcgi_pass ${target}; } }\n`;

  test('several services, whose pools are elsewhere', () =>
    quiet({
      'services/a/nginx/default.conf': php('127.0.0.1:9000'),
      'services/b/php/pool.d/www.conf': '[www]\nlisten = /run/php.sock\n',
      'services/b/nginx/default.conf': php('unix:/run/php.sock'),
    }));

  test('many sites, of whose pools some are kept here', () =>
    quiet({
      'nginx/sites-available/a': php('unix:/run/php/a.sock'),
      'nginx/sites-available/b': php('unix:/run/php/b.sock'),
      'nginx/sites-available/c': php('unix:/run/php/c.sock'),
      'php/pool.d/a.conf': '[a]\nlisten = /run/php/a.sock\n',
    }));

  test('one for the server, one for Docker', () =>
    quiet({
      'deploy/nginx/site.conf': php('unix:/run/php/php8.2-fpm.sock'),
      'docker/nginx/default.conf': php('php:9000'),
      'docker/php/www.conf': '[www]\nlisten = 9000\n',
    }));

  test('PHP and nginx in one image, with a Compose file', () =>
    quiet({
      'docker-compose.yml': 'services:\n  app:\n    build: .\n    ports: ["8080:80"]\n  db:\n    image: mariadb\n',
      Dockerfile:
        'FROM php:8.3-fpm\nRUN apt-get install -y nginx supervisor\nCOPY docker/nginx.conf /etc/nginx/nginx.conf\nCMD ["supervisord"]\n',
      'docker/nginx.conf': `events {}\nhttp {\n${php('127.0.0.1:9000')}}\n`,
      'docker/www.conf': '[www]\nlisten = 127.0.0.1:9000\n',
    }));

  test('a socket that two containers share', () =>
    quiet({
      'compose.yml':
        'services:\n  web:\n    image: nginx\n    volumes: ["./nginx.conf:/etc/nginx/conf.d/default.conf", "sock:/run/php"]\n  php:\n    image: php:8-fpm\n    volumes: ["./zzz.fpm.conf:/usr/local/etc/php-fpm.d/zzz.conf", "sock:/run/php"]\nvolumes:\n  sock:\n',
      'nginx.conf': php('unix:/run/php/php.sock'),
      'zzz.fpm.conf': '[www]\nlisten = /run/php/php.sock\n',
    }));

  test('www.conf in the official image, which listens on 9000 all the same', () =>
    quiet({
      Dockerfile:
        'FROM php:8.3-fpm\nRUN apt-get install -y nginx\nCOPY docker/php/www.conf /usr/local/etc/php-fpm.d/\n',
      'docker/php/www.conf': '[www]\nlisten = /run/php-fpm.sock\n',
      'docker/nginx/default.conf': php('127.0.0.1:9000'),
    }));

  test('sockets of one name on the machines of two services', () =>
    quiet({
      'a/nginx.conf': `user www-data;\nevents {}\nhttp {\n${php('unix:/run/php-fpm.sock')}}\n`,
      'b/nginx.conf': `user app;\nevents {}\nhttp {\n${php('unix:/run/php-fpm.sock')}}\n`,
      'b/pool.d/www.conf': '[www]\nlisten = /run/php-fpm.sock\nlisten.owner = app\nlisten.mode = 0600\n',
    }));

  test("Docker's name server", () =>
    quiet({
      'compose.yml': 'services:\n  web:\n    image: nginx\n    volumes: ["./nginx.conf:/etc/nginx/nginx.conf"]\n',
      'nginx.conf': 'events {}\nstream { server { listen 53 udp; proxy_pass 127.0.0.11:53; } }\n',
    }));

  test('an override that uses the network of the host', () =>
    quiet({
      'docker-compose.yml':
        'services:\n  web:\n    image: nginx\n    volumes: ["./nginx.conf:/etc/nginx/conf.d/default.conf"]\n',
      'docker-compose.override.yml': 'services:\n  web:\n    network_mode: host\n',
      'nginx.conf': 'server { location / { proxy_pass http://127.0.0.1:3000; } }\n',
    }));
});
