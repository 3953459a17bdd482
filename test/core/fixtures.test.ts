import { describe, expect, test } from 'vitest';
import { readFixture } from './fixtures';

const fence = (info: string, body: string): string => `## Case\n\n\`\`\`${info}\n${body}\n\`\`\`\n`;
const first = (info: string, body: string) => readFixture('x', fence(info, body)).cases[0]!.files[0]!;

describe('a fixture', () => {
  test('is read with its marks, which are no part of the text', () => {
    const file = first('nginx nginx.conf', 'a b;\n# ^ error: no b\nc;\n^ hint: c\n  # a comment');
    expect(file).toMatchObject({
      language: 'nginx',
      path: 'nginx.conf',
      text: 'a b;\nc;\n  # a comment\n',
      cursor: null,
    });
    expect(file.marks).toEqual([
      { kind: 'error', start: 2, end: 3, text: 'no b', line: 5 },
      { kind: 'hint', start: 5, end: 6, text: 'c', line: 7 },
    ]);
  });

  test('marks columns as they are in the file: with tabs, repetitions and the cursor taken into account', () => {
    const tabbed = first('nginx a.conf tabs', '    a b;\n#     ^ error: x');
    expect([tabbed.text, tabbed.marks[0]!.start]).toEqual(['\ta b;\n', 3]);
    const long = first('nginx a.conf', 'a <x*5> c;\n# ^^^^^ error: y\n#       ^ hint: z');
    expect(long.text).toBe('a xxxxx c;\n');
    expect(long.marks.map(({ start, end }) => [start, end])).toEqual([
      [2, 7],
      [8, 9],
    ]);
    expect(first('nginx a.conf', 'a <|>b;').cursor).toBe(2);
    expect(first('nginx a.conf', 'a <|>b;').text).toBe('a b;\n');
  });

  test('keeps line ends, a byte order mark and a missing last line end', () => {
    expect(first('nginx a.conf crlf', 'a;\nb;').text).toBe('a;\r\nb;\r\n');
    expect(first('nginx a.conf', '<BOM>a;\n^^^^^ error: x')).toMatchObject({
      text: '\uFEFFa;\n',
      marks: [{ start: 0, end: 1 }],
    });
    expect(first('nginx a.conf no-newline', 'a;').text).toBe('a;');
    expect(first('nginx a.conf', 'a;\n\n^ error: the end')).toMatchObject({
      text: 'a;\n',
      marks: [{ start: 3, end: 3 }],
    });
  });

  test('holds what is fixed, by the id of the fix', () => {
    const markdown = `${fence('nginx a.conf version=1.22.1', 'a;')}\n\`\`\`nginx a.conf fixed\nb;\n\`\`\`\n\`\`\`nginx a.conf fixed=other\nc;\n\`\`\`\n`;
    const [one] = readFixture('x', markdown).cases;
    expect(one!.fixed.get('')!.get('a.conf')).toBe('b;\n');
    expect(one!.fixed.get('other')!.get('a.conf')).toBe('c;\n');
    expect(one!.options.get('version')).toBe('1.22.1');
  });

  test.each<[string, string, string]>([
    ['an unknown language', fence('ngnix a.conf', 'a;'), 'unknown language'],
    ['no path', fence('nginx', 'a;'), 'without a path'],
    ['an unknown word', fence('nginx a.conf fixt', 'a;'), 'unknown word'],
    ['marks that point behind the line', fence('nginx a.conf', 'a;\n#      ^^^ error: x'), 'behind the line'],
    ['marks above everything', fence('nginx a.conf', '# ^ error: x'), 'no line above'],
    ['marks that say nothing', fence('nginx a.conf', 'abc;\n# ^^^ eror: x'), 'says nothing'],
    ['marks in a fixed file', fence('nginx a.conf fixed', 'abc;\n# ^ error: x'), 'marks in a fixed'],
    ['two cursors', fence('nginx a.conf', '<|>a;\n<|>b;'), 'second cursor'],
    ['a file twice', `${fence('nginx a.conf', 'a;')}\`\`\`nginx a.conf\n\`\`\`\n`, 'there twice'],
    ['an open fence', '## Case\n```nginx a.conf\na;\n', 'not closed'],
    ['a fence without a case', '```nginx a.conf\n```\n', 'before the first'],
    ['a case without files', '## Case\n\ntext\n', 'has no file'],
    ['two cases of one title', fence('nginx a.conf', 'a;') + fence('nginx a.conf', 'a;'), 'one title'],
  ])('fails for %s', (_, markdown, message) => {
    expect(() => readFixture('x', markdown)).toThrow(message);
  });
});
