/** What a file is, by path and content: most files in the world are somebody else's. */
import { expect, test } from 'vitest';
import { languageOf } from '../../../server/src/core/project/language';
import { make } from './make';

const POOL = '; the pool\n[www]\nuser = www-data\nlisten = 9000\npm = static\npm.max_children = 5\n';
const SUPERVISOR = '[supervisord]\nnodaemon=true\n\n[program:nginx]\ncommand=nginx -g "daemon off;"\n';
const REDIS = 'bind 127.0.0.1\nport 6379\nsave 900 1\n';
const SITE = 'server {\n    listen 80;\n    location / { proxy_pass http://app:8000; }\n}\n';
const PASS = 'fastcgi_pass php-pool;\nfastcgi_read_timeout <PHP_TIMEOUT>;\nproxy_http_version 1.1;\n';
const SNIPPET = '# a snippet\nadd_header X-Frame-Options DENY;\n';

test.each([
  ['/srv/docker-php-nginx/config/fpm-pool.conf', POOL, 'php-fpm'],
  ['/srv/nginx/fpm-pool.conf', POOL, 'php-fpm'],
  ['/srv/docker-php-nginx/config/supervisord.conf', SUPERVISOR, null],
  ['/srv/docker/nginx/supervisord.conf', SUPERVISOR, null],
  ['/srv/nginx-redis/redis.conf', REDIS, null],
  ['/srv/nginx/vhost.conf', '<VirtualHost *:80>\n</VirtualHost>\n', null],
  ['/srv/docker-php-nginx/config/site.conf', SITE, 'nginx'],
  ['/srv/nginx/nginx.conf.d/php-fpm.conf', PASS, 'nginx'],
  ['/srv/php/php-fpm.conf', '[global]\ninclude = pool.d/*.conf\n', 'php-fpm'],
  ['/srv/php/php-fpm.d/empty.conf', '; nothing\n', 'php-fpm'],
  ['/srv/nginx/snippets/headers.conf', SNIPPET, 'nginx'],
  ['/srv/nginx/conf.d/default.conf', '{% if tls %}\nlisten 443 ssl;\n{% endif %}\n', 'nginx'],
  ['/srv/nginx/conf.d/default.conf', '[% IF tls %]\nlisten 443 ssl;\n[% END %]\n', 'nginx'],
  ['/srv/nginx/templates/site.erb', '<% if @tls %>\nlisten 443 ssl;\n<% end %>\n', 'nginx'],
  ['/srv/nginx/conf.d/broken.conf', '} listen 80', 'nginx'],
  ['/var/log/php8.2-fpm.log', '', 'nginx-error-log'],
])('%s', (path, text, language) => {
  expect(languageOf(path, text)).toBe(language);
});

test('a folder is looked through for what may be nginx’s', async () => {
  const project = await make({
    'dev/nginx.conf': 'events {}\nhttp {}\n',
    'dist/nginx.conf': 'events {}\nhttp {}\n',
    'dist/assets/nginx.conf': 'events {}\nhttp {}\n',
    'dist/app.conf': SITE,
    'support/nginx/forum': SITE,
    'support/nginx/README': 'Copy it to sites-available.\n',
    'vendor/nginx.conf': 'events {}\nhttp {}\n',
  });
  expect(project.nginxSources.map(({ file }) => file).sort()).toEqual([
    '/p/dev/nginx.conf',
    '/p/dist/nginx.conf',
    '/p/support/nginx/forum',
  ]);
});
