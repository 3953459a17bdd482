import { describe, expect, test } from 'vitest';
import { quoteValue, setSettings } from '../../../server/src/core/php-fpm/edit';
import { pools } from '../../../server/src/core/php-fpm/model';
import { parse } from '../../../server/src/core/php-fpm/parser';
import { applyEdits } from '../../../server/src/core/text/edit';
import { random } from './random';

/** The text after settings written `key=value` were set in the named section, checked for being done with. */
function set(text: string, name: string | null, ...settings: string[]): string {
  const wanted = settings.map((one) => {
    const at = one.indexOf('=');
    return { key: one.slice(0, at), value: one.slice(at + 1) };
  });
  const edit = (source: string): string => {
    const tree = parse(source);
    const section = name === null ? tree.preamble : tree.sections.find((one) => one.name === name)!;
    return applyEdits(source, setSettings(tree, section, wanted));
  };
  const result = edit(text);
  expect(edit(result)).toBe(result);
  return result;
}

describe('setSettings', () => {
  test.each<[string, string, string[], string]>([
    [
      'in place, keeping comment and space',
      '[a]\nlisten  =  1   ; why\nx = 1\n',
      ['listen=2'],
      '[a]\nlisten  =  2   ; why\nx = 1\n',
    ],
    ['the last one, which counts', '[a]\nlisten=1\nLISTEN=2\n', ['listen=3'], '[a]\nlisten=1\nLISTEN=3\n'],
    ['the first one of brackets, which counts', '[a]\nenv[A]=1\nenv[A]=2\n', ['env[A]=3'], '[a]\nenv[A]=3\nenv[A]=2\n'],
    [
      'nothing for what is so already',
      '[a]\nuser = "x"\nclear_env=no\n',
      ['user=x', 'clear_env=off'],
      '[a]\nuser = "x"\nclear_env=no\n',
    ],
    [
      'an empty value',
      '[a]\nuser =\ngroup=\r\nx = \n',
      ['user=u', 'group=g', 'x=y'],
      '[a]\nuser = u\ngroup=g\r\nx = y\n',
    ],
    ['a key without a value', '[a]\nuser ; c\n', ['user=u'], '[a]\nuser = u ; c\n'],
    ['a template', '[a]\nuser = {{ u }}\n', ['user=u'], '[a]\nuser = u\n'],
    [
      'behind the family, as one group',
      '[a]\nlisten = 1\n;listen.owner = x\n\npm = static\n',
      ['listen.owner=u', 'listen.group=g'],
      '[a]\nlisten = 1\nlisten.owner = u\nlisten.group = g\n;listen.owner = x\n\npm = static\n',
    ],
    [
      'each behind its own family',
      '[a]\nlisten=1\npm=static\nuser=x\n',
      ['pm.max_children=5', 'listen.mode=0660'],
      '[a]\nlisten=1\nlisten.mode=0660\npm=static\npm.max_children=5\nuser=x\n',
    ],
    [
      'behind the commented line, uncommenting nothing',
      '[a]\npm = static\n; Timeout\n;request_terminate_timeout = 0\n\n; more\n',
      ['request_terminate_timeout=30s'],
      '[a]\npm = static\n; Timeout\n;request_terminate_timeout = 0\nrequest_terminate_timeout = 30s\n\n; more\n',
    ],
    [
      'at the end of a section',
      '[a]\npm = static\n\n; about b\n[b]\nx=1\n',
      ['user=u'],
      '[a]\npm = static\nuser = u\n\n; about b\n[b]\nx=1\n',
    ],
    [
      'at the end of the last section',
      '[a]\npm = static\n; end\n\n',
      ['user=u'],
      '[a]\npm = static\n; end\nuser = u\n\n',
    ],
    ['in an empty section', '[a]\n[b]\nx=1\n', ['user=u'], '[a]\nuser=u\n[b]\nx=1\n'],
    [
      'in a file that ends without a line end',
      '[a]\r\npm=static',
      ['pm.max_children=1', 'pm.max_requests=2'],
      '[a]\r\npm=static\r\npm.max_children=1\r\npm.max_requests=2',
    ],
    [
      'with CRLF and indent',
      '[a]\r\n\tlisten = 1 ; x\r\n',
      ['listen.mode=0660'],
      '[a]\r\n\tlisten = 1 ; x\r\n\tlisten.mode = 0660\r\n',
    ],
    [
      'with signs lined up',
      '[a]\nlisten         = 1\n',
      ['listen.owner=u'],
      '[a]\nlisten         = 1\nlisten.owner   = u\n',
    ],
    ['the space of other sections', '[a]\n[b]\nx\t=\t1\n', ['user=u'], '[a]\nuser\t=\tu\n[b]\nx\t=\t1\n'],
    [
      'behind a header with more on its line',
      '[a] pm = static ; x\n[b]\n',
      ['pm.max_children=1'],
      '[a] pm = static ; x\npm.max_children = 1\n[b]\n',
    ],
    ['a key twice is set once', '[a]\n', ['user=x', 'user=y'], '[a]\nuser = y\n'],
    [
      'quoted where it must be',
      '[a]\n',
      ['env[A]=a;b', 'env[B]="c"', 'env[C]=E_ALL & ~E_NOTICE', 'env[D]=a|b'],
      '[a]\nenv[A] = "a;b"\nenv[B] = "c"\nenv[C] = E_ALL & ~E_NOTICE\nenv[D] = "a|b"\n',
    ],
  ])('%s', (_, text, settings, expected) => {
    expect(set(text, 'a', ...settings)).toBe(expected);
  });

  test('before the first section', () => {
    expect(set('', null, 'daemonize=no')).toBe('daemonize = no\n');
    expect(set('[a]\nx=1\n', null, 'daemonize=no')).toBe('daemonize=no\n[a]\nx=1\n');
    expect(set('\uFEFF[a]\n', null, 'daemonize=no')).toBe('\uFEFFdaemonize = no\n[a]\n');
    expect(set('; c\npid = 1\n[a]\n', null, 'daemonize=no')).toBe('; c\npid = 1\ndaemonize = no\n[a]\n');
  });

  test('in any file the settings hold afterwards, and nothing else is lost', () => {
    const next = random(99);
    const lines = [
      '[a]',
      '[a]',
      '[b]',
      ';x = 1',
      '; user = z',
      'user = u',
      'listen=1 ; c',
      '\tpm = "static"',
      'pm.x = y',
      '',
      '# x',
      'env[A] = 1',
      'user',
      'a = (',
      'listen = {{ x }}',
    ];
    for (let i = 0; i < 2000; i++) {
      const eol = next(2) ? '\n' : '\r\n';
      const text =
        ['[a]', ...Array.from({ length: next(9) }, () => lines[next(lines.length)]!)].join(eol) + (next(2) ? eol : '');
      const before = parse(text);
      const wanted = [
        { key: 'user', value: 'new' },
        { key: 'listen.mode', value: '0660' },
        { key: 'env[A]', value: 'x;y' },
      ];
      const edits = setSettings(before, before.sections[0]!, wanted);
      const after = parse(applyEdits(text, edits));
      expect(setSettings(after, after.sections[0]!, wanted)).toEqual([]);
      expect(after.problems.length).toBeLessThanOrEqual(before.problems.length);
      const own = pools([{ file: 'a', tree: { ...after, sections: [after.sections[0]!] } }]).pool('a')!;
      expect([own.get('user')!.value, own.get('listen.mode')!.value, own.sub('env', 'A')!.value]).toEqual([
        'new',
        '0660',
        'x;y',
      ]);
      const comments = (tree: typeof before): string[] =>
        tree.entries.flatMap((one) => (one.kind === 'comment' ? [tree.text.slice(one.span.start, one.span.end)] : []));
      expect(comments(after)).toEqual(comments(before));
      if (eol === '\r\n' && /\r\n/.test(text)) expect(after.text).not.toMatch(/[^\r]\n/);
    }
  });
});

test('quoteValue', () => {
  const next = random(5);
  const pieces = ['a', ' ', '"', '\\', '$', '${', '}', ';', '|', 'yes', "'", '=', '(', 'E_ALL'];
  for (let i = 0; i < 3000; i++) {
    const value = Array.from({ length: next(7) }, () => pieces[next(pieces.length)]!).join('');
    const { preamble, problems } = parse(`k = ${quoteValue(value)}\n`);
    expect(problems).toEqual([]);
    expect([preamble.settings[0]!.value, preamble.settings[0]!.known]).toEqual([value, true]);
  }
  expect(['a', '/run/x.sock', 'a b', '$pool', 'yes', '', '1'].map(quoteValue)).toEqual([
    'a',
    '/run/x.sock',
    'a b',
    '$pool',
    '"yes"',
    '',
    '1',
  ]);
});
