import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyEdits } from '../../../server/src/core/text/edit';
import { mapFiles } from '../../../server/src/core/text/files';
import { isGlob, matchesComponent } from '../../../server/src/core/text/glob';
import { lineMap } from '../../../server/src/core/text/line-map';
import { basename, dirname, isAbsolute, normalize, relative, resolve } from '../../../server/src/core/text/path';
import { shellWord } from '../../../server/src/core/text/shell';
import { contains, overlaps } from '../../../server/src/core/text/span';
import { random } from '../php-fpm/random';

describe('lines', () => {
  test.each<[string, string, [number, number][]]>([
    ['nothing', '', [[0, 0]]],
    ['no line end', 'ab', [[0, 2]]],
    [
      'LF',
      'a\nb\n',
      [
        [0, 1],
        [2, 3],
        [4, 4],
      ],
    ],
    [
      'CRLF',
      'a\r\nb\r\n',
      [
        [0, 1],
        [3, 4],
        [6, 6],
      ],
    ],
    [
      'a lone CR',
      'a\rb\r',
      [
        [0, 1],
        [2, 3],
        [4, 4],
      ],
    ],
    [
      'mixed',
      'a\n\rb\r\n\n',
      [
        [0, 1],
        [2, 2],
        [3, 4],
        [6, 6],
        [7, 7],
      ],
    ],
    [
      'CR CR LF',
      '\r\r\n',
      [
        [0, 0],
        [1, 1],
        [3, 3],
      ],
    ],
  ])('%s', (_, text, lines) => {
    const map = lineMap(text);
    expect(map.lineCount).toBe(lines.length);
    expect(lines.map((_, i) => [map.lineStart(i), map.lineEnd(i)])).toEqual(lines);
  });

  test('every offset becomes a position and comes back, but inside CRLF', () => {
    const below = random(7);
    for (let round = 0; round < 500; round++) {
      const text = Array.from({ length: below(30) }, () => ['a', '\n', '\r', '\r\n', '😀', 'é'][below(6)]).join('');
      const map = lineMap(text);
      for (let offset = 0; offset <= text.length; offset++) {
        const position = map.position(offset);
        if (text[offset - 1] === '\r' && text[offset] === '\n') continue;
        expect(map.offset(position)).toBe(offset);
      }
    }
  });

  test('what lies outside is taken as the nearest place', () => {
    const map = lineMap('ab\ncd');
    expect(map.offset({ line: 0, character: 99 })).toBe(2);
    expect(map.offset({ line: 9, character: 0 })).toBe(5);
    expect(map.offset({ line: 0, character: -1 })).toBe(0);
    expect(map.position(99)).toEqual({ line: 1, character: 2 });
    expect(map.position(-1)).toEqual({ line: 0, character: 0 });
    expect(map.range({ start: 1, end: 4 })).toEqual({
      start: { line: 0, character: 1 },
      end: { line: 1, character: 1 },
    });
  });
});

describe('edits', () => {
  const edit = (start: number, end: number, newText: string) => ({ span: { start, end }, newText });

  test('are applied together, whatever their order', () => {
    expect(applyEdits('abcdef', [edit(4, 5, 'E'), edit(0, 1, ''), edit(2, 2, '-')])).toBe('b-cdEf');
  });

  test('at one place keep the order in which they are given', () => {
    expect(applyEdits('ab', [edit(1, 1, '1'), edit(1, 1, '2'), edit(1, 2, '3')])).toBe('a123');
  });

  test('that overlap are refused', () => {
    expect(() => applyEdits('abc', [edit(0, 2, ''), edit(1, 3, '')])).toThrow(RangeError);
  });

  test('none leave the text', () => {
    expect(applyEdits('abc', [])).toBe('abc');
  });
});

