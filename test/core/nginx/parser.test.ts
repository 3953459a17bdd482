import { describe, expect, test } from 'vitest';
import { parse } from '../../../server/src/core/nginx/parser';
import { type Directive, directiveAt, headline, walk } from '../../../server/src/core/nginx/tree';
import { applyEdits } from '../../../server/src/core/text/edit';
import { faults } from './lossless';
import { broken, limits, valid } from './snippets';

/** A tree as nested arrays: words, then the block. */
type Shape = (string | Shape[])[];

function shape(items: readonly Directive[]): Shape[] {
  return items.map(({ name, args, block }) => [
    ...[name, ...args].map(({ value }) => value),
    ...(block ? [shape(block.items)] : []),
  ]);
}

const read = (text: string): Shape[] => shape(parse(text).items);
const codes = (text: string): string[] => parse(text).problems.map(({ code }) => code);
/** The words of the first directive, as nginx reads them. */
const words = (text: string): (string | Shape[])[] => read(text)[0]!;

describe('words are read as nginx reads them', () => {
  test.each<[string, string, string[]]>([
    ['spaces, tabs and line ends part words', 'a b\tc\nd\r\ne;', ['a', 'b', 'c', 'd', 'e']],
    ['quotes hold spaces', `a "b c" 'd e';`, ['a', 'b c', 'd e']],
    ['an empty string is a word', `a "" '';`, ['a', '', '']],
    ['the other quote is an ordinary character', `a "it's" '"';`, ['a', "it's", '"']],
    ['a quote inside a word is an ordinary character', `a b"c d'e;`, ['a', 'b"c', "d'e"]],
    ['escaped quotes and backslashes', String.raw`a "b\"c" 'd\'e' f\\g \"h;`, ['a', 'b"c', "d'e", 'f\\g', '"h']],
    ['\\t, \\r and \\n', String.raw`a "b\tc" d\re f\ng;`, ['a', 'b\tc', 'd\re', 'f\ng']],
    ['any other escape stays', String.raw`a \. \d "\$x" \q;`, ['a', '\\.', '\\d', '\\$x', '\\q']],
    ['an escaped space, ; or {', String.raw`a b\ c d\;e f\{g;`, ['a', 'b\\ c', 'd\\;e', 'f\\{g']],
    ['a hash inside a word', 'a b#c;', ['a', 'b#c']],
    ['a hash in quotes', `a "# b";`, ['a', '# b']],
    ['a comment between words', 'a # b ; {\nc;', ['a', 'c']],
    ['variables in braces', `a \${b}c "\${d}";`, ['a', `\${b}c`, `\${d}`]],
    ['a dollar before a quote', `a "$";`, ['a', '$']],
    ['a closing brace inside a word', 'a b}c };', ['a', 'b}c', '}'].slice(0, 2)],
    [') behind a quote starts a word', `if ($a = "b") {}`, ['if', '($a', '=', 'b', ')']],
    [') behind a quote and text', `if ("a")b {}`, ['if', '("a")b']],
    ['a colon, a comma, an equals sign', 'a b:c,d=e;', ['a', 'b:c,d=e']],
    ['text that is not ASCII', 'a привет "日本 😀";', ['a', 'привет', '日本 😀']],
    ['a no-break space is no space', 'a b\u00a0c;', ['a', 'b\u00a0c']],
    ['a form feed is no space', 'a b\fc;', ['a', 'b\fc']],
    ['a NUL is an ordinary character', 'a b\0c;', ['a', 'b\0c']],
  ])('%s', (_, text, expected) => {
    expect(words(text).filter((word) => typeof word === 'string')).toEqual(expected);
  });

  test('each knows its quote and its place', () => {
    const text = `  set $a "b c";`;
    const { args, start, end, semicolon } = parse(text).items[0]!;
    expect(args.map((word) => [word.quote, text.slice(word.start, word.end)])).toEqual([
      [null, '$a'],
      ['"', '"b c"'],
    ]);
    expect([start, end, semicolon]).toEqual([2, text.length, text.length - 1]);
  });
});

describe('blocks', () => {
  test('nest', () => {
    expect(read('http{server{location / {return 200;}}}')).toEqual([
      ['http', [['server', [['location', '/', [['return', '200']]]]]]],
    ]);
  });

  test('hold data in map, geo, types: names of directives mean nothing there', () => {
    const text = 'map $a $b {\n  default listen;\n  server 1;\n}\ntypes {\n  text/html\n    server\n    listen;\n}\n';
    expect(codes(text)).toEqual([]);
    expect(read(text)[1]).toEqual(['types', [['text/html', 'server', 'listen']]]);
  });

  test('know the directive around them', () => {
    const tree = parse('http { server { listen 80; } }');
    const listen = [...walk(tree.items)].find(({ name }) => name.value === 'listen')!;
    expect(listen.parent?.name.value).toBe('server');
    expect(directiveAt(tree, listen.start + 2)).toBe(listen);
    expect(directiveAt(tree, 0)?.name.value).toBe('http');
    expect(headline(tree, listen)).toBe('listen 80');
  });

  test('a text without directives has none', () => {
    for (const text of ['', '\n\n', '# only\n', ' \t\r\n']) {
      expect(parse(text).items).toEqual([]);
      expect(codes(text)).toEqual([]);
      expect(directiveAt(parse(text), 0)).toBeNull();
    }
  });
});

