/** Compares the parser with the real php-fpm: the verdict on each file, and the values it dumps. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is php-fpm's own syntax
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseListen } from '../../server/src/core/php-fpm/address';
import { FPM_DIRECTIVES, fpmDirective } from '../../server/src/core/php-fpm/catalogue';
import { type FpmFile, pools } from '../../server/src/core/php-fpm/model';
import { parse } from '../../server/src/core/php-fpm/parser';
import { askFpm, askFpmAbout, fpmBinary, withFolder } from '../core/php-fpm/fpm';
import { random } from '../core/php-fpm/random';

// Who is not root cannot open the default log, and the test of the configuration opens it.
const POOL =
  '[global]\nerror_log = /dev/null\n[www]\nuser = www-data\npm = static\npm.max_children = 2\nlisten = 9000\n';

/** Lines in a pool. What php-fpm says is asked, not written down here. */
const LINES = [
  '',
  '   ',
  ';listen = 1',
  '  ; comment',
  '\t;comment',
  '# comment',
  '#comment = 1',
  '  # comment',
  '# a (b)',
  'foo',
  'ping.path',
  'ping.path ; comment',
  'ping.path /x',
  'ping.path: /x',
  'ping.path = /x',
  '  ping.path=/x  ',
  'ping.path\t=\t/x\t',
  'PING.PATH = /x ; comment',
  'ping.path == /x',
  '= /x',
  '"ping.path" = /x',
  'yes',
  'no = 1',
  'yes = 1',
  'only = 1',
  'null',
  '{',
  '}',
  '(x)',
  '&',
  '$x = y',
  'a{b = c',
  'a(b = c',
  '[x',
  '[',
  '[www',
  '[www;x]',
  '[www]',
  '[WWW]',
  '[www]]',
  '[www] ; comment',
  '[www] ping.path = /x',
  '["www"]',
  "['www']",
  '\t[www]',
  ' [www]',
  '  [www] ; x',
  '[w"w"w]',
  'env[A] = x',
  'env [A] = x',
  'env[ A ] = x',
  'env["A"] = x',
  'env["A" B] = x',
  "env['A'] = x",
  'env[E_ALL] = x',
  'env[A B] = x',
  'env[A;B] = x',
  'env[A',
  'env[A]',
  'env[A] x',
  'env[A]x = y',
  'env[${FPM_TEST}] = x',
  'env[a\\]b] = x',
  'env[a$]b] = x',
  'ping.path = /a\rping.response = b\r',
  'ping.path = /x\r',
  'php_value[a] = $pool/$pool',
  'php_value[a] = "$pool"',
  'slowlog = /tmp/$pool.log',
  '\uFEFFping.path = /x',
  'ping.path = /x\0;',
  ';x\0',
];

