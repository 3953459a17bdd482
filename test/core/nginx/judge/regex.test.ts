import { describe, expect, test } from 'vitest';
import { signatures } from '../../../../server/src/core/nginx/catalogue';
import { checkParameters } from '../../../../server/src/core/nginx/judge/parameters';
import { readRegex } from '../../../../server/src/core/nginx/judge/regex/read';
import { parse } from '../../../../server/src/core/nginx/parser';

const problem = (pattern: string): string | null => {
  const read = readRegex(pattern);
  return 'problem' in read ? read.problem : null;
};

describe('what is wrong', () => {
  test.each([
    ['^/a(b', 'the ")" that closes a "(" is missing'],
    ['a)', 'a ")" closes nothing'],
    ['[a-z', 'the "]" that closes a "[" is missing'],
    ['[z-a]', 'a range in brackets runs backwards: "z-a"'],
    ['[é-z]', 'nginx reads bytes'],
    ['[[:letter:]]', '"[:letter:]" is no class of characters'],
    ['[:alpha:]', 'write "[[:alpha:]]"'],
    ['*.php', 'there is nothing to repeat before "*"'],
    ['a{2,1}', '"{2,1}" runs backwards'],
    ['a{70000}', 'more than 65535 times'],
    ['(?<n>a)(?<n>b)', 'two groups are called "n"'],
    ['(?<1a>x)', 'starts with the digit "1"'],
    ['(?z)', '"z" is no option'],
    ['(*FOO)', '"(*FOO" is no verb'],
    ['\\p{Foo}', '"\\p{Foo}" is no property'],
    ['(?<=a+)b', 'must have a fixed length, without *, + or {n,}'],
    ['(?<=(a|bc))d', 'branches of a group within it differ'],
    ['(a)\\2', 'group 2, which is not there'],
    ['\\k<n>', 'a group called "n", which is not there'],
    ['(?(1)a|b|c)(x)', 'more than two branches'],
    ['(?:abcdefgh){9999}', 'too large'],
    ['a\\', 'a lone backslash'],
    ['\\x{100}', 'larger than one byte'],
    ['(?#x', 'the comment "(?#" is missing'],
  ])('%s', (pattern, expected) => expect(problem(pattern)).toContain(expected));

  test.each([
    ...[
      '',
      '(?i)^/A',
      '(?<=^|,)a',
      '(?<=ab|c)d',
      '[]a]',
      '[^]]',
      'a{,3}',
      '{a}',
      '(?|(?<n>a)|(?<n>b))',
      '\\Q(\\E',
      '[\\w.-]',
    ],
    ...[
      '(*UTF8)[а-я]',
      '(?x) a # (\n',
      'caf\u00e9+',
      '\\d{3}+',
      '(?(DEFINE)(?<x>a))(?&x)',
      '(?J)(?<n>a)(?<n>b)',
      '\ufffd(',
    ],
  ])('%s is right', (pattern) => expect(problem(pattern)).toBeNull());
});

test('groups and their names', () => {
  expect(readRegex('(a)(?:b)(?<n>c)(?|(d)|(e)(f))')).toEqual({ captures: 4, names: ['n'] });
  expect(readRegex('(?n)(a)(?P<m>b)')).toEqual({ captures: 1, names: ['m'] });
});

describe('what older and newer releases of PCRE take', () => {
  const isRefused = (pattern: string, version: string | null): boolean => {
    const text = `location ~ "${pattern}" {}`;
    const directive = parse(text).items[0]!;
    const signature = signatures('location').find(({ contexts }) => contexts.includes('server'))!;
    return checkParameters(directive, signature, { context: 'server', version, text }) !== null;
  };
  test.each([
    ['[\\w-.]', '1.22.1', true],
    ['[\\w-.]', '1.18.0', false],
    ['[\\w-.]', null, false],
    ['\\y', '1.18.0', false],
    ['\\y', '1.26.0', true],
    ['(?<=a{1,3})b', '1.22.1', true],
    ['(?<=a{1,3})b', '1.27.0', false],
    ['(?<=a{1,3})b', null, false],
    ['(?<=a+)b', null, true],
    ['(', null, true],
  ])('%s, nginx %s: %s', (pattern, version, expected) => expect(isRefused(pattern, version)).toBe(expected));
});

test('long and deep expressions are read to their end', () => {
  expect(problem('('.repeat(4096))).toContain('more than 250');
  expect(problem('[['.repeat(2048))).toContain('missing');
  expect(problem('[[:'.repeat(1365))).toContain('missing');
  expect(problem('(a(?1))'.repeat(585))).toBeNull();
  expect(problem(`(?<=${'(a|b)'.repeat(700)})`)).toBeNull();
  expect(problem(`(?<=${'(?1)'.repeat(900)})(a)`)).toBeNull();
  expect(readRegex('('.repeat(5000))).toEqual({ captures: null, names: [] });
});
