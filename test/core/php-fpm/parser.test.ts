// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is php-fpm's own syntax
import { describe, expect, test } from 'vitest';
import { parse } from '../../../server/src/core/php-fpm/parser';
import type { FpmTree, Setting } from '../../../server/src/core/php-fpm/tree';
import { random } from './random';

/** The tree printed back; throws when entries overlap, leave their line or leave anything but white space out. */
function print({ text, entries }: FpmTree): string {
  let printed = '';
  let at = 0;
  for (const entry of entries) {
    const { start, end } = entry.kind === 'section' ? entry.headerSpan : entry.span;
    const gap = text.slice(at, start);
    if (start < at || end < start || !/^[\s\uFEFF]*$/.test(gap))
      throw new Error(`${entry.kind} at ${start} behind ${at}: ${gap.slice(0, 99)}`);
    printed += gap + text.slice(start, end);
    at = end;
  }
  const tail = text.slice(at);
  if (!/^[\s\uFEFF]*$/.test(tail)) throw new Error(`left out: ${tail.slice(0, 99)}`);
  return printed + tail;
}

/** Every span of a setting shows what it says. */
function check(tree: FpmTree): void {
  expect(print(tree)).toBe(tree.text);
  const show = ({ start, end }: { start: number; end: number }): string => tree.text.slice(start, end);
  for (const { settings, span, headerSpan } of [tree.preamble, ...tree.sections]) {
    expect(headerSpan.start).toBe(span.start);
    for (const one of settings) {
      expect(one.span.start).toBeGreaterThanOrEqual(span.start);
      expect(one.span.end).toBeLessThanOrEqual(span.end);
      expect(show(one.keySpan)).toBe(one.key);
      if (one.operatorSpan) expect(show(one.operatorSpan)).toBe('=');
      expect(show(one.rawValueSpan)).not.toMatch(/^[ \t]|[ \t\r\n]$/);
      expect(show(one.span)).not.toContain('\n');
    }
  }
  for (const { span, message } of tree.problems) {
    expect(span.end).toBeLessThanOrEqual(tree.text.length);
    expect(show(span)).not.toContain('\n');
    expect(span.end).toBeGreaterThan(span.start);
    expect(message).toMatch(/php-fpm/);
  }
}

function only(text: string): Setting {
  const tree = parse(text);
  check(tree);
  const all = [tree.preamble, ...tree.sections].flatMap(({ settings }) => settings);
  expect(all).toHaveLength(1);
  return all[0]!;
}