describe('Lua', () => {
  const body = (lua: string, after = 'listen 80;'): string[] => {
    const text = `http { content_by_lua_block {${lua}}\n${after} }`;
    const tree = parse(text);
    expect(tree.problems).toEqual([]);
    expect(faults(tree)).toEqual([]);
    const http = tree.items[0]!;
    expect(http.block!.items.map(({ name }) => name.value)).toEqual(['content_by_lua_block', 'listen']);
    const { foreign } = http.block!.items[0]!.block!;
    return [text.slice(foreign!.start, foreign!.end)];
  };

  test.each([
    ['nothing', ''],
    ['nested braces', ' local t = { a = { 1, 2 } } '],
    ['a brace in a string', ` ngx.say("}") ngx.say('{') `],
    ['an escaped quote in a string', ` ngx.say("a\\"}") `],
    ['a brace in a comment', ' -- } \n ngx.say(1) '],
    ['an apostrophe in a comment', " -- it's { \n ngx.say(1) "],
    ['a brace in a long comment', ' --[[ } \n } ]] ngx.say(1) '],
    ['a brace in a long comment with a level', ' --[==[ } ]] } ]==] ngx.say(1) '],
    ['a brace in a long string', ' local s = [[ } ]] '],
    ['a brace in a long string with a level', ' local s = [=[ ]] } ]=] '],
    ['an index is no long string', ' local x = t[a[1]] '],
    ['# is the length there, no comment', ' local n = #t '],
    ['a semicolon and a quote of nginx', " local a = 1; local b = 'x' "],
  ])('%s', (_, lua) => {
    expect(body(lua)).toEqual([lua]);
  });

  test('one that is not closed is told', () => {
    expect(codes('http { init_by_lua_block { local a = {\n')).toContain('unclosed-block');
    // OpenResty names the line of the bracket, not the end of the file.
    const text = 'http { init_by_lua_block {\n  local a = [=[ }\n}\n}\n';
    expect(parse(text).problems[0]).toMatchObject({ code: 'unclosed-block', span: { start: text.indexOf('[') } });
  });
});

describe('templates are read around', () => {
  test.each<[string, string]>([
    ['Jinja statements', '{% if ssl %}\nlisten 443 ssl;\n{% else %}\nlisten 80;\n{% endif %}\n'],
    ['a Jinja value', 'server_name {{ name }};\n'],
    ['a Jinja value inside a word', 'proxy_pass http://{{ host }}:{{ port }}/;\n'],
    ['a Jinja value in a string', 'add_header X "{{ value }}";\n'],
    ['a Jinja value with quotes in a string', 'add_header X "{{ value | default("x") }}";\n'],
    ['a Jinja loop around a block', '{% for s in servers %}\nserver {\n  listen {{ s.port }};\n}\n{% endfor %}\n'],
    ['a block named by a value', 'location {{ (base + "/static").replace("//", "/") }} {\n  alias /a/;\n}\n'],
    [
      'a block named by part of a value',
      'upstream {{ name}}-sockets {\n  server 127.0.0.1:1;\n}\nif {% if a %}($x){% endif %} {\n}\n',
    ],
    ['a value of a directive nobody knows', 'track_uploads {{ getenv "A" "uploads 60s" }};\n'],
    [
      'a table opened in both branches',
      '{% if a %}\ngeo $a $g {\n{% else %}\ngeo $b $g {\n{% endif %}\n  default 0;\n}\n',
    ],
    ['Penlight', '> if ssl then\nlisten 443 ssl;\n> end\n'],
    ['lua-resty-template', 'user {* user *};\n{* snippet *}\nlisten {*port*};\n'],
    ['an envsubst variable as a line', 'server {\n  listen 80;\n  ${EXTRA_DIRECTIVES}\n}\n'],
    ['a Jinja comment', '{# about this #}\nlisten 80;\n'],
    ['a Jinja value as a line', '{{ extra_config }}\nlisten 80;\n'],
    ['a Jinja value as a line with its own indent', 'server {\n  {{ extra }}\n  listen 80;\n}\n'],
    ['blocks opened in both branches', '{% if a %}\nserver {\n{% else %}\nserver {\n{% endif %}\n  listen 80;\n}\n'],
    ['trimmed Jinja', '{%- if a -%}\nlisten 80;\n{%- endif -%}\n'],
    ['Go templates', '{{ range .Servers }}\nserver {\n  listen {{ .Port }};\n}\n{{ end }}\n'],
    ['ERB', '<% @servers.each do |s| %>\nserver {\n  listen <%= s.port %>;\n}\n<% end %>\n'],
    ['ERB with trim', '<%- if @x -%>\nlisten 80;\n<%- end -%>\n'],
    ['an ERB value in a string', 'add_header X "<%= @value %>";\n'],
    [
      'PHP',
      "<?php if ($ssl): ?>\nlisten <?php echo $o['ip'] . ':' . $o['port'] ?>;\n<?php endif; ?>\nroot <?= $root ?>;\n",
    ],
    ['Blade', '@if ($site->ssl)\nlisten {!! $port !!};\n@endif\n@foreach ($all as $l)\nserver {\n}\n@endforeach\n'],
    ['Freemarker', '<#-- about; this { -->\n<#if tls>\nlisten 443;\n<#else>\nlisten 80;\n</#if>\n'],
    ['Terraform', 'upstream a {\n%{ for ip in ips ~}\n  server ${ip}:80;\n%{ endfor ~}\n}\n'],
    ['Terraform within a line', 'listen 443%{ if tls } ssl%{ endif };\n'],
    ['ISPConfig', "<tmpl_if name='tls' op='==' value='y'>\nlisten <tmpl_var name='ip'>:443;\n</tmpl_if>\n"],
    ['Python, as a line', 'server {\n  listen 80;\n  %(extra)s\n}\n'],
    ['a hosting panel, as a line', 'server {\n  listen 80;\n  %extra_lines%\n}\n'],
    ['Python that doubles braces', 'server {{\n  listen {port};\n  location / {{\n    root {root};\n  }}\n}}\n'],
    ['envsubst', `listen \${PORT};\nserver_name $HOST;\nproxy_pass http://\${APP_HOST}:\${APP_PORT};\n`],
    [
      'the docker image’s templates',
      `server {\n  listen \${NGINX_PORT};\n  location / {\n    proxy_pass \${BACKEND};\n  }\n}\n`,
    ],
  ])('%s', (_, text) => {
    expect(codes(text)).toEqual([]);
    expect(faults(parse(text))).toEqual([]);
  });

  test('their values are known to be unknown', () => {
    const [directive] = parse('listen {{ port }};').items;
    expect(directive!.args[0]).toMatchObject({ template: true, value: '{{ port }}' });
  });
});