const VALUES = [
  ...['', '""', "''", "'' x", "'a", "a'b", "'a;b'", "x'a;b'y", "'a' b", "'a'b", `'a'"b"`, "a ''", "'\\'"],
  ...['a b', 'a   b', 'a  ; c', 'a;b', '"a;b" ; c', '"a";"b"', 'a#b', '# x', ';a', 'a\tb', 'a\\;b', '\u00a0x', 'é'],
  ...['"a', 'a"b', '"a" b "c"', 'a "b" c', 'a" b ; c " d', '"a  " "b"', '"a\\"b"', '"a\\\\b"', '"a\\nb"', '"x\\"'],
  ...['"x\\" ', '"x\\";c', '"\\$x"', '"$x"', '"a$"', '"a"b', '"\\x\\"', '"a" | "b"', '"a\\"\r'],
  ...[
    '1|2',
    'a|b',
    'a||b',
    '|a',
    'a|',
    '1&2|4',
    '1|2&4',
    '6^3&1',
    '!0|4',
    '~1&7',
    '!!1',
    '~~1',
    '~ 1 | 2',
    '^1',
    '1^3',
  ],
  ...[
    '(1|6)&3',
    '(a)',
    '(a',
    'a)',
    'a(b',
    '(1)2',
    '1(2)',
    '(a b)',
    '(a )',
    '( a)',
    '()',
    '((1)',
    'a ~ b',
    'a !b',
    '! 1',
  ],
  ...[
    '99999999999|0',
    '-7|0',
    '7x|0',
    '" 7"|0',
    '0x1f|0',
    '9999999999999999999999|0',
    '-9999999999999999999999|0',
    '+5|0',
  ],
  ...[
    'yes',
    'Yes',
    'TRUE ',
    'on;x',
    'no',
    'none',
    'null',
    'off ',
    'yes please',
    'a yes',
    'yes"a"',
    'no way',
    'noway',
    'true.',
  ],
  ...['"yes"', 'on=1', "on'c'", 'yes|2', '2|yes', 'a null', 'onc', 'nonesuch', 'yes=', 'true false'],
  ...[
    'E_ALL',
    'E_ALL & ~E_NOTICE',
    'E_ALL|E_STRICT',
    'x E_ALL y',
    'x:E_ALL',
    '/a/E_ALL',
    '"E_ALL"',
    "'E_ALL'",
    'e_all',
    '_x',
  ],
  ...[
    'a=b',
    'a = b',
    'a="b"',
    '=',
    'a=',
    '$',
    'a $',
    '$ a',
    '$\\a',
    '$"a"',
    '$;b',
    '$|b',
    'x$=y',
    '$\\$;x',
    '$$',
    '$=',
    '\\',
    '$(x)',
  ],
  ...[
    '${FPM_TEST}',
    'x${FPM_TEST}y',
    '"${FPM_TEST} b"',
    "'${FPM_TEST}'",
    '"\\${FPM_TEST}"',
    '\\${FPM_TEST}',
    '$${FPM_TEST}',
  ],
  ...[
    '${ FPM_TEST }',
    '${FPM_TEST',
    '${}',
    '${FPM_TEST}b;c',
    '${A|b}',
    '${"A"}',
    '${a b}',
    '${FPM_TEST} ; c',
    'a${FPM_TEST} b',
  ],
  ...[
    'a{b',
    'a}b',
    '%{x}',
    'a[b]',
    '[b]',
    'a]b',
    '?x',
    '<a>',
    'a,b',
    '*',
    '@x',
    'a:b',
    '-1',
    '+5',
    '1 2',
    '1.5.5',
    '.5',
    '5.',
    '-.5',
  ],
  ...['http://x', 'C:\\x', '5m', '--1', '1a', 'a\vb', 'a\fb', 'a\0;b', 'a\0', '\0'],
];

/** How the value of a setting reads in the dump, once the variable that the tests set is replaced. */
function shown({ value, known }: { readonly value: string; readonly known: boolean }): string {
  // A lone "$" swallows the line feed.
  return (
    known ? value : value.replace(/\$\{\s*([^}]*?)\s*\}/g, (_, name) => (name === 'FPM_TEST' ? 'from-environment' : ''))
  ).replace(/\n$/, '');
}

