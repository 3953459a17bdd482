/** Which language VS Code gives a file, from the patterns in package.json: ours are claimed, other people's are not. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface LanguageContribution {
  readonly id: string;
  readonly filenames?: readonly string[];
  readonly filenamePatterns?: readonly string[];
  readonly extensions?: readonly string[];
  readonly firstLine?: string;
}

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  contributes?: { languages?: readonly LanguageContribution[] };
};
const ours = manifest.contributes?.languages ?? [];

/** What VS Code ships, as far as it meets our files. */
const builtIn: readonly LanguageContribution[] = [
  { id: 'properties', extensions: ['.conf', '.cfg', '.properties'] },
  { id: 'log', extensions: ['.log'] },
];

const paths: Record<string, readonly string[]> = {
  nginx: [
    '/etc/nginx/nginx.conf',
    '/etc/nginx/conf.d/default.conf',
    '/etc/nginx/conf.d/php-fpm.conf',
    '/etc/nginx/default.d/php.conf',
    '/etc/nginx/fastcgi.conf',
    '/etc/nginx/fastcgi_params',
    '/etc/nginx/proxy_params',
    '/etc/nginx/mime.types',
    '/etc/nginx/koi-utf',
    '/etc/nginx/sites-available/default',
    '/etc/nginx/sites-enabled/shop.example.com',
    '/etc/nginx/sites-enabled/shop.conf',
    '/etc/nginx/modules-enabled/50-mod-stream.conf',
    '/etc/nginx/snippets/fastcgi-php.conf',
    '/etc/nginx/templates/default.conf.template',
    '/usr/local/etc/nginx/nginx.conf.default',
    '/usr/local/openresty/nginx/conf/nginx.conf',
    '/opt/homebrew/etc/nginx/servers/site.conf',
    'C:\\tools\\nginx\\conf\\nginx.conf',
    '/home/me/Shop/docker/NGINX/Shop.conf',
    '/home/me/shop/docker/nginx/Dockerfile-less/site.conf.j2',
    '/home/me/shop/nginx.conf',
    '/home/me/shop/nginx.conf.erb',
    '/home/me/shop/nginx.prod.conf',
    '/home/me/shop/nginx-dev.conf',
    '/home/me/shop/shop.nginx.conf',
    '/home/me/shop/shop.nginx.conf.template',
    '/home/me/shop/shop-nginx.conf',
    '/home/me/shop/shop.nginx',
    '/home/me/shop/default.conf.template',
    '/home/me/shop/nginx-conf/site.conf',
    '/home/me/shop/conf/fastcgi_params',
  ],
  'php-fpm': [
    '/etc/php/8.2/fpm/php-fpm.conf',
    '/etc/php/8.2/fpm/pool.d/www.conf',
    '/etc/php-fpm.conf',
    '/etc/php-fpm.d/www.conf',
    '/usr/local/etc/php-fpm.d/zz-docker.conf',
    '/usr/local/etc/php-fpm.d/www.conf.default',
    '/home/me/shop/docker/php/www.conf',
    '/home/me/shop/docker/php-fpm/zz-docker.conf',
    '/home/me/shop/php-fpm-pool.conf',
    '/home/me/nginx/php/pool.d/www.conf',
    '/home/me/nginx/php-fpm.d/www.conf.j2',
  ],
  'nginx-error-log': [
    '/var/log/nginx/error.log',
    '/var/log/nginx/error.log.1',
    '/var/log/nginx/error.log-20240315',
    '/var/log/nginx/shop.example.com-error.log',
    '/var/log/nginx/shop_error.log.2',
    '/usr/local/openresty/nginx/logs/error.log',
    '/home/me/Downloads/nginx-error.log',
    '/home/me/Downloads/prod.nginx_error.log',
    '/var/www/vhosts/system/example.com/logs/proxy_error_log',
    '/var/log/php8.2-fpm.log',
    '/var/log/php8.2-fpm.log.1',
    '/var/log/php-fpm/error.log',
  ],
  properties: [
    '/etc/nginx/modsec/main.conf',
    '/etc/fail2ban/filter.d/nginx-http-auth.conf',
    '/etc/supervisor/conf.d/nginx.conf',
    '/home/me/shop/docker/nginx/supervisord/nginx.conf',
    '/usr/lib/tmpfiles.d/nginx.conf',
    '/etc/apache2/apache2.conf',
    '/etc/apache2/sites-available/000-default.conf',
    '/etc/apache2/sites-enabled/shop.conf',
    '/etc/apache2/conf-available/php8.2-fpm.conf',
    '/etc/httpd/conf/httpd.conf',
    '/etc/httpd/conf.d/ssl.conf',
    '/etc/lighttpd/conf.d/fastcgi.conf',
    '/etc/redis/redis.conf',
    '/etc/dnsmasq.d/local.conf',
    '/etc/systemd/system/php8.2-fpm.service.d/override.conf',
    '/home/me/shop/app.conf',
    '/home/me/shop/default.conf',
    '/home/me/nginx-shop/redis.conf',
  ],
  log: ['/var/log/nginx/access.log', '/var/log/apache2/error.log', '/home/me/shop/storage/logs/laravel.log'],
  none: [
    '/etc/apache2/sites-available/shop',
    '/etc/freeradius/3.0/sites-available/default',
    '/etc/mime.types',
    '/home/me/shop/nginx.conf.ts',
    '/home/me/shop/nginx/Dockerfile',
    '/home/me/shop/nginx/error.logic.ts',
    '/home/me/shop/nginx/README.md',
    '/etc/systemd/system/nginx.service',
    '/etc/logrotate.d/nginx',
  ],
};

