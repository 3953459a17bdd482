/** What is offered at a place, by a table of files with the cursor at "|". */
import { beforeAll, describe, expect, it } from 'vitest';
import { reference as packed } from '../../../scripts/reference';
import { type Completion, completionMarkdown, completions } from '../../../server/src/core/features/completion';
import { type Reference, readReference } from '../../../server/src/core/features/reference';
import { projectOf } from '../world';

let reference: Reference;
beforeAll(() => {
  reference = readReference(packed());
});

interface World {
  readonly path?: string;
  readonly version?: string;
  readonly context?: string;
  readonly files?: readonly { path: string; text: string; language?: string }[];
}

async function at(marked: string, { path = 'nginx.conf', version, context, files = [] }: World = {}) {
  const offset = marked.indexOf('|');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const language = path.includes('pool') || path.includes('fpm') ? 'php-fpm' : 'nginx';
  const options = new Map(Object.entries({ version, context }).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])));
  const project = await projectOf({
    files: [{ path, text, language }, ...files.map((file) => ({ language: 'nginx', ...file }))] as never,
    options,
  });
  const list = completions(project, `/project/${path}`, offset, reference);
  return { list, labels: list.map(({ label }) => label), text };
}

const http = (inner: string): string => `events {}\nhttp {\n${inner}\n}\n`;
const server = (inner: string): string => http(`server {\n${inner}\n}`);

