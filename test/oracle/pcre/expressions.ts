/** Regular expressions to ask PCRE about: what people write, with pieces put in, taken out and mixed. */
import { type Random, seeded } from '../nginx/random';

/** As they stand in configurations. */
export const COMMON: readonly string[] = [
  ...['\\.php$', '^/api/v(\\d+)/(.*)$', '\\.(?:jpe?g|png|gif|ico|css|js)$', '^(.+\\.php)(/.+)$', '^/old/(?<rest>.*)$'],
  ...['^(www\\.)?(.+)$', '(android|iphone|ipad)', '^/[0-9a-f]{8}-[0-9a-f]{4}$', '^/(?!static/|media/).*', 'bot|crawl'],
  ...[
    '^~?[\\w.-]+@[\\w-]+\\.[a-z]{2,}$',
    '(?i)^https?://([^/:]+\\.)?example\\.com',
    '^/(en|de|fr)(?=/|$)',
    '/\\.(?!well-known)',
  ],
  ...[
    '^(?P<tenant>[a-z0-9-]+)\\.example\\.com$',
    '[^/]+\\.(ht|git)',
    '(?<!x)y',
    '(?<=/api)/',
    '^/[^/]*$',
    '.*',
    '^$',
    '/a+b*c?',
  ],
  ...[
    '^/product/(?<id>\\d{1,10})(?:/(?<slug>[\\w-]*))?/?$',
    '(?s)a.b',
    '\\bfoo\\b',
    '^[\\x20-\\x7e]+$',
    '\\Q.php\\E$',
    '(a)(b)\\2',
  ],
];

/** Pieces, right and wrong, common and rare. */
export const PIECES: readonly string[] = [
  ...[
    '(',
    ')',
    '(?:',
    '(?',
    '(?<',
    '[',
    ']',
    '{',
    '}',
    '|',
    '*',
    '+',
    '?',
    '^',
    '$',
    '.',
    '\\',
    '-',
    '/',
    'a',
    'Z',
    '0',
    ' ',
    '#',
  ],
  ...[
    '{2}',
    '{2,}',
    '{,3}',
    '{3,2}',
    '{65535}',
    '{65536}',
    '{1,99999}',
    '{0}',
    '{1,2}+',
    '{a}',
    '*?',
    '++',
    '**',
    '+*',
    '{2}{3}',
  ],
  ...[
    '(?<n>',
    "(?'n'",
    '(?P<n>',
    '(?P=n)',
    '(?P>n)',
    '(?&n)',
    '(?<1n>',
    '(?<n',
    '(?<n-m>',
    '(?<>',
    '(?<n>a)',
    '(?<m>b)',
    '(?Pn)',
  ],
  ...[
    '(?=',
    '(?!',
    '(?<=',
    '(?<!',
    '(?>',
    '(?|',
    '(?*',
    '(?<*',
    '(?#c)',
    '(?#',
    '(?R)',
    '(?R',
    '(?0)',
    '(?1)',
    '(?+1)',
    '(?-1)',
    '(?+a',
  ],
  ...[
    '(?i)',
    '(?-i)',
    '(?im-sx:',
    '(?x)',
    '(?xx)',
    '(?n)',
    '(?J)',
    '(?^)',
    '(?^:',
    '(?^-i)',
    '(?i-m-s)',
    '(?z)',
    '(?i',
    '(?U:',
    '(?x: a # b\n)',
  ],
  ...[
    '(?(1)',
    '(?(1)a|b)',
    '(?(1)a|b|c)',
    '(?(<n>)a)',
    "(?('n')a)",
    '(?(n)a|b)',
    '(?(R)a)',
    '(?(R1)a)',
    '(?(R&n)a)',
    '(?(DEFINE)(a))',
  ],
  ...[
    '(?(DEFINE)a|b)',
    '(?(?=a)b|c)',
    '(?(?<!a)b)',
    '(?(0)a)',
    '(?(-1)a)',
    '(?(+1)a)',
    '(?(99)a)',
    '(?(x)a',
    '(?(VERSION>=10.4)a|b)',
    '(?(*pla:a)b)',
  ],
  ...[
    '(*FAIL)',
    '(*F)',
    '(*ACCEPT)',
    '(*COMMIT)',
    '(*PRUNE)',
    '(*SKIP:x)',
    '(*THEN)',
    '(*MARK:x)',
    '(*:x)',
    '(*MARK)',
    '(*FOO)',
    '(*',
    '(*)',
  ],
  ...[
    '(*UTF8)',
    '(*UCP)',
    '(*ANYCRLF)',
    '(*LIMIT_MATCH=5)',
    '(*pla:',
    '(*nlb:',
    '(*atomic:',
    '(*sr:',
    '(*asr:',
    '(*foo:',
    '(*positive_lookahead:',
    '(*commit)',
  ],
  ...['(?C)', '(?C1)', '(?C256)', '(?C"x")', '(?C"x', '(?Cx)'],
  ...[
    '\\d',
    '\\D',
    '\\w',
    '\\s',
    '\\b',
    '\\B',
    '\\A',
    '\\z',
    '\\Z',
    '\\G',
    '\\R',
    '\\X',
    '\\C',
    '\\N',
    '\\h',
    '\\v',
    '\\e',
    '\\t',
    '\\/',
    '\\_',
  ],
  ...[
    '\\y',
    '\\i',
    '\\F',
    '\\L',
    '\\U',
    '\\u0041',
    '\\Q',
    '\\E',
    '\\Qa',
    '\\c',
    '\\cA',
    '\\c\u00e9',
    '\\x',
    '\\x4',
    '\\x41',
    '\\x{41}',
    '\\x{100}',
    '\\x{',
    '\\x{}',
  ],
  ...[
    '\\x{zz}',
    '\\o{101}',
    '\\o{',
    '\\o{9}',
    '\\o{400}',
    '\\o',
    '\\0',
    '\\012',
    '\\400',
    '\\377',
    '\\1',
    '\\2',
    '\\8',
    '\\9',
    '\\10',
    '\\81',
    '\\99999',
    '\\11',
  ],
  ...[
    '\\g1',
    '\\g{1}',
    '\\g{-1}',
    '\\g{+1}',
    '\\g{n}',
    '\\g<1>',
    "\\g'n'",
    '\\g<n>',
    '\\g',
    '\\g{',
    '\\g0',
    '\\g{-9}',
    '\\k<n>',
    '\\k{n}',
    "\\k'n'",
    '\\k',
    '\\k<',
  ],
  ...[
    '\\p{L}',
    '\\pL',
    '\\p{Lu}',
    '\\P{Greek}',
    '\\p{^Han}',
    '\\p{Foo}',
    '\\p',
    '\\p{',
    '\\p1',
    '\\pQ',
    '\\p{L&}',
    '\\p{sc:Grek}',
    '\\p{bc=al}',
    '\\p{Xan}',
    '\\p{L_u}',
  ],
  ...['\\N{2}', '\\N{U+41}', '\\N{name}', '\\K'],
  ...[
    '[a-z]',
    '[z-a]',
    '[^/]',
    '[]a]',
    '[^]a]',
    '[a',
    '[]',
    '[^]',
    '[-a]',
    '[a-]',
    '[\\w-.]',
    '[.-\\w]',
    '[\\d-]',
    '[a-\\d]',
    '[\\]-a]',
    '[a\\-z]',
    '[\\x41-\\x5a]',
  ],
  ...[
    '[[:alpha:]]',
    '[[:foo:]]',
    '[:alpha:]',
    '[[:^digit:]]',
    '[[.x.]]',
    '[[=x=]]',
    '[[:alpha:]-z]',
    '[a-[:digit:]]',
    '[[:<:]]',
    '[[:>:]]',
    '[[:alpha:',
    '[[:a]',
  ],
  ...[
    '[\\Qa-z\\E]',
    '[\\E]',
    '[\\b]',
    '[\\B]',
    '[\\R]',
    '[\\N]',
    '[\\X]',
    '[\\A]',
    '[\\8]',
    '[\\1]',
    '[\\400]',
    '[\\p{L}]',
    '[\\c]]',
    '[\u0430-\u044f]',
    '[\u044f-\u0430]',
    '[\u00e9-a]',
  ],
  ...[
    '(?<=a+)',
    '(?<=a|bc)',
    '(?<=(a|bc))',
    '(?<=(?:a|b))',
    '(?<=a{3})',
    '(?<=a{2,3})',
    '(?<!\\d?)',
    '(?<=\\R)',
    '(?<=\\X)',
    '(?<=(a)\\1)',
    '(?<=^|,)',
    '(?<=(?1))(a)',
  ],
  ...[
    '(?<=a*b)',
    '(?<=[ab]c)',
    '(?<=(?=a+)b)',
    '(?<=(?<=a+)b)',
    '(?<=a(*ACCEPT)b+)',
    '(?<!(?i)ab)',
    '(?<=\\bfoo\\b)',
    '(?<=.{65535})',
    '(?<=.{65535}a)',
    '(?<=(?>ab))',
  ],
  ...[
    '(a)',
    '(b)?',
    '(?:ab){2,3}',
    '(?:a{1,100}){1,300}',
    '(?:abcdefgh){9999}',
    '(\\w{1,100}){100}',
    '(?|(a)|(b))',
    '(?|(?<n>a)|(?<n>b))',
    '(?|(?<n>a)|(?<m>b))',
  ],
  ...['\u00e9', '\u20ac', '\ud83d\ude00', '(?<\u00e9>a)', '(?<n\u00e9>a)', 'caf\u00e9+'],
];