describe('file patterns', () => {
  it('are in package.json', () => {
    expect(ours.map(({ id }) => id)).toEqual(expect.arrayContaining(['nginx', 'php-fpm', 'nginx-error-log']));
  });

  for (const [language, files] of Object.entries(paths)) {
    for (const path of files) {
      it(`${path} is ${language}`, () => expect(languageOf(path) ?? 'none').toBe(language));
    }
  }

  it('claim no extension: every other extension that knows a file better keeps it', () => {
    expect(ours.flatMap(({ extensions }) => extensions ?? [])).toEqual([]);
  });
});

describe('first lines', () => {
  const lines: Record<string, readonly string[]> = {
    nginx: [
      'server {',
      'http {',
      'upstream app {',
      'server_name example.com;',
      '# configuration file /etc/nginx/nginx.conf:',
      '# vim: set ft=nginx:',
    ],
    'php-fpm': ["; Start a new pool named 'www'."],
    'nginx-error-log': [
      '2024/03/15 10:23:45 [error] 1234#1234: *1 connect() failed (111: Connection refused)',
      '2024/03/15 10:23:45 [emerg] 1#1: host not found in upstream "app"',
      '[15-Mar-2024 10:23:45] WARNING: [pool www] server reached pm.max_children setting (5)',
    ],
    none: [
      '<VirtualHost *:80>',
      '[program:nginx]',
      '[Unit]',
      '# my notes',
      'server = new Server()',
      'events: 3',
      '[15-Mar-2024 10:23:45 UTC] PHP Warning:  Undefined variable',
      '[Fri Mar 15 10:23:45 2024] [error] [client 10.0.0.1] x',
      '',
    ],
  };
  for (const [language, texts] of Object.entries(lines)) {
    for (const text of texts) {
      it(`"${text.slice(0, 60)}" is ${language}`, () => {
        const found = ours.filter(({ firstLine }) => firstLine && new RegExp(firstLine).test(text));
        expect(found.map(({ id }) => id)).toEqual(language === 'none' ? [] : [language]);
      });
    }
  }
});

/** As VS Code decides: an exact name, else the longest pattern, else the longest extension; the last one on a tie. */
function languageOf(path: string): string | undefined {
  const lower = path.toLowerCase();
  const name = lower.split(/[/\\]/).at(-1)!;
  const languages = [...builtIn, ...ours].reverse();
  const named = languages.find(({ filenames }) => filenames?.some((filename) => filename.toLowerCase() === name));
  const byPattern = longest(languages, 'filenamePatterns', (pattern) =>
    globRegExp(pattern.toLowerCase()).test(pattern.includes('/') ? lower : name),
  );
  const byExtension = longest(languages, 'extensions', (extension) => name.endsWith(extension));
  return named?.id ?? byPattern ?? byExtension;
}

function longest(
  languages: readonly LanguageContribution[],
  key: 'filenamePatterns' | 'extensions',
  matches: (value: string) => boolean,
): string | undefined {
  let best: { id: string; length: number } | undefined;
  for (const language of languages) {
    for (const value of [...(language[key] ?? [])].reverse()) {
      if (matches(value) && value.length > (best?.length ?? 0)) best = { id: language.id, length: value.length };
    }
  }
  return best?.id;
}

/** The part of VS Code's globs that the patterns use: `**` before a slash, `*`, `[…]` and `{…}` without nesting. */
function globRegExp(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*|\{[^}]*\}|\[[^\]]*\]|[^*{[]/g, (part) => {
    if (part === '**/') return '(?:[^/\\\\]*[/\\\\])*';
    if (part === '*') return '[^/\\\\]*';
    if (part === '/') return '[/\\\\]';
    if (part.startsWith('[')) return part;
    if (part.startsWith('{')) {
      const choices = part.slice(1, -1).split(',');
      return `(?:${choices.map((choice) => globRegExp(choice).source.slice(1, -1)).join('|')})`;
    }
    return part.replace(/[.+^$()|\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`);
}