/** Cursor, some of what is offered, and some of what is not. */
const TABLE: readonly [string, string, World, readonly string[], readonly string[]][] = [
  ['an empty file', '|', {}, ['events', 'http', 'worker_processes'], ['listen', 'server_name']],
  ['the top, behind a directive', 'user www-data;\n|\n', {}, ['events', 'http'], ['user', 'proxy_pass']],
  ['events', 'events { | }', {}, ['worker_connections', 'use'], ['listen', 'include_shutdown']],
  ['http', http('|'), {}, ['server', 'upstream', 'map', 'log_format'], ['proxy_pass', 'location', 'worker_processes']],
  ['server', server('|'), {}, ['listen', 'location', 'server_name'], ['upstream', 'proxy_pass', 'weight']],
  ['location', server('location / { | }'), {}, ['proxy_pass', 'fastcgi_pass', 'alias'], ['listen', 'server_name']],
  [
    'if in location',
    server('location / { if ($a) { | } }'),
    {},
    ['return', 'proxy_pass'],
    ['proxy_read_timeout', 'listen'],
  ],
  ['upstream', http('upstream u { | }'), {}, ['server', 'keepalive', 'least_conn'], ['listen', 'location']],
  [
    'stream',
    'events {}\nstream { server { | } }',
    {},
    ['proxy_pass', 'listen'],
    ['location', 'proxy_set_header', 'root'],
  ],
  ['mail', 'events {}\nmail { server { | } }', {}, ['protocol', 'auth_http'], ['location', 'root']],
  [
    'a name, with no ";" before the next line',
    server('proxy_|\nlisten 80;'),
    {},
    ['proxy_read_timeout'],
    ['proxy_pass'],
  ],
  ['a name before a block', server('proxy_|\nlocation / { }'), {}, ['proxy_read_timeout'], []],
  ['a name below a line without ";"', server('  listen 80\n  ro|'), {}, ['root'], ['reuseport']],
  ['a name in an unclosed block', 'events {}\nhttp {\n  server {\n    liste|', {}, ['listen'], ['upstream']],
  ['the second line of a statement', server('  listen 80\n      reu|;'), {}, ['reuseport'], ['root']],
  ['a comment', server('# proxy_|'), {}, [], ['proxy_read_timeout']],
  ['behind a comment', server('# none\nproxy_|'), {}, ['proxy_read_timeout'], []],
  ['Lua', server('content_by_lua_block { ngx.say(|) }'), {}, [], ['listen', 'print']],
  ['a map', http('map $host $x { | }'), {}, ['default', 'hostnames'], ['server', 'listen']],
  ['a quoted text', server('add_header X "a |";'), {}, [], ['always']],
  ['what is there and may not be twice', server('root /a;\nr|'), {}, ['return', 'rewrite'], ['root']],
  ['the directive at the cursor itself', server('ro|ot /a;'), {}, ['root'], []],
  ['an old nginx', server('|'), { version: '1.18.0' }, ['listen'], ['http2', 'http3', 'ssl_reject_handshake']],
  ['the newest nginx', server('|'), {}, ['http2', 'http3', 'max_headers'], ['ssl']],
  [
    'directives of NGINX Plus and njs',
    server('location / { | }'),
    {},
    ['js_content', 'status_zone'],
    ['oidc_provider'],
  ],
  ['a block of another module', http('acme_issuer le { | }'), {}, ['uri', 'contact'], ['listen', 'server']],
  ['on or off', server('gzip |;'), {}, ['on', 'off'], ['listen']],
  ['on or off, begun', server('gzip o|;'), {}, ['on', 'off'], []],
  ['only one argument', server('gzip on |;'), {}, [], ['on', 'off']],
  ['an enum', server('satisfy |;'), {}, ['all', 'any'], []],
  ['a bitmask', server('ssl_protocols TLSv1.2 |;'), {}, ['TLSv1.3'], ['TLSv1.2']],
  ['levels of a log', 'error_log /a |;', {}, ['warn', 'debug'], ['on']],
  ['header names', server('proxy_set_header |;'), {}, ['Host', 'Upgrade'], ['$host']],
  ['an address first', server('listen |;'), {}, [], ['ssl', 'reuseport']],
  ['parameters behind it', server('listen 80 |;'), {}, ['default_server', 'ipv6only=on', 'backlog='], ['on']],
  ['parameters not twice', server('listen 80 reuseport |;'), {}, ['ssl'], ['reuseport']],
  ['parameters of an upstream’s server', http('upstream u { server a:80 |; }'), {}, ['max_fails=', 'backup'], ['ssl']],
  [
    'groups behind proxy_pass',
    http('upstream shop { server a:80; }\nserver { location / { proxy_pass |; } }'),
    {},
    ['http://shop', 'https://'],
    ['shop'],
  ],
  [
    'groups behind a scheme',
    http('upstream shop { server a:80; }\nserver { location / { proxy_pass https://|; } }'),
    {},
    ['https://shop'],
    ['http://shop'],
  ],
  [
    'groups and pools behind fastcgi_pass',
    http('upstream php { server unix:/a; }\nserver { location / { fastcgi_pass |; } }'),
    { files: [{ path: 'pool.d/www.conf', text: '[www]\nlisten = /run/php.sock\n', language: 'php-fpm' }] },
    ['php', 'unix:/run/php.sock'],
    ['http://php'],
  ],
  [
    'groups of stream',
    'events {}\nstream { upstream db { server a:1; } server { proxy_pass |; } }',
    {},
    ['db'],
    ['http://db'],
  ],
  ['variables', server('set $colour 1;\nreturn 200 $|;'), {}, ['$host', '$colour', '$upstream_addr'], ['$protocol']],
  ['variables in quotes', server('add_header X "a $ho|";'), {}, ['$host'], []],
  ['variables in braces', server('return 200 ${ho|};'), {}, ['$host'], []],
  ['variables of stream', 'events {}\nstream { server { return $|; } }', {}, ['$protocol'], ['$request_uri']],
  ['variables in an if', server('if ($http_|'), {}, ['$host'], []],
  [
    'variables that another file defines',
    server('include a.conf;\nreturn 200 $|;'),
    { files: [{ path: 'a.conf', text: 'set $there 1;' }] },
    ['$there'],
    [],
  ],
  ['log formats', http('log_format fine "$host";\naccess_log /a |;'), {}, ['fine', 'combined', 'buffer='], ['on']],
  ['zones of requests', http('limit_req_zone $a zone=one:1m rate=1r/s;\nlimit_req |;'), {}, ['zone=one', 'burst='], []],
  ['zones of caches', http('proxy_cache_path /c keys_zone=big:1m;\nproxy_cache |;'), {}, ['big', 'off'], []],
  ['named locations', server('location @app { }\ntry_files $uri |;'), {}, ['@app'], []],
  [
    'a fragment whose place is known',
    '|',
    { path: 'conf.d/a.conf', files: [{ path: 'nginx.conf', text: http('include conf.d/*.conf;') }] },
    ['server', 'upstream'],
    ['events', 'listen'],
  ],
  [
    'a fragment within a server',
    '|',
    { path: 'snippets/a.conf', files: [{ path: 'nginx.conf', text: server('include snippets/a.conf;') }] },
    ['location', 'listen'],
    ['server', 'events'],
  ],
  ['a fragment by option', '|', { path: 'a.conf', context: 'http,server' }, ['listen'], ['events']],
  ['a pool', '[www]\npm.|', { path: 'pool.d/www.conf' }, ['pm.max_children', 'listen'], ['daemonize']],
  ['a pool, what is not there yet', '[www]\nuser = a\n|', { path: 'pool.d/www.conf' }, ['pm', 'php_value'], ['user']],
  ['the global section', '[global]\n|', { path: 'php-fpm.conf' }, ['error_log', 'daemonize'], ['pm']],
  ['kinds of process managers', '[www]\npm = |', { path: 'pool.d/www.conf' }, ['static', 'dynamic', 'ondemand'], []],
  ['yes and no', '[www]\ncatch_workers_output = y|', { path: 'pool.d/www.conf' }, ['yes', 'no'], []],
  ['a comment of a pool', '[www]\n; pm|', { path: 'pool.d/www.conf' }, [], ['pm']],
];