describe('recovery goes on where a person would', () => {
  test('each broken snippet keeps its tree whole', () => {
    for (const { name, text } of [...valid, ...broken, ...limits])
      expect([name, faults(parse(text))]).toEqual([name, []]);
  });

  test('a missing ; costs no directive', () => {
    expect(read('server {\n  listen 80\n  server_name a;\n  location / {\n    proxy_pass http://b\n  }\n}\n')).toEqual([
      [
        'server',
        [
          ['listen', '80'],
          ['server_name', 'a'],
          ['location', '/', [['proxy_pass', 'http://b']]],
        ],
      ],
    ]);
  });

  test('a } glued to a word ends the block', () => {
    expect(read('location / { return 200}\nlocation /a {\n}\n')).toEqual([
      ['location', '/', [['return', '200']]],
      ['location', '/a', []],
    ]);
  });

  test('a second mistake is found as well', () => {
    expect(codes('server {\n  listen 80\n  root "/x"y;\n  index a;;\n}\n')).toEqual([
      'missing-semicolon',
      'unexpected-token',
      'unexpected-token',
    ]);
  });

  test('the block that lacks its brace is the one that the indentation gives away', () => {
    const text = 'http {\n  server {\n    location / {\n      return 200;\n  }\n}\n';
    const [problem] = parse(text).problems;
    expect(problem?.related?.message).toContain('"location"');
    const mended = applyEdits(text, [problem!.fix!]);
    expect(mended).toBe('http {\n  server {\n    location / {\n      return 200;\n    }\n  }\n}\n');
  });

  test('a block that cannot stand where it stands shows which brace is missing', () => {
    const text = 'http {\n  upstream u {\n    server a:1;\n\n  server {\n    listen 80;\n  }\n}\n';
    const [problem, ...others] = parse(text).problems;
    expect(others).toEqual([]);
    expect(text.slice(problem!.span.start, problem!.span.end)).toBe('server');
    expect(applyEdits(text, [problem!.fix!])).toBe(
      'http {\n  upstream u {\n    server a:1;\n\n  }\n  server {\n    listen 80;\n  }\n}\n',
    );
  });

  test('a directive that swallowed the next line is a warning, because nginx takes it', () => {
    expect(codes('server {\n  server_name a\n  root /x;\n}\n')).toEqual(['likely-missing-semicolon']);
    expect(codes('server {\n  server_name a\n  b.root\n  c;\n}\n')).toEqual([]);
  });

  test('a byte order mark', () => {
    const text = '\uFEFFworker_processes 1;';
    expect(codes(text)).toEqual(['byte-order-mark']);
    expect(read(text)).toEqual([['worker_processes', '1']]);
    expect(applyEdits(text, [parse(text).problems[0]!.fix!])).toBe('worker_processes 1;');
  });

  test('never more problems than a person can read', () => {
    expect(parse(';'.repeat(10_000)).problems.length).toBe(100);
  });
});