describe.skipIf(fpmBinary === undefined)('php-fpm itself', () => {
  test.each([...LINES, ...VALUES.map((value) => `php_value[v] = ${value}`)])('%j: verdict and values', (line) => {
    const text = `${POOL}${line}\n`;
    const tree = parse(text);
    const real = askFpm(text);
    expect({ line, rejects: tree.problems.length > 0 }, real.output).toEqual({ line, rejects: real.rejects });
    for (const { span } of tree.problems) expect(span.start).toBeGreaterThanOrEqual(POOL.length);
    if (real.values.length === 0) return;
    for (const setting of tree.sections.flatMap(({ settings }) => settings)) {
      if (setting.sub === null) continue;
      const own = pools([{ file: 'a', tree }])
        .pool('www')!
        .sub(setting.key, setting.sub)!;
      expect(real.values, real.output).toContainEqual([
        'www',
        `${setting.key}[${shown({ value: setting.sub, known: false })}]`,
        shown(own),
      ]);
    }
    for (const key of ['ping.path', 'ping.response', 'slowlog', 'listen', 'user']) {
      const value = pools([{ file: 'a', tree }])
        .pool('www')!
        .get(key)?.value;
      if (value) expect(real.values).toContainEqual(['www', key, value]);
    }
  });

  test('random lines', () => {
    const pieces = [
      'a',
      'b',
      ' ',
      '  ',
      '\t',
      '"',
      '"',
      "'",
      '\\',
      '$',
      '${',
      '}',
      '${FPM_TEST}',
      '|',
      '&',
      '^',
      '~',
      '!',
    ];
    pieces.push('(', ')', '=', ';', '#', '[', ']', 'yes', 'no', 'null', 'E_ALL', '1', '2', '\r', '.', ':', 'é');
    const next = random(20_240_517);
    const lines = Array.from({ length: 1500 }, () =>
      Array.from({ length: 1 + next(7) }, () => pieces[next(pieces.length)]!).join(''),
    );
    // All lines that pass are asked about at once, of those that do not a part, one by one.
    const whole = lines
      .map((value, i) => `php_value[v${i}] = ${value}`)
      .filter((line) => parse(line).problems.length === 0);
    const plain = whole.filter((line) => line.split('\r').every((part, i) => i === 0 || /^[ \t]*(?:;.*)?$/.test(part)));
    expect(plain.length).toBeGreaterThan(200);
    const tree = parse(`${POOL}${plain.join('\n')}\n`);
    const real = askFpm(tree.text);
    expect(real.rejects, real.output).toBe(false);
    expect(real.values.length, real.output).toBeGreaterThan(plain.length);
    const dumped = new Map(real.values.map(([, key, value]) => [key, value]));
    const pool = pools([{ file: 'a', tree }]).pool('www')!;
    for (const { value, known, setting } of pool.list('php_value')) {
      const text = tree.text.slice(setting.span.start, setting.span.end);
      const calculated = !known && /^-?\d+$/.test(value);
      if (!calculated) expect([text, dumped.get(`php_value[${setting.sub}]`)]).toEqual([text, shown({ value, known })]);
    }
    const broken = lines.map((value) => `php_value[v] = ${value}`).filter((line) => parse(line).problems.length > 0);
    expect(broken.length).toBeGreaterThan(200);
    for (const line of broken.slice(0, 80)) expect([line, askFpm(`${POOL}${line}\n`).rejects]).toEqual([line, true]);
  }, 60_000);

  test('random structure', () => {
    const pieces = [
      'env',
      'php_value',
      '[',
      ']',
      '[',
      ']',
      '=',
      ' ',
      '  ',
      '\t',
      ';',
      '#',
      '"',
      "'",
      'a',
      'yes',
      '(',
      '\r',
      '$',
      '\\',
      '${FPM_TEST}',
      '{',
    ];
    const next = random(7);
    for (let i = 0; i < 150; i++) {
      const line = Array.from({ length: 1 + next(6) }, () => pieces[next(pieces.length)]!).join('');
      const real = askFpm(`${POOL}${line}\n`);
      // php-fpm stops at a key it does not know, before it reads what else is wrong with the line.
      if (/unknown (?:entry|directive)|must provide a key|empty value|Keys provided/.test(real.output)) continue;
      expect([line, parse(`${POOL}${line}\n`).problems.length > 0], real.output).toEqual([line, real.rejects]);
    }
  }, 60_000);

  test('the line of the first problem is the line up to which php-fpm reads', () => {
    const texts = [
      `${POOL}ping.path = /x\nfoo\nbar (\n`,
      `${POOL}ping.path = "/x\n y"\n`,
      `; c\n\n[a]\r\nlisten = a(b)\r\n`,
      `[a]\n\n\n  [b]\nx`,
    ];
    for (const text of texts) {
      const lines = text.split('\n');
      const problem = parse(text).problems[0]!;
      const line = text.slice(0, problem.span.start).split('\n').length - 1;
      expect(askFpm(lines.slice(0, line).join('\n')).rejects).toBe(false);
      expect(askFpm(lines.slice(0, line + 1).join('\n')).rejects).toBe(true);
    }
  });

  test('every value of a whole pool', () => {
    const text = `[global]
error_log = /dev/null
log_limit = 2048
daemonize = no
[Web]
prefix = /tmp
user = "www-data"
group = 'www-data'
listen = /tmp/$pool.sock
listen.owner = nobody
listen.owner = www-data ; the last one counts
listen.mode = 0660
listen.backlog = 511
listen.allowed_clients = 127.0.0.1,10.0.0.1
pm = dynamic
pm.max_children = 5
pm.start_servers = 2
pm.min_spare_servers = 1
pm.max_spare_servers = 3
pm.max_requests = 500
pm.status_path = /status
access.log = /tmp/$pool.access.log
access.format = "%R - %u %t \\"%m %r%Q%q\\" %s %f %{milli}d %{kilo}M %C%%"
chdir = /
security.limit_extensions = .php .php8
php_admin_value[error_log] = /var/log/$pool.log
php_value[session.save_path] = "/var/lib/php;x"
env[HOSTNAME] = host
[WEB]
pm.max_children = 7
`;
    const real = askFpm(text);
    const own = pools([{ file: 'a', tree: parse(text) }]);
    expect(own.pools.map(({ name }) => name)).toEqual(['Web']);
    const dumped = new Map(real.values.filter(([section]) => section === 'Web').map(([, key, value]) => [key, value]));
    expect(dumped.size, real.output).toBeGreaterThan(40);
    let compared = 0;
    for (const directive of FPM_DIRECTIVES) {
      const value = directive.context === 'pool' && own.pool('web')!.get(directive.name)?.value;
      if (value === undefined || value === false) continue;
      expect([directive.name, dumped.get(directive.name)]).toEqual([directive.name, value]);
      compared++;
    }
    expect(compared).toBe(19);
    expect(dumped.get('php_admin_value[error_log]')).toBe(own.pool('web')!.php('error_log')!.value);
    expect(dumped.get('php_value[session.save_path]')).toBe(own.pool('web')!.php('session.save_path')!.value);
    expect(dumped.get('env[HOSTNAME]')).toBe(own.pool('web')!.sub('env', 'HOSTNAME')!.value);
  });

  test('every directive that php-fpm dumps is in the catalogue, with its default', () => {
    const real = askFpm(POOL);
    for (const [section, key, value] of real.values) {
      const directive = fpmDirective(key, section === 'global' ? 'global' : 'pool');
      expect(directive, key).toBeDefined();
      if (!['integer', 'boolean'].includes(directive!.type) || value === 'undefined' || directive!.default === null)
        continue;
      if (section === 'www' && POOL.includes(key)) continue;
      expect([key, directive!.default]).toEqual([key, value]);
    }
  });

  test('an include is read where it stands and leaves its last section behind', () => {
    withFolder((folder) => {
      mkdirSync(join(folder, 'pool.d'));
      mkdirSync(join(folder, 'log'));
      const pool = 'user = www-data\npm = static\npm.max_children = 2\n';
      const texts: Record<string, string> = {
        'main.conf': '[global]\ninclude = pool.d/*.conf\npm.max_children = 7\n[a]\nlisten.backlog = 9\n',
        'pool.d/a.conf': `[a]\n${pool}listen = 9001\n`,
        'pool.d/b.conf': `listen = 9002\n[b]\n${pool}listen = 9003\n`,
      };
      for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
      const real = askFpmAbout(join(folder, 'main.conf'), ['-p', folder]);
      const file = (name: string): FpmFile => ({ file: name, tree: parse(texts[name]!) });
      const main = file('main.conf');
      const setting = main.tree.sections[0]!.settings[0]!;
      const own = pools([{ ...main, includes: [{ setting, files: [file('pool.d/a.conf'), file('pool.d/b.conf')] }] }]);
      const pick = (name: string, key: string) => real.values.find(([s, k]) => s === name && k === key)?.[2];
      expect(own.pools.map(({ name }) => name)).toEqual(['a', 'b']);
      for (const { name, get } of own.pools) {
        for (const key of ['listen', 'pm.max_children']) expect(pick(name, key), real.output).toBe(get(key)!.value);
      }
      expect(pick('b', 'pm.max_children')).toBe('7');
      expect(pick('a', 'listen')).toBe('9002');
      expect(own.pool('a')!.get('listen')!.file).toBe('pool.d/b.conf');
    });
  });

  test('addresses that cannot be listened on are unknown, others are not', () => {
    // Starting php-fpm shows more, but needs ports; a test of the configuration takes any text. See address.test.ts.
    expect(askFpm(POOL.replace('9000', 'unix:/tmp/x.sock')).values).not.toEqual([]);
    expect(parseListen('unix:/tmp/x.sock').kind).toBe('unknown');
  });
});

describe.skipIf(!existsSync('/etc/php'))('the packaged files', () => {
  test.each(['/etc/php/8.2/fpm/php-fpm.conf', '/etc/php/8.2/fpm/pool.d/www.conf'].filter(existsSync))('%s', (file) => {
    const text = readFileSync(file, 'utf8');
    const tree = parse(text);
    expect(tree.problems).toEqual([]);
    expect(tree.entries.length).toBeGreaterThan(50);
    expect(tree.entries.every(({ kind }) => kind !== 'other')).toBe(true);
    if (file.endsWith('www.conf')) {
      expect(pools([{ file, tree }]).pool('www')!.get('listen')!.value).toBe('/run/php/php8.2-fpm.sock');
    }
  });
});
