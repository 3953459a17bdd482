import { describe, expect, test } from 'vitest';
import type { Address } from '../../../server/src/core/nginx/model';
import { parseListen } from '../../../server/src/core/php-fpm/address';
import { isLocal, meets, socketPath, spell } from '../../../server/src/core/project/address';
import { nginxAddress } from '../../../server/src/core/remedies/align-address';

/** As nginx writes it: `unix:/path` or `host:port`. */
function address(written: string): Address {
  if (written.startsWith('unix:')) return { kind: 'unix', path: written.slice(5) };
  const colon = written.lastIndexOf(':');
  return { kind: 'tcp', host: written.slice(0, colon), port: Number(written.slice(colon + 1)) };
}

describe('a connection meets a listening socket', () => {
  test.each<[string, string, boolean]>([
    ['unix:/run/php/a.sock', '/run/php/a.sock', true],
    ['unix:/var/run/php/a.sock', '/run/php/a.sock', true],
    ['unix:/run/php/a.sock', '/var/run/php/a.sock', true],
    ['unix:/run//php/a.sock', '/run/php/a.sock', true],
    ['unix:/run/php/a.sock', '/run/php/b.sock', false],
    ['unix:/run/a.sock', '9000', false],
    ['127.0.0.1:9000', '/run/a.sock', false],
    ['127.0.0.1:9000', '9000', true],
    ['127.0.0.1:9000', '9001', false],
    ['10.0.0.5:9000', '9000', true],
    ['php:9000', '9000', true],
    ['[::1]:9000', '9000', true],
    ['127.0.0.1:9000', '127.0.0.1:9000', true],
    ['127.0.0.1:9000', '0.0.0.0:9000', true],
    ['127.0.0.1:9000', '[::]:9000', true],
    ['[::1]:9000', '[::]:9000', true],
    ['[::1]:9000', '[::1]:9000', true],
    ['127.0.0.1:9000', '[::1]:9000', false],
    ['[::1]:9000', '127.0.0.1:9000', false],
    ['localhost:9000', '127.0.0.1:9000', true],
    ['localhost:9000', '[::1]:9000', true],
    ['127.0.0.1:9000', 'localhost:9000', true],
    ['LOCALHOST:9000', 'localhost:9000', true],
    ['127.0.0.1:9000', '*:9000', true],
    ['10.0.0.5:9000', '*:9000', false],
    ['10.0.0.5:9000', '127.0.0.1:9000', false],
    ['10.0.0.5:9000', '10.0.0.5:9000', true],
    ['php:9000', '127.0.0.1:9000', false],
    ['127.0.0.1:9000', `\${LISTEN}`, false],
  ])('%s and listen = %s: %s', (connect, listen, expected) => {
    expect(meets(address(connect), parseListen(listen))).toBe(expected);
  });

  test.each([
    '9000',
    '0.0.0.0:9000',
    '[::]:9000',
    '*:9000',
    '127.0.0.1:9000',
    '[::1]:9000',
    'localhost:9000',
    '/run/a.sock',
    '10.0.0.1:9',
  ])('what nginx is pointed at for listen = %s', (listen) => {
    expect(meets(address(nginxAddress(parseListen(listen))!), parseListen(listen))).toBe(true);
  });
});

test('addresses are spelt as nginx spells them', () => {
  expect(spell(address('unix:/run/a.sock'))).toBe('unix:/run/a.sock');
  expect(spell(address('[::1]:9000'))).toBe('[::1]:9000');
  expect(spell({ kind: 'tcp', host: 'app', port: null })).toBe('app');
  expect(spell(parseListen('9000'))).toBe('127.0.0.1:9000');
  expect(socketPath('/var/run/x')).toBe('/run/x');
  expect(socketPath('/var/runner/x')).toBe('/var/runner/x');
});

test('local is what only this host can answer', () => {
  const local = ['unix:/x', '127.0.0.1:1', '127.5.5.5:1', '[::1]:1', 'localhost:1'];
  expect([...local, '10.0.0.1:1', 'php:1', '128.0.0.1:1'].filter((one) => isLocal(address(one)))).toEqual(local);
});
