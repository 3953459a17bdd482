/** What php-fpm takes and refuses, where no example of a rule shows it. The oracle asks the real one. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is php-fpm's own syntax
import { describe, expect, test } from 'vitest';
import { fpmDirective } from '../../../server/src/core/php-fpm/catalogue';
import { impossible } from '../../../server/src/core/php-fpm/judge/listen';
import { misread } from '../../../server/src/core/php-fpm/judge/misread';
import { judgeSetting } from '../../../server/src/core/php-fpm/judge/setting';
import {
  checkAccessFormat,
  checkUri,
  checkValue,
  isPlaceholder,
  toSeconds,
} from '../../../server/src/core/php-fpm/judge/value';
import { parse } from '../../../server/src/core/php-fpm/parser';

const setting = (line: string) => parse(`[www]\n${line}\n`).sections[0]!.settings[0]!;

describe('values', () => {
  test.each([
    ['pm.max_children', ['', '-', '0', '-1', '99999999999'], ['5.0', '+5', '5k', '0x5', '1e3', ' 5']],
    ['request_terminate_timeout', ['0', 's', '10 s', '-5', '1m30s', '500ms'], ['', '5min', '1w', 'off', '10S', '30,']],
    ['catch_workers_output', ['1', 'yes', 'on', 'true', '', '0', 'no', 'none', 'off'], ['Yes', '2', 'y', 'enabled']],
    ['pm', ['static', 'DYNAMIC', 'onDemand'], ['', 'auto', 'on-demand']],
    ['rlimit_core', ['0', 'Unlimited', '100'], ['-1', 'none', '1M']],
  ])('%s', (name, taken, refused) => {
    const directive = fpmDirective(name, 'pool')!;
    expect(taken.filter((value) => checkValue(directive, value))).toEqual([]);
    expect(refused.filter((value) => !checkValue(directive, value))).toEqual([]);
  });

  test.each([
    ['request_terminate_timeout', '5min', '5m'],
    ['request_terminate_timeout', '90 Sec', '90s'],
    ['pm', 'on-demand', 'ondemand'],
    ['clear_env', 'Disabled', 'no'],
    ['pm.max_children', '5.0', '5'],
  ])('%s = %s means %s', (name, value, meant) => {
    expect(checkValue(fpmDirective(name, 'pool')!, value)?.meant).toBe(meant);
  });

  test('times are counted as php-fpm counts them', () => {
    expect(['2h', '1m30s', '500ms', 'x5m', '7', '1d'].map(toSeconds)).toEqual([7200, 1, 500, 0, 7, 86_400]);
  });

  test.each([
    ['%R - %u %t "%m %r%Q%q" %s %f %{milli}d %{kilo}M %C%%', true],
    ['%{%Y-%m-%d}t %{REQUEST_ID}e %{Content-Type}o %l %n %p %P %T', true],
    ['%', true],
    ['%{mega}M', true],
    ['%{MEGA}M', true],
    ['%h', false],
    ['%e', false],
    ['%{x', false],
    ['%{milli}', false],
    ['%{hours}d', false],
    ['%{x}f', false],
  ])('access.format %s', (format, taken) => {
    expect(checkAccessFormat(format) === null).toBe(taken);
  });

  test('paths', () => {
    expect(['/status', '/a-b_c.d~/1'].filter((path) => checkUri(path, 2))).toEqual([]);
    expect(['status', '/', '/a b', '/a?b', '/é'].filter((path) => !checkUri(path, 2))).toEqual([]);
    expect(checkUri('/', 1)).toBeNull();
  });

  test('what a template fills in is not judged', () => {
    expect(
      ['__MAX__', '@max@', '%max%', '$MAX', '{max}', '<max>', '|MAX|', 'MAX_CHILDREN', '@@max@@'].filter(
        (text) => !isPlaceholder(text),
      ),
    ).toEqual([]);
    expect(['5%', 'a@b', 'no}', '5 children', '-1', 'TEN'].filter(isPlaceholder)).toEqual([]);
    for (const value of ['${MAX}', '{{ max }}', '__MAX__', '<?= $max ?>'])
      expect(judgeSetting(setting(`pm.max_children = ${value}`), 'pool')).toBeNull();
  });
});

describe('addresses', () => {
  test.each(['9000', '127.0.0.1:9000', '[::1]:9000', ':::9000', '/run/x', 'php.sock', 'run/php/fpm', '*:9000'])(
    '%s',
    (value) => {
      expect(impossible(value)).toBeNull();
    },
  );
  test.each(['unix:/run/x.sock', '0', '127.0.0.1', 'localhost', '127.0.0.1:', '9000:tcp', '127.0.0.1:99999'])(
    'not %s',
    (value) => {
      expect(impossible(value)).not.toBeNull();
    },
  );
});

test('values that are read otherwise', () => {
  const all = (line: string) => misread(setting(line), [setting(line)]) !== null;
  expect(
    [
      'listen.mode = 0660',
      'listen.mode = 777',
      'request_terminate_timeout = 10 s',
      'security.limit_extensions = .php .html',
    ].filter(all),
  ).toEqual([]);
  expect(
    [
      'listen.mode = 0880',
      'listen.mode = rw',
      'request_terminate_timeout = 1.5m',
      'listen.allowed_clients = php',
    ].filter((line) => !all(line)),
  ).toEqual([]);
});

test('a million characters take no time worth speaking of', () => {
  const long = 'a'.repeat(1_000_000);
  for (const line of [
    `${long} = 1`,
    `listen.mode = ${long}`,
    `access.format = "${'%{'.repeat(300_000)}"`,
    `env[${long}] = ${long}`,
    `security.limit_extensions = ${long} ,`,
    `listen.allowed_clients = ${'1,'.repeat(300_000)}`,
  ]) {
    const one = setting(line);
    expect(() => [judgeSetting(one, 'pool'), misread(one, [one])]).not.toThrow();
  }
  expect(checkAccessFormat('%{'.repeat(300_000))).not.toBeNull();
});

describe('templates', () => {
  test.each(["@include('includes/pool')", '@if ($x)', 'pm = <?= $pm ?>', '<?php echo $x; ?>'])(
    '%s is no fault',
    (line) => {
      expect(parse(`[www]\n${line}\n`).problems).toEqual([]);
    },
  );

  test('a block of PHP is passed over, and a format with "{%" is none', () => {
    const tree = parse('<?php\n  if ($x) {\n    $y = (1);\n  }\n?>\n[www]\naccess.format = "%{%Y}t"\npm = (\n');
    expect(tree.problems).toHaveLength(1);
    expect(tree.sections[0]!.settings[0]!.known).toBe(true);
  });
});
