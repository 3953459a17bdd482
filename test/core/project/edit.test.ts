import { describe, expect, test } from 'vitest';
import { setDirectives, type Wanted } from '../../../server/src/core/project/edit';
import { applyEdits } from '../../../server/src/core/text/edit';
import { at, make } from './make';

/** The text after directives written `name arg arg` were set in the block that starts with `block`, behind `anchor`. */
async function set(
  text: string,
  block: string | null,
  wanted: readonly string[],
  anchor: string | null = null,
  key = 0,
): Promise<string> {
  const file = '/p/nginx.conf';
  const all = wanted.map((one): Wanted => {
    const [name, ...args] = one.split(' ');
    return { name: name!, args, key };
  });
  const edit = async (before: string): Promise<string> => {
    const project = await make({ 'nginx.conf': before });
    const place = { file, directive: block === null ? null : at(project, file, block).directive };
    return applyEdits(
      before,
      setDirectives(project, place, all, anchor === null ? null : at(project, file, anchor).directive),
    );
  };
  const after = await edit(text);
  expect(await edit(after), 'setting it twice').toBe(after);
  expect((await make({ 'nginx.conf': after })).nginx(file)!.tree.problems).toEqual([]);
  return after;
}

describe('setDirectives', () => {
  test.each<[string, string, string | null, string[], string | null, string]>([
    [
      'at the end of a block',
      'http {\n    a 1;\n}\n',
      'http',
      ['b 2', 'c 3'],
      null,
      'http {\n    a 1;\n    b 2;\n    c 3;\n}\n',
    ],
    [
      'behind its anchor',
      'http {\n    a 1;\n    z 9;\n}\n',
      'http',
      ['b 2'],
      'a',
      'http {\n    a 1;\n    b 2;\n    z 9;\n}\n',
    ],
    [
      'behind the comment behind its anchor',
      'http {\n    a 1; # one\n    z 9;\n}\n',
      'http',
      ['b 2'],
      'a',
      'http {\n    a 1; # one\n    b 2;\n    z 9;\n}\n',
    ],
    [
      'between two on one line',
      'http {\n    a 1; z 9;\n}\n',
      'http',
      ['b 2'],
      'a',
      'http {\n    a 1;\n    b 2;\n    z 9;\n}\n',
    ],
    [
      'before a brace on the line of its anchor',
      'http {\n    a 1; }\n',
      'http',
      ['b 2'],
      'a',
      'http {\n    a 1;\n    b 2;\n}\n',
    ],
    ['in a block on one line', 'http { a 1; }\n', 'http', ['b 2'], null, 'http { a 1; b 2; }\n'],
    ['in a block on one line without space', 'http {a 1;}\n', 'http', ['b 2'], null, 'http {a 1; b 2;}\n'],
    ['in an empty block on one line', 'http {}\n', 'http', ['b 2'], null, 'http { b 2; }\n'],
    ['in an empty block with a space', 'http { }\n', 'http', ['b 2'], null, 'http { b 2; }\n'],
    ['in an empty block on two lines', 'http {\n}\n', 'http', ['b 2'], null, 'http {\n    b 2;\n}\n'],
    [
      'in a block with only a comment',
      'http {\n    # nothing yet\n}\n',
      'http',
      ['b 2'],
      null,
      'http {\n    b 2;\n    # nothing yet\n}\n',
    ],
    [
      'in a nested block, with its step',
      'http {\n  server {\n  }\n}\n',
      'server',
      ['b 2'],
      null,
      'http {\n  server {\n    b 2;\n  }\n}\n',
    ],
    [
      'with tabs',
      'http {\n\tserver {\n\t\ta 1;\n\t}\n}\n',
      'server',
      ['b 2'],
      null,
      'http {\n\tserver {\n\t\ta 1;\n\t\tb 2;\n\t}\n}\n',
    ],
    ['with CRLF', 'http {\r\n    a 1;\r\n}\r\n', 'http', ['b 2'], null, 'http {\r\n    a 1;\r\n    b 2;\r\n}\r\n'],
    ['at the end of a file', 'a 1;\n', null, ['b 2'], null, 'a 1;\nb 2;\n'],
    ['at the end of a file without a line end', 'a 1;', null, ['b 2'], null, 'a 1;\nb 2;'],
    [
      'behind a block',
      'http {\n    if ($x) {\n        a 1;\n    }\n}\n',
      'http',
      ['b 2'],
      'if',
      'http {\n    if ($x) {\n        a 1;\n    }\n    b 2;\n}\n',
    ],
    [
      'a value changed in place, comment and space kept',
      'http {\n    b    1;   # why\n}\n',
      'http',
      ['b 2'],
      null,
      'http {\n    b    2;   # why\n}\n',
    ],
    [
      'the last of two that are there',
      'http {\n    b 1;\n    b 3;\n}\n',
      'http',
      ['b 2'],
      null,
      'http {\n    b 1;\n    b 2;\n}\n',
    ],
    [
      'several words changed in place',
      'http {\n    b x\n      y;\n}\n',
      'http',
      ['b 2 3'],
      null,
      'http {\n    b 2 3;\n}\n',
    ],
    ['nothing where it is so already', 'http {\n    b "2";\n}\n', 'http', ['b 2'], null, 'http {\n    b "2";\n}\n'],
    [
      'beside one of its kind that is changed',
      'http {\n    b 1;\n    z 9;\n}\n',
      'http',
      ['b 2', 'c 3'],
      null,
      'http {\n    b 2;\n    c 3;\n    z 9;\n}\n',
    ],
    [
      'the last directive lies on the line of the brace',
      'http {\n    a 1; b 3; }\n',
      'http',
      ['c 2'],
      null,
      'http {\n    a 1; b 3;\n    c 2;\n}\n',
    ],
  ])('%s', async (_, text, block, wanted, anchor, expected) => {
    expect(await set(text, block, wanted, anchor)).toBe(expected);
  });

  test('one of several by its first argument, whatever its case', async () => {
    const text = 'http {\n    h Host $host;\n    h connection "";\n}\n';
    expect(await set(text, 'http', ['h Connection upgrade', 'h X y'], null, 1)).toBe(
      'http {\n    h Host $host;\n    h Connection upgrade;\n    h X y;\n}\n',
    );
  });

  test('what an include brings in is changed there', async () => {
    const project = await make({ 'nginx.conf': 'http {\n  include a.conf;\n}\n', 'a.conf': 'b 1;\n' });
    const block = { file: '/p/nginx.conf', directive: at(project, '/p/nginx.conf', 'http').directive };
    const edits = setDirectives(
      project,
      block,
      [
        { name: 'b', args: ['2'] },
        { name: 'c', args: ['3'] },
      ],
      null,
    );
    expect(edits.map(({ file, newText }) => [file, newText])).toEqual([
      ['/p/a.conf', '2'],
      ['/p/nginx.conf', '\n  c 3;'],
    ]);
  });
});
