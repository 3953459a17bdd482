import { describe, expect, test } from 'vitest';
import { judge } from '../../../../server/src/core/nginx/judge/judge';
import { isSize, isTime } from '../../../../server/src/core/nginx/judge/values';
import { parse } from '../../../../server/src/core/nginx/parser';

test.each([
  ['9223372036854775807', 'kmg', true],
  ['0000000000000000000000008k', 'km', true],
  ['8589934591g', 'kmg', true],
  ['9999999999g', 'kmg', false],
  ['99999999999999999999', 'km', false],
  ['1g', 'km', false],
] as const)('%s is a size with %s: %s', (value, units, expected) => expect(isSize(value, units)).toBe(expected));

test.each([
  ['9223372036854775807', true, true],
  ['9223372036854775807', false, false],
  ['999999999999d', false, false],
  ['99999999999d', true, true],
  ['1y 1M 1w 1d 1h 1m 1s', true, true],
  ['500ms', true, false],
  ['292471208y', true, true],
  ['292471209000y', true, false],
] as const)('%s is a time, in seconds %s: %s', (value, seconds, expected) =>
  expect(isTime(value, seconds)).toBe(expected),
);

describe('limits of single directives', () => {
  const isWrong = (text: string): boolean =>
    judge(parse(text).items[0]!, { context: 'http', version: '1.22.1', declared: new Set() }) !== null;
  test.each([
    ...[
      'gzip_hash 3k;',
      'gzip_hash 256k;',
      'gzip_window 64k;',
      'gzip_window 256;',
      'http2_pool_size 100;',
      'http2_pool_size 120;',
    ],
    ...[
      'http2_chunk_size 0;',
      'http2_recv_buffer_size 32;',
      'http2_streams_index_size 12;',
      'http2_body_preread_size 2g;',
    ],
    ...['connection_pool_size 100;', 'gzip_comp_level 10;', 'limit_req_status 600;'],
  ])('%s is wrong', (text) => expect(isWrong(text)).toBe(true));
  test.each([
    ...[
      'gzip_hash 128k;',
      'gzip_window 512;',
      'http2_pool_size 4k;',
      'http2_chunk_size 8k;',
      'http2_recv_buffer_size 33;',
    ],
    ...['http2_streams_index_size 32;', 'connection_pool_size 112;', 'gzip_comp_level 9;'],
  ])('%s is right', (text) => expect(isWrong(text)).toBe(false));
});
