// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is php-fpm's own syntax
import { describe, expect, test } from 'vitest';
import { type ListenAddress, listensEverywhere, parseListen } from '../../../server/src/core/php-fpm/address';

const unix = (path: string): ListenAddress => ({ kind: 'unix', path });
const tcp = (host: string | null, port: number): ListenAddress => ({ kind: 'tcp', host, port });
const unknown: ListenAddress = { kind: 'unknown' };

// Each line was tried with php-fpm 8.2: what it listens on after a start, or that it does not start.
describe('parseListen', () => {
  test.each<[string, ListenAddress]>([
    ['9000', tcp(null, 9000)],
    ['09112', tcp(null, 9112)],
    ['127.0.0.1:9000', tcp('127.0.0.1', 9000)],
    ['127.0.0.1: 9115', tcp('127.0.0.1', 9115)],
    ['[127.0.0.1]:9113', tcp('127.0.0.1', 9113)],
    ['0.0.0.0:9000', tcp('0.0.0.0', 9000)],
    ['[::1]:9000', tcp('::1', 9000)],
    ['::1:9109', tcp('::1', 9109)],
    ['[::]:9000', tcp('::', 9000)],
    ['*:9000', tcp('*', 9000)],
    ['localhost:9000', tcp('localhost', 9000)],
    ['/run/php/php8.2-fpm.sock', unix('/run/php/php8.2-fpm.sock')],
    ['run/php.sock', unix('run/php.sock')],
    ['localhost', unix('localhost')],
    ['127.0.0.1', unix('127.0.0.1')],
    ['@abstract', unix('@abstract')],
    ['9116 ', unix('9116 ')],
    ['', unknown],
    [':9105', unknown],
    ['0', unknown],
    ['70000', unknown],
    ['127.0.0.1:0', unknown],
    ['127.0.0.1:99999', unknown],
    ['127.0.0.1:', unknown],
    ['127.0.0.1:http', unknown],
    ['127.0.0.1:9110x', unknown],
    ['[::1]', unknown],
    ['unix:/run/php.sock', unknown],
    ['/run/a:b.sock', unknown],
    ['tcp://127.0.0.1:9111', unknown],
    ['${LISTEN}', unknown],
    ['127.0.0.1:${PORT}', unknown],
    ['{{ listen }}', unknown],
    [`${'9'.repeat(400)}`, unknown],
  ])('%s', (value, expected) => {
    expect(parseListen(value)).toEqual(expected);
  });

  test('listensEverywhere', () => {
    const everywhere = ['9000', '0.0.0.0:9000', '[::]:9000'].map(parseListen);
    const somewhere = ['*:9000', '127.0.0.1:9000', '[::1]:9000', '/run/x.sock', ''].map(parseListen);
    expect(everywhere.map(listensEverywhere)).toEqual([true, true, true]);
    expect(somewhere.map(listensEverywhere)).toEqual([false, false, false, false, false]);
  });
});
