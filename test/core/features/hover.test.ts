/** What a word means, by a table of files with the cursor at "|". */
import { beforeAll, describe, expect, it } from 'vitest';
import { reference as packed } from '../../../scripts/reference';
import { settingMarkdown } from '../../../server/src/core/features/fpm-settings';
import { hover } from '../../../server/src/core/features/hover';
import { directiveMarkdown, type Reference, readReference } from '../../../server/src/core/features/reference';
import { directiveNames, signatures } from '../../../server/src/core/nginx/catalogue';
import { FPM_DIRECTIVES } from '../../../server/src/core/php-fpm/catalogue';
import { projectOf } from '../world';

let reference: Reference;
beforeAll(() => {
  reference = readReference(packed());
});

async function at(marked: string, path = 'nginx.conf', docs: Reference | null = reference) {
  const offset = marked.indexOf('|');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const language = path.endsWith('nginx.conf') ? 'nginx' : 'php-fpm';
  const project = await projectOf({ files: [{ path, text, language }] as never, options: new Map() });
  const found = hover(project, `/project/${path}`, offset, docs);
  return found && { word: text.slice(found.span.start, found.span.end), markdown: found.markdown };
}

/** Cursor, the word that is explained, and what is said of it. */
const TABLE: readonly [string, string, readonly string[]][] = [
  [
    'http { server { location / { proxy_read|_timeout 5s; } } }',
    'proxy_read_timeout',
    [
      'proxy_read_timeout time;',
      'Default: `60s`',
      'In http, server, location',
      'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout',
    ],
  ],
  ['stream { server { |proxy_pass a:1; } }', 'proxy_pass', ['ngx_stream_proxy_module.html#proxy_pass']],
  ['http { upstream u { server| a:1; } }', 'server', ['server address [parameters];', 'In upstream']],
  ['http { ser|ver { } }', 'server', ['server { … }', 'In http']],
  ['http { upstream u { keepalive_time|out 5s; } }', 'keepalive_timeout', ['ngx_http_upstream_module', 'Since 1.15.3']],
  ['http { server { http|2 on; } }', 'http2', ['Since 1.25.1']],
  ['http { server { location / { if ($a) { proxy_p|ass http://a; } } } }', 'proxy_pass', ['if in location']],
  ['mail { server { listen| 25; } }', 'listen', ['/docs/mail/ngx_mail_core_module.html#listen']],
  ['us|er www;', 'user', ['/docs/ngx_core_module.html#user']],
  ['http { server { js_con|tent a.b; } }', 'js_content', ['Of ngx_http_js_module']],
  ['http { acme_issuer a { u|ri https://b; } }', 'uri', ['ngx_http_acme_module']],
  ['http { brotl|i on; }', 'brotli', ['Brotli module']],
  ['http { server { location / { content_by_lua_block| { } } } }', 'content_by_lua_block', ['Lua module']],
  ['http { log_format a "$upstream_ad|dr"; }', '$upstream_addr', ['$upstream_addr', '#var_upstream_addr']],
  ['http { server { return 200 ${ho|st}; } }', '${host}', ['#var_host']],
  ['http { server { return 200 $arg_pa|ge; } }', '$arg_page', ['#var_arg_']],
  ['http { map $ho|st $a { a b; } }', '$host', ['#var_host']],
  ['http { map $host $a { a $uri|; } }', '$uri', ['#var_uri']],
  ['stream { server { return $proto|col; } }', '$protocol', ['ngx_stream_core_module']],
];

const NOTHING: readonly [string, string][] = [
  ['a value', 'http { server { listen |80; } }'],
  ['a blank', 'http { server { listen 80; } | }'],
  ['a comment', 'http { # proxy|_pass\n }'],
  ['a line of a map', 'http { map $a $b { us|er 1; } }'],
  ['a name that nobody knows', 'http { whats|it on; }'],
  ['a variable of one’s own', 'http { server { set $mi|ne 1; } }'],
  ['Lua', 'http { content_by_lua_block { user| } }'],
];

describe('hover', () => {
  it.each(TABLE)('%s', async (marked, word, said) => {
    const found = await at(marked);
    expect(found?.word).toBe(word);
    for (const text of said) expect(found?.markdown).toContain(text);
  });

  it.each(NOTHING)('says nothing of %s', async (_, marked) => {
    expect(await at(marked)).toBeNull();
  });

  it('knows pools', async () => {
    const found = await at('[www]\npm.max_|children = 5\n', 'pool.d/www.conf');
    expect(found).toMatchObject({ word: 'pm.max_children' });
    expect(found?.markdown).toContain('accepts a number');
    expect((await at('[global]\nlog_le|vel = notice\n', 'php-fpm.conf'))?.markdown).toContain('`alert`');
    expect(await at('[global]\npm| = static\n', 'php-fpm.conf')).toBeNull();
  });

  it('finds the file within a dump of nginx -T', async () => {
    const dump =
      '# configuration file /etc/nginx/nginx.conf:\nevents {}\nhttp {\ninclude /etc/nginx/conf.d/a.conf;\n}\n\n# configuration file /etc/nginx/conf.d/a.conf:\nserver {\n lis|ten 80;\n}\n';
    expect((await at(dump))?.markdown).toContain('ngx_http_core_module.html#listen');
  });

  it('says what it knows without nginx’s documentation', async () => {
    expect((await at('http { server { li|sten 80; } }', 'nginx.conf', null))?.markdown).toContain('listen');
  });
});

describe('the documentation', () => {
  it('has a word on every directive that nginx and php-fpm know', () => {
    const silent = directiveNames().filter((name) => {
      const [signature] = signatures(name);
      return directiveMarkdown(reference, name, signature!.contexts[0]!) === null;
    });
    expect(silent).toEqual([]);
    const fpm = FPM_DIRECTIVES.filter(
      ({ name, context }) => settingMarkdown(name, context === 'global' ? 'global' : 'www')!.split('\n\n').length < 3,
    );
    expect(fpm).toEqual([]);
  });

  it('has no HTML and links to nginx’s documentation alone', () => {
    for (const name of directiveNames()) {
      for (const { contexts } of signatures(name)) {
        for (const context of contexts) {
          const text = directiveMarkdown(reference, name, context)!;
          const prose = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`]*`/g, '');
          expect(prose).not.toContain('<');
          expect((text.match(/```/g) ?? []).length % 2).toBe(0);
          for (const [, url] of prose.matchAll(/\]\(([^)]*)\)/g))
            expect(url).toMatch(/^https:\/\/nginx\.org\/en\/docs\//);
        }
      }
    }
  });
});
