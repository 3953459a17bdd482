import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from '../../../server/src/core/nginx/parser';
import { applyEdits } from '../../../server/src/core/text/edit';
import { random } from '../php-fpm/random';
import { faults } from './lossless';
import { filesBelow } from './nginx';
import { broken, valid } from './snippets';

const PIECES = [
  ...['{', '}', ';', '"', "'", '\\', '#', '\n', '\r', ' ', '\t', '$', '(', ')', '{{', '}}', '{%', '%}', '{#', '#}'],
  ...['<%', '%>', '<%=', '[[', ']]', '--', '--[[', 'a', '1', '\uFEFF', '\0', '\uD800', '😀', '${', '{2}', '};', ';;'],
  ...['server', 'location', 'http', 'listen', 'map', 'types', 'if', 'upstream', 'include', 'proxy_pass', 'events'],
  ...['content_by_lua_block {', 'server {\n', 'return 200', 'server_name', '"a"', 'location ~ ^/[0-9]{4}'],
];

/** Real files, as far as this machine has them, and the snippets. */
const CORPUS = [
  ...filesBelow('/etc/nginx')
    .filter((file) => !/modules-enabled/.test(file))
    .map((file) => readFileSync(file, 'latin1')),
  ...[...valid, ...broken].map(({ text }) => text),
];

function check(text: string): void {
  const tree = parse(text);
  const found = faults(tree);
  if (found.length > 0) expect.fail(`${found.slice(0, 3).join('\n')}\n${JSON.stringify(text)}`);
}

describe('whatever comes in', () => {
  test('soup of pieces', () => {
    const below = random(1);
    for (let round = 0; round < 3000; round++) {
      let text = '';
      for (let i = below(40); i >= 0; i--) text += PIECES[below(PIECES.length)]! + (below(3) === 0 ? ' ' : '');
      check(text);
    }
  });

  test('soup of bytes', () => {
    const below = random(2);
    for (let round = 0; round < 1500; round++) {
      let text = '';
      for (let i = below(200); i >= 0; i--) text += String.fromCharCode(below(4) === 0 ? below(0x10000) : below(128));
      check(text);
    }
  });

  test('real files with pieces cut out and put in', () => {
    const below = random(3);
    for (let round = 0; round < 3000; round++) {
      let text = CORPUS[below(CORPUS.length)]!.slice(0, 6000);
      for (let i = below(4); i >= 0; i--) {
        const at = below(text.length + 1);
        text =
          text.slice(0, at) +
          (below(2) ? PIECES[below(PIECES.length)]! : '') +
          text.slice(at + below(below(4) ? 2 : 60));
      }
      check(text);
    }
  });

  test('a mend fits into its text', () => {
    const below = random(4);
    for (let round = 0; round < 2000; round++) {
      let text = CORPUS[below(CORPUS.length)]!.slice(0, 3000);
      const at = below(text.length + 1);
      text = text.slice(0, at) + text.slice(at + 1 + below(3));
      for (const { fix } of parse(text).problems) if (fix) expect(applyEdits(text, [fix])).not.toBe(text);
    }
  });
});

describe('a megabyte made to hurt is read to the end', () => {
  const MB = 1 << 20;
  // Quadratic work on a megabyte takes minutes, and runs into the test's own limit.
  test.each<[string, string]>([
    ['100 000 nested blocks', `${'a{'.repeat(100_000)}${'}'.repeat(100_000)}`],
    ['100 000 nested locations', `${'location / {\n'.repeat(100_000)}`],
    ['1 MB of {', '{'.repeat(MB)],
    ['1 MB of }', '}'.repeat(MB)],
    ['1 MB of ;', ';'.repeat(MB)],
    ['1 MB of "', '"'.repeat(MB)],
    ['1 MB of single quotes and spaces', "' ".repeat(MB / 2)],
    ['1 MB of \\', '\\'.repeat(MB)],
    ['1 MB of $', '$'.repeat(MB)],
    ['1 MB of #', '#'.repeat(MB)],
    ['1 MB of lines with #', '#\n'.repeat(MB / 2)],
    ['1 MB of line ends', '\n'.repeat(MB)],
    ['1 MB of {{', '{{'.repeat(MB / 2)],
    ['1 MB of {{ as words', 'a {{ '.repeat(MB / 5)],
    ['1 MB of {{ in strings', '"{{ "x'.repeat(MB / 6)],
    ['1 MB of {%', '{% '.repeat(MB / 3)],
    ['1 MB of <%', '<% '.repeat(MB / 3)],
    ['1 MB of {# ', '{# '.repeat(MB / 3)],
    ['1 MB of {{ }}', '{{ }} '.repeat(MB / 6)],
    ['1 MB in one word', 'a'.repeat(MB)],
    ['1 MB in one string', `"${'a'.repeat(MB)}`],
    ['1 MB of words without ;', 'listen '.repeat(MB / 7)],
    ['1 MB of lines without ;', 'listen 80\n'.repeat(MB / 10)],
    ['1 MB of known names on lines', 'server\n'.repeat(MB / 7)],
    ['1 MB of map lines without ;', `map $a $b {\n${'a b\n'.repeat(MB / 4)}`],
    ['1 MB of words and text glued to strings', '"a"b '.repeat(MB / 5)],
    ['1 MB of strings over lines', '"a\n'.repeat(MB / 3)],
    ['1 MB of glued braces', 'return 200}\n'.repeat(MB / 12)],
    ['1 MB of braces in words', 'return {a} '.repeat(MB / 11)],
    ['1 MB of quantifiers', `location ~ ${'a{2}'.repeat(MB / 4)}`],
    ['1 MB of open Lua blocks', 'content_by_lua_block {\n'.repeat(MB / 23)],
    ['1 MB of Lua long brackets', `content_by_lua_block {${'[['.repeat(MB / 2)}`],
    ['1 MB of Lua level brackets', `content_by_lua_block {${'[='.repeat(MB / 2)}`],
    ['1 MB of Lua equals signs', `content_by_lua_block {[${'='.repeat(MB)}`],
    ['1 MB of Lua comments', `content_by_lua_block {${'--[['.repeat(MB / 4)}`],
    ['1 MB of Lua quotes', `content_by_lua_block {${'"'.repeat(MB)}`],
    ['a long line of blocks', 'location /a { return 200; } '.repeat(MB / 28)],
    ['100 000 open blocks with wrong content', `http {\n${'upstream a {\n server {\n'.repeat(30_000)}`],
  ])(
    '%s',
    (_, text) => {
      const tree = parse(text);
      expect(tree.problems.length).toBeLessThanOrEqual(100);
    },
    20_000,
  );

  test('pieces repeated two hundred thousand times', () => {
    const below = random(5);
    for (let round = 0; round < 60; round++) {
      let unit = '';
      for (let i = 1 + below(4); i >= 0; i--) unit += PIECES[below(PIECES.length)]!;
      const text = unit.repeat(Math.ceil(200_000 / unit.length));
      parse(text);
    }
  });
});