/** The same for the same seed. */
export function expressions(count: number, seed: string): string[] {
  const random = seeded(`${seed} expressions`);
  const made = new Set<string>([...COMMON, ...PIECES]);
  while (made.size < count + COMMON.length + PIECES.length) made.add(expression(random));
  return [...made].filter((each) => !/[\n\r]/.test(each) || each.includes('(?x'));
}

function expression(random: Random): string {
  switch (random.below(4)) {
    case 0:
      return changed(random, random.pick(COMMON));
    case 1:
      return inserted(random, random.pick(COMMON), random.pick(PIECES));
    case 2: {
      let text = '';
      for (let left = 1 + random.below(5); left > 0; left--) text += random.pick(PIECES);
      return text;
    }
    default: {
      let text = random.pick(COMMON);
      for (let left = 1 + random.below(3); left > 0; left--) text = inserted(random, text, random.pick(PIECES));
      return random.below(3) === 0 ? `(?:${text})` : text;
    }
  }
}

function inserted(random: Random, text: string, piece: string): string {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + piece + text.slice(at);
}

/** A character lost, doubled, swapped with the next, or another one. */
function changed(random: Random, text: string): string {
  const at = random.below(text.length);
  const characters = [...text];
  const here = characters[at] ?? 'a';
  switch (random.below(4)) {
    case 0:
      characters.splice(at, 1);
      break;
    case 1:
      characters.splice(at, 0, here);
      break;
    case 2:
      characters.splice(at, 2, characters[at + 1] ?? '', here);
      break;
    default:
      characters[at] = random.pick([...'()[]{}|*+?^$.\\-a0<>=!:P']);
  }
  return characters.join('');
}