describe('completion', () => {
  it('knows the file within a dump of nginx -T', async () => {
    const { labels } = await at(
      '# configuration file /etc/nginx/nginx.conf:\nevents {}\nhttp {\ninclude /etc/nginx/a.conf;\nupstream far { server a:1; }\n}\n\n# configuration file /etc/nginx/a.conf:\nserver {\n location / { proxy_pass |; }\n}\n',
    );
    expect(labels).toContain('http://far');
  });

  it.each(TABLE)('%s', async (_, marked, world, offered, not) => {
    const { labels } = await at(marked, world);
    expect(labels).toEqual(expect.arrayContaining([...offered]));
    expect(labels.filter((label) => not.includes(label))).toEqual([]);
    expect(new Set(labels).size).toBe(labels.length);
  });

  const applied = ({ span, newText }: Completion, text: string): string =>
    text.slice(0, span.start) + newText + text.slice(span.end);
  const pick = (list: readonly Completion[], label: string): Completion => list.find((each) => each.label === label)!;

  it('replaces the word at the cursor, and nothing behind it', async () => {
    const { list, text } = await at('events {}\nhttp { server { proxy_re|ad\n listen 80; } }');
    expect(applied(pick(list, 'proxy_read_timeout'), text)).toBe(
      'events {}\nhttp { server { proxy_read_timeout\n listen 80; } }',
    );
    const braces = await at(server('return 200 "${ho|}";'));
    expect(applied(pick(braces.list, '$host'), braces.text)).toBe(server('return 200 "${host}";'));
    const pass = await at(http('upstream u { server a; } server { location / { proxy_pass http://|; } }'));
    expect(applied(pick(pass.list, 'http://u'), pass.text)).toContain('proxy_pass http://u;');
  });

  it('has a snippet for a block, unless its "{" is there', async () => {
    const fresh = await at(server('loc|'));
    expect(pick(fresh.list, 'location')).toMatchObject({
      newText: 'location',
      snippet: 'location ${1:/} {\n\t$0\n}',
    });
    expect(pick(fresh.list, 'listen').snippet).toBeUndefined();
    const written = await at(server('loc| / { }'));
    expect(pick(written.list, 'location').snippet).toBeUndefined();
  });

  it('documents what it offers', async () => {
    const { list } = await at(server('listen 80;\n|'));
    const text = completionMarkdown(pick(list, 'keepalive_timeout').topic!, reference)!;
    expect(text).toContain('keepalive_timeout timeout [header_timeout];');
    expect(text).toContain('https://nginx.org/en/docs/http/ngx_http_core_module.html#keepalive_timeout');
    expect(completionMarkdown({ kind: 'setting', name: 'pm.max_children', place: 'www' }, null)).toContain('a number');
  });

  it('answers at every place of a broken file, without nginx’s documentation too', async () => {
    const text =
      'http { server { listen 80\n location ~ \\.php{2}$ { fastcgi_pass "unix:/a; $x ${y } } # c\n map $a {{ b }} {';
    const project = await projectOf({
      files: [{ path: 'nginx.conf', text, language: 'nginx' }] as never,
      options: new Map(),
    });
    const isBad = ({ span }: Completion, offset: number): boolean =>
      span.start > offset || span.end < offset || text.slice(span.start, span.end).includes('\n');
    for (let i = 0; i <= text.length; i++) {
      for (const docs of [reference, null])
        expect(completions(project, '/project/nginx.conf', i, docs).filter((each) => isBad(each, i))).toEqual([]);
    }
  });
});
