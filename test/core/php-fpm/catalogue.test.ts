import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FPM_DIRECTIVES, fpmDirective, looksLikeFpm } from '../../../server/src/core/php-fpm/catalogue';

test('names are there once per context', () => {
  const names = FPM_DIRECTIVES.map(({ context, name }) => `${context} ${name}`);
  expect(new Set(names).size).toBe(names.length);
  expect(fpmDirective('LISTEN', 'pool')?.type).toBe('address');
  expect(fpmDirective('listen', 'global')).toBeUndefined();
  expect(fpmDirective('env', 'pool')?.type).toBe('array');
  expect(fpmDirective('ENV', 'pool')).toBeUndefined();
});

const read = (path: string): string[] => {
  try {
    return [readFileSync(path, 'utf8')];
  } catch {
    return [];
  }
};

describe('looksLikeFpm', () => {
  test.each([
    ['[www]\nuser = www-data\nlisten = 9000\n'],
    ['[global]\ndaemonize = no\n\n[www]\nlisten = 9000\n'],
    ['[global]\npid = /run/php-fpm.pid\nerror_log = syslog\ninclude=/etc/php-fpm.d/*.conf\n'],
    ['include=/etc/php/8.2/fpm/pool.d/*.conf\n'],
    ['[www]\npm.max_children = 20\npm.max_chidren = 3\n'],
    ['pm = dynamic\npm.max_children = 20\n'],
    ['php_admin_value[memory_limit] = 128M\n'],
    ['[{{ pool }}]\nlisten = {{ listen }}\npm = {{ pm }}\n'],
    ['[www]\n# broken\npm = static (\n'],
    ...read('/etc/php/8.2/fpm/php-fpm.conf').map((text) => [text]),
    ...read('/etc/php/8.2/fpm/pool.d/www.conf').map((text) => [text]),
  ])('yes: %.60j', (text) => {
    expect(looksLikeFpm(text)).toBe(true);
  });

  test.each([
    [''],
    ['; nothing\n'],
    [
      'user www-data;\nhttp {\n  server {\n    listen 80;\n    location ~ \\.php$ { fastcgi_pass unix:/run/php.sock; }\n  }\n}\n',
    ],
    ['server {\n  listen 9000;\n  set $x = 1;\n}\n'],
    ['upstream php { server 127.0.0.1:9000; }\n'],
    ['[PHP]\nengine = On\nerror_log = syslog\nmemory_limit = 128M\n'],
    ['[opcache]\nopcache.enable=1\n'],
    [
      '[Unit]\nDescription=php\n[Service]\nUser=www-data\nGroup=www-data\nExecStart=/usr/sbin/php-fpm8.2 --nodaemonize\n',
    ],
    ['[Socket]\nListenStream=/run/x.sock\n'],
    ['[global]\nworkgroup = WORKGROUP\nlog level = 1\nsecurity = user\n'],
    ['[mysqld]\nuser = mysql\npid-file = /run/mysqld.pid\nport = 3306\n'],
    ['[supervisord]\nnodaemon=true\nuser=root\n[program:php]\ncommand=php-fpm\n'],
    ['[uwsgi]\nchdir = /app\nlisten = 100\nmodule = wsgi\nmaster = true\nsocket = /run/x.sock\n'],
    ['[user]\nname = x\nemail = y\n'],
    ['version: "3"\nservices:\n  php:\n    image: php:fpm\n'],
    ['{ "listen": 9000 }\n'],
    ...read('/etc/php/8.2/fpm/php.ini').map((text) => [text]),
    ...read('/etc/nginx/nginx.conf').map((text) => [text]),
  ])('no: %.60j', (text) => {
    expect(looksLikeFpm(text)).toBe(false);
  });
});
