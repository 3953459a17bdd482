/** The matcher for configuration regexes agrees with JavaScript's where both know the syntax, and never blows up. */
import { describe, expect, test } from 'vitest';
import { matcher } from '../../../server/src/core/nginx/regex';

const TEXTS = [
  '',
  '/',
  '/index.php',
  '/a/b/c.PHP',
  '/img/x.jpeg',
  '/api/v12/users',
  'aaa',
  'ab',
  'a.b',
  '/x y',
  '_9',
  'abcabc',
  '/é',
];

describe('agrees with JavaScript', () => {
  test.each([
    '\\.php$',
    '^/api/v\\d+/',
    '\\.(?:jpe?g|gif|png)$',
    '^/(a|b)/(c|d)?',
    '[^/]+$',
    '^[a-c.]{2,3}$',
    'a{2}',
    'a{2,}',
    '(ab|c)*c$',
    '^(?:abc){2}$',
    '^\\w+$',
    '\\bb',
    '^/?$',
    '(a+)+$',
    'x|y|^$',
    '[\\d_-]',
    '[]a]',
    'a.b',
    '\\S\\s\\S',
    '^.*b.*c',
    'a*?b',
  ])('%s', (pattern) => {
    for (const flags of ['', 'i']) {
      const ours = matcher(pattern, flags === 'i');
      // "[]a]" is an empty set followed by text in JavaScript, a set of two in PCRE.
      const theirs = new RegExp(pattern.replace('[]a]', '[\\]a]'), flags);
      for (const text of TEXTS) expect(ours?.test(text), `${pattern} on ${text}`).toBe(theirs.test(text));
    }
  });
});

test.each([
  ['(?i)\\.PHP$', '/x.php', true],
  ['^(?<name>[a-z]+)/(?P<rest>.*)$', 'abc/d', true],
  ["^(?'name'[a-z]+)$", 'abc', true],
  ['[[:alpha:]]+[[:^digit:]]', 'ab', true],
  ['\\x2fx', '/x', true],
  ['(?i:A)b', 'aB', false],
])('knows PCRE: %s', (pattern, text, expected) => {
  expect(matcher(pattern, false)?.test(text)).toBe(expected);
});

test.each([
  '(',
  ')',
  'a)',
  '[a',
  '*',
  'a**b',
  '(?=a)',
  '(?!a)',
  '\\1',
  '(a)\\1',
  'a{3,2}',
  '[z-a]',
  '\\',
  '(?<=a)',
  '(?x)a',
  '[[:nope:]]',
])('does not pretend to know %s', (pattern) => expect(matcher(pattern, false)).toBeNull());

test.each([
  '^/(a+)+$',
  '^/(a|a)*b',
  '^/(a|aa)+$',
  '^/a*a*a*a*a*b',
  '(.*)*x',
  '((a{1,99}){1,99}){1,9}b',
  '(a{1000}){1000}',
  `${'('.repeat(5000)}`,
])('comes to an end: %s', (pattern) => {
  matcher(pattern, false)?.test(`/${'a'.repeat(8000)}!`);
});