describe('parse', () => {
  test('a file', () => {
    const text =
      '; main\r\npid = /run/x.pid\r\n\r\n[www]\r\n  listen.owner\t= "www-data" ; who\r\nenv[PATH] = $PATH\r\n[b];\r\n';
    const tree = parse(text);
    check(tree);
    expect(tree.problems).toEqual([]);
    const slice = ({ start, end }: { start: number; end: number }): string => text.slice(start, end);
    expect(
      tree.entries.map((entry) => [entry.kind, slice(entry.kind === 'section' ? entry.headerSpan : entry.span)]),
    ).toEqual([
      ['comment', '; main'],
      ['setting', 'pid = /run/x.pid'],
      ['section', '[www]'],
      ['setting', 'listen.owner\t= "www-data"'],
      ['comment', '; who'],
      ['setting', 'env[PATH] = $PATH'],
      ['section', '[b]'],
      ['comment', ';'],
    ]);
    expect(tree.preamble.settings.map(({ key }) => key)).toEqual(['pid']);
    expect(tree.sections.map(({ name, nameSpan }) => [name, slice(nameSpan)])).toEqual([
      ['www', 'www'],
      ['b', 'b'],
    ]);
    expect(tree.sections.map(({ span }) => [span.start, span.end])).toEqual([
      [text.indexOf('[www]'), text.indexOf('[b]')],
      [text.indexOf('[b]'), text.length],
    ]);
    const [owner, env] = tree.sections[0]!.settings;
    expect(slice(owner!.rawValueSpan)).toBe('"www-data"');
    expect(owner!.value).toBe('www-data');
    expect([env!.key, env!.sub, slice(env!.subSpan!), env!.value]).toEqual(['env', 'PATH', 'PATH', '$PATH']);
  });

  // Values are compared with the real php-fpm in oracle.test.ts; here only what that cannot show.
  test.each<[string, string, boolean]>([
    ['a = yes', '1', true],
    ['a = Off ; x', '', true],
    ['a =', '', true],
    ['a = ${HOME}/x', '${HOME}/x', false],
    ['a = ${PORT:-9000}', '${PORT:-9000}', false],
    ['a = ${DIR:-"/a b"}', '${DIR:-"/a b"}', false],
    ['a = "${A}$pool"', '${A}$pool', false],
    ["a = '${A}'", '${A}', true],
    ['a = b(c)', 'b(c)', false],
    ['a = "b', '"b', false],
    ['a', '', false],
    ['a = {{ x }}', '{{ x }}', false],
    ['a = {{ x | default("a=b") }} ; y', '{{ x | default("a=b") }} ; y', false],
    ["a = <%= @x['y'] %>", "<%= @x['y'] %>", false],
    ['a = {% if x %}1{% endif %}', '{% if x %}1{% endif %}', false],
    ['env[A] = {{ x = 1 }}', '{{ x = 1 }}', false],
    ['\ta.b={{x}}', '{{x}}', false],
  ])('value of %j', (text, value, known) => {
    const setting = only(text);
    expect([setting.value, setting.known]).toEqual([value, known]);
  });

  test.each([
    ['# x', 'hash-comment', '# x'],
    ['a = b\n  #c = d\n', 'hash-comment', '#c = d'],
    ['listen', 'missing-value', 'listen'],
    ['listen 9000 ; x', 'missing-value', 'listen 9000'],
    ['env[A]', 'missing-value', 'env[A]'],
    ['  [www]', 'indented-section', '  [www]'],
    ['[www', 'unclosed-section', '[www'],
    ['env[A = b', 'unclosed-key', 'env[A = b'],
    ['a = "b', 'unclosed-quote', '"b'],
    ["a = 'b c", 'unclosed-quote', "'b c"],
    ["a = ''", 'empty-single-quotes', "''"],
    ['a = ${HOME', 'unclosed-variable', '${HOME'],
    ['a = "${}"', 'unclosed-variable', '${}"'],
    ['a = (b', 'unclosed-parenthesis', '(b'],
    ['a = no way', 'keyword-in-text', 'no'],
    ['a = all yes', 'keyword-in-text', 'yes'],
    ['no = 1', 'keyword-as-key', 'no'],
    ['a = b=c', 'reserved-character', '='],
    ['a = /x(y)', 'reserved-character', '('],
    ['a = b |', 'reserved-character', '|'],
    ['{ a', 'reserved-character', '{'],
    ['a = (b c"d"', 'unclosed-parenthesis', '(b c"d"'],
    ['a = (1)2', 'syntax-error', '(1)2'],
  ])('problem of %j', (text, code, shown) => {
    const tree = parse(text);
    check(tree);
    expect(tree.problems.map((one) => [one.code, text.slice(one.span.start, one.span.end)])).toEqual([[code, shown]]);
  });

  test('a value over several lines is one problem, and the next mistake another', () => {
    const tree = parse('a = "b\n c (\n d"\nx (\ny = 1\nz = "1\nok = 1\nq\n');
    check(tree);
    expect(tree.problems.map(({ code }) => code)).toEqual([
      'unclosed-quote',
      'missing-value',
      'unclosed-quote',
      'missing-value',
    ]);
  });

  test('an error leaves the rest of the file readable', () => {
    const tree = parse('[www]\nlisten = /run/a(b).sock\n  [two]\nuser = x = y\n# no\ngroup\npm = static\n');
    check(tree);
    expect(tree.problems).toHaveLength(5);
    expect(tree.sections.map(({ name, settings }) => [name, settings.map(({ key, value }) => [key, value])])).toEqual([
      ['www', [['listen', '/run/a(b).sock']]],
      [
        'two',
        [
          ['user', 'x = y'],
          ['group', ''],
          ['pm', 'static'],
        ],
      ],
    ]);
  });

  test('templates give no problems', () => {
    const text = `{% for pool in pools %}
[{{ pool.name }}]
{# a jinja comment #}{{ "" }}
listen = {{ pool['listen'] | default('/run/x.sock') }}
php_admin_value[{{ key }}] = {{ value }}
{%- if pool.chroot %}
<% if @x %>
  <%= @name %> = <%= @value(1) %>
{{- range $k, $v := .Values.fpm }}
{{ $k }} = {{ $v }}
; {{ ansible_managed }}
# {{ ansible_managed }}
user = www-data
{% endfor %}`;
    const tree = parse(text);
    check(tree);
    expect(tree.problems).toEqual([]);
    expect(tree.sections.map(({ name }) => name)).toEqual(['{{ pool.name }}']);
    expect(tree.sections[0]!.settings.map(({ key, value, known }) => [key, value, known])).toEqual([
      ['listen', "{{ pool['listen'] | default('/run/x.sock') }}", false],
      ['php_admin_value', '{{ value }}', false],
      ['user', 'www-data', true],
    ]);
  });

  test('random text is read, printed back and never throws', () => {
    const next = random(42);
    const pieces = [
      '\n',
      '\r\n',
      '\r',
      ' ',
      '\t',
      '[',
      ']',
      '=',
      ';',
      '#',
      '"',
      "'",
      '\\',
      '$',
      '${',
      '}',
      '{{',
      '}}',
      '{%',
      '<%',
      '(',
      ')',
    ];
    pieces.push(
      '|',
      '&',
      '^',
      '~',
      '!',
      'yes',
      'null',
      'listen',
      'env',
      'A',
      '1',
      '\0',
      '\uFEFF',
      '\u00a0',
      '\u{1f600}',
      '\ud800',
      '\f',
      '\v',
    );
    for (let i = 0; i < 4000; i++) {
      const text = Array.from({ length: next(24) }, () => pieces[next(pieces.length)]!).join('');
      check(parse(text));
    }
    for (let i = 0; i < 500; i++)
      check(parse(String.fromCharCode(...Array.from({ length: next(40) }, () => next(i % 2 ? 128 : 65_536)))));
  });

  test.each([
    ['(', 'a = '],
    ['~', 'a = '],
    ['!(', 'a = '],
    ["''", 'a = '],
    ["'a", 'a = '],
    ['"a"', 'a = '],
    ['${', 'a = '],
    ['${A:-', 'a = '],
    ['$\\', 'a = '],
    ['1|', 'a = '],
    ['9', 'a = 1|'],
    [' ', 'a'],
    [' \t', 'a = b'],
    ['[', ''],
    ['[a]', ''],
    ['a[', ''],
    ['=', ''],
    ['\n', ''],
    ['\r', ''],
    ['a = "\n', ''],
    ['{{', 'a = '],
    [' ', '{{ a'],
    ['"', ''],
    ['\\"', 'a = "'],
    ['x"\n', ''],
  ])('%j a hundred thousand times is read to the end', (piece, start) => {
    const text = `${start}${piece.repeat(100_000)}(\n`;
    const tree = parse(text);
    expect(print(tree)).toBe(text);
  });
});
