import { describe, expect, test } from 'vitest';
import { includes, pools } from '../../../server/src/core/php-fpm/model';
import { parse } from '../../../server/src/core/php-fpm/parser';

const file = (name: string, text: string) => ({ file: name, tree: parse(text) });

describe('pools', () => {
  const instance = pools([
    file('php-fpm.conf', 'pid = /run/a.pid\n[global]\nPID = /run/b.pid\nlog_level = notice\n'),
    file(
      'www.conf',
      '[www]\nlisten = /run/$pool.sock\nuser = a\nphp_value[x] = 1\nphp_value[x] = 2\nenv[A] = $pool$pool\n[b]\npm = static\n',
    ),
    file(
      'zz.conf',
      '[WWW]\nlisten=9000\nphp_flag[y] = on\nphp_admin_flag[y] = off\nphp_value[x] = 3\n[global]\ndaemonize = no\n',
    ),
  ]);
  const www = instance.pool('Www')!;

  test('the global section is what comes first and [global]', () => {
    expect(instance.global.get('pid')!.value).toBe('/run/b.pid');
    expect(instance.global.get('daemonize')).toMatchObject({ value: '', known: true, file: 'zz.conf' });
    expect(instance.global.places.map(({ file, section }) => [file, section.name])).toEqual([
      ['php-fpm.conf', ''],
      ['php-fpm.conf', 'global'],
      ['zz.conf', 'global'],
    ]);
  });

  test('pools of one name are one, in order of first appearance', () => {
    expect(instance.pools.map(({ name }) => name)).toEqual(['www', 'b']);
    expect(www.places.map(({ file, section }) => [file, section.name])).toEqual([
      ['www.conf', 'www'],
      ['zz.conf', 'WWW'],
    ]);
  });

  test('the last value of a simple key counts, the first of one with brackets', () => {
    expect(www.get('listen')).toMatchObject({ value: '9000', file: 'zz.conf' });
    expect(www.get('LISTEN')).toBe(www.get('listen'));
    expect(www.get('listen.owner')).toBeUndefined();
    expect(www.sub('php_value', 'x')!.value).toBe('1');
    expect(www.list('php_value').map(({ value }) => value)).toEqual(['1', '2', '3']);
    expect(www.php('x')!.value).toBe('1');
    expect(www.php('y')).toMatchObject({ value: '', setting: { key: 'php_admin_flag' } });
    expect(www.php('z')).toBeUndefined();
  });

  test('$pool becomes the name of the pool as first written', () => {
    expect(www.values[0]!.value).toBe('/run/www.sock');
    expect(www.sub('env', 'A')!.value).toBe('wwwwww');
  });

  test('a value shows where it was set', () => {
    const { file: name, setting } = instance.pool('b')!.get('pm')!;
    expect([name, setting.key, setting.rawValueSpan.end - setting.rawValueSpan.start]).toEqual(['www.conf', 'pm', 6]);
  });

  test('a key without a value sets nothing', () => {
    expect(
      pools([file('a', '[a]\nlisten = 1\nlisten\n')])
        .pool('a')!
        .get('listen')!.value,
    ).toBe('1');
  });

  test('a fragment without a section is global, unless it is included by a pool', () => {
    const child = file('child', 'user = x\n[two]\nuser = y\n');
    const main = file('main', '[one]\ninclude = child\ngroup = z\n');
    const setting = main.tree.sections[0]!.settings[0]!;
    expect(pools([child]).global.get('user')!.value).toBe('x');
    const own = pools([{ ...main, includes: [{ setting, files: [child] }] }]);
    expect(own.pool('one')!.get('user')!.value).toBe('x');
    expect(own.pool('two')!.get('group')!.value).toBe('z');
    expect(own.pool('two')!.places.map(({ file, section }) => [file, section.name])).toEqual([
      ['child', 'two'],
      ['main', 'one'],
    ]);
  });
});

test('includes', () => {
  const text =
    'include = a/*.conf\n[global]\ninclude="/b/*.conf" ; x\nINCLUDE = no\ninclude=\ninclude\n[www]\ninclude=c.conf\n';
  const found = includes(parse(text));
  expect(found.map(({ pattern, span }) => [pattern, text.slice(span.start, span.end)])).toEqual([
    ['a/*.conf', 'a/*.conf'],
    ['/b/*.conf', '"/b/*.conf"'],
    ['c.conf', 'c.conf'],
  ]);
});