describe('spans', () => {
  test('hold the offset behind their last character', () => {
    expect(contains({ start: 1, end: 3 }, 3)).toBe(true);
    expect(contains({ start: 1, end: 3 }, 4)).toBe(false);
    expect(overlaps({ start: 1, end: 3 }, { start: 3, end: 3 })).toBe(true);
    expect(overlaps({ start: 1, end: 3 }, { start: 4, end: 5 })).toBe(false);
  });
});

describe('paths', () => {
  test.each([
    ['/etc/nginx', 'conf.d/a.conf', '/etc/nginx/conf.d/a.conf'],
    ['/etc/nginx', '../php/a', '/etc/php/a'],
    ['/etc/nginx', '/x/./y//z', '/x/y/z'],
    ['/', 'a', '/a'],
    ['/', '../../a', '/a'],
    ['.', 'a/b', 'a/b'],
    ['.', '../a', '../a'],
    ['C:/nginx', 'conf/a', 'C:/nginx/conf/a'],
    ['/x', 'C:/nginx', 'C:/nginx'],
    ['vscode-vfs://github/a/b', 'c/../d', 'vscode-vfs://github/a/b/d'],
    ['vscode-vfs://github/a', '../../../c', 'vscode-vfs://github/c'],
    ['/x', 'untitled:Untitled-1', 'untitled:Untitled-1'],
  ])('%s + %s', (base, name, expected) => {
    expect(resolve(base, name)).toBe(expected);
  });

  test('have a folder and a name', () => {
    expect(['/a/b', '/a', 'a', 'a/b', '/', 'C:/a', 'vscode-vfs://g/a'].map(dirname)).toEqual([
      '/a',
      '/',
      '.',
      'a',
      '/',
      'C:/',
      'vscode-vfs://g/',
    ]);
    expect(['/a/b', 'a', '/'].map(basename)).toEqual(['b', 'a', '']);
    expect(['', '.', '/', '/.', 'a/..', '../a/../..'].map(normalize)).toEqual(['.', '.', '/', '/', '.', '../..']);
    expect(['/a', 'C:\\a', 'C:/a', 'untitled:x', 'a', './a', ''].map(isAbsolute)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect([relative('/a', '/a/b/c'), relative('/a/', '/a/b'), relative('/a', '/ab'), relative('/', '/x')]).toEqual([
      'b/c',
      'b',
      '/ab',
      'x',
    ]);
  });
});

describe('files in a map', () => {
  const files = mapFiles(
    new Map([
      ['/a/b/c.conf', 'x'],
      ['/a/d.conf', ''],
    ]),
  );

  test('read, list and tell folders', async () => {
    expect(await files.read('/a/b/c.conf')).toEqual({ text: 'x' });
    expect(await files.read('/a/d.conf')).toEqual({ text: '' });
    expect(await files.read('/a/b')).toMatchObject({ error: 'unreadable' });
    expect(await files.read('/a/x')).toMatchObject({ error: 'missing' });
    expect(await files.list('/a')).toEqual(['b', 'd.conf']);
    expect(await files.list('/a/')).toEqual(['b', 'd.conf']);
    expect(await files.list('/')).toEqual(['a']);
    expect(await files.list('/x')).toEqual([]);
    expect(await Promise.all(['/a', '/a/d.conf', '/a/x'].map((path) => files.stat(path)))).toEqual([
      'folder',
      'file',
      'missing',
    ]);
  });
});

const VALUES = [
  'php8.2-fpm',
  '/run/a b.sock',
  "it's",
  '$(reboot)',
  '`id`',
  'a;b',
  'a&&b',
  '',
  '-rf',
  '--help',
  '*',
  '~',
  'a"b',
  '\\',
  '!x',
  '{a,b}',
  '[x]',
  'привет',
  '#x',
  '<>',
  "''",
  "a'b'c",
  '%s',
  '@',
  'a=b',
  'PATH=x',
];

describe('a word of a shell', () => {
  test('is one word, and no option', () => {
    for (const value of VALUES) {
      const { stdout } = spawnSync('bash', ['-c', `printf '%s\\0' ${shellWord(value)}`], { encoding: 'utf8' });
      expect(stdout).toBe(`${value}\0`);
    }
  });

  test('holds no line end, which would run it when pasted', () => {
    expect(shellWord('a\nreboot\r\u0085\u2028b\u001b[31m')).toBe("'arebootb[31m'");
    expect(shellWord('plain')).toBe('plain');
  });
});

describe('globs match as glob(3) does', () => {
  test.each<[string, string, boolean]>([
    ['*.conf', 'a.conf', true],
    ['*.conf', '.a.conf', false],
    ['.*', '.a', true],
    ['\\.a', '.a', true],
    ['?a', '.a', false],
    ['[.]a', '.a', false],
    ['[!x]*', 'abc', true],
    ['[^x]*', 'xbc', false],
    ['[a-c]', 'b', true],
    ['[]a]', ']', true],
    ['[a-]', '-', true],
    ['[', '[', true],
    ['a[', 'a[', true],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['*', '', true],
    ['', 'a', false],
    ['***a', 'bba', true],
  ])('%s %s', (pattern, name, expected) => {
    expect(matchesComponent(pattern, name)).toBe(expected);
  });

  test('patterns are told by *, ? and [', () => {
    expect(['a*', 'a?', 'a[', 'a', 'a\\', 'a]'].map(isGlob)).toEqual([true, true, true, false, false, false]);
  });

  // bash asks the same glibc functions that nginx does, once its own extensions are off.
  test.skipIf(!existsSync('/bin/bash'))('as the real one, on random patterns', () => {
    const below = random(11);
    const folder = mkdtempSync(join(tmpdir(), 'glob-'));
    try {
      const names = [
        'a',
        'b',
        'ab',
        'ba',
        'aab',
        '.a',
        '.ab',
        'a.b',
        'a.conf',
        '[',
        ']',
        'a[b',
        'a]',
        '-',
        'a-b',
        '!',
        '^a',
        'c',
        'abc',
        '*',
        'a*b',
        '?',
      ];
      for (const name of names) writeFileSync(join(folder, name), '');
      const pieces = [
        '*',
        '?',
        'a',
        'b',
        '.',
        '[a-c]',
        '[!a]',
        '[^a]',
        '[]a]',
        '[a-]',
        '\\*',
        '\\a',
        '[',
        ']',
        '-',
        '[.]',
        '[a',
        '[!]a]',
        'c',
      ];
      const patterns = Array.from({ length: 600 }, () =>
        Array.from({ length: 1 + below(4) }, () => pieces[below(pieces.length)]).join(''),
      );
      const script =
        'shopt -s nullglob; export LC_ALL=C; set +H; while IFS= read -r p; do IFS=; set -- $p; for f in "$@"; do [ -e "$f" ] && printf \'%s/\' "$f"; done; echo; done';
      const { stdout } = spawnSync('bash', ['-c', script], {
        cwd: folder,
        input: `${patterns.join('\n')}\n`,
        encoding: 'utf8',
      });
      const real = stdout.split('\n');
      for (const [i, pattern] of patterns.entries()) {
        // bash leaves a pattern alone that is all quoted. Collating symbols, [[.a.]], are beyond what configurations hold.
        if (!isGlob(pattern.replace(/\\./g, '')) || /\[[^\]]*\[[.:=]/.test(pattern)) continue;
        const ours = names.filter((name) => matchesComponent(pattern, name)).sort();
        expect([pattern, ...ours]).toEqual([
          pattern,
          ...real[i]!.split('/')
            .filter((name) => name !== '' && name !== '.' && name !== '..')
            .sort(),
        ]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('come to an end, whatever the pattern', () => {
    matchesComponent(`${'*a'.repeat(2000)}b`, 'a'.repeat(4000));
    matchesComponent('[a-'.repeat(2000), 'a'.repeat(4000));
  });
});
