/** First versions: what nginx's CHANGES say, release by release. */
import { describe, expect, test } from 'vitest';
import { findings, load, mapFiles } from '../../../../server/src/core';

async function errors(inner: string, nginxVersion: string | null): Promise<string[]> {
  const text = `events {}\n${inner}\n`;
  const request = { nginx: ['/p/nginx.conf'], fpm: [], nginxVersion };
  const { project } = await load(mapFiles(new Map([['/p/nginx.conf', text]])), request);
  return findings(project, '/p/nginx.conf')
    .filter(({ code }) => code === 'nginx/wrong-version')
    .map(({ message }) => message);
}

const server = (line: string): string => `http { server { ${line} } }`;
const upstream = (line: string): string => `http { upstream u { server 127.0.0.1; ${line} } }`;
const stream = (line: string): string =>
  `stream { upstream u { server 127.0.0.1:1; } server { listen 1; proxy_pass u; ${line} } }`;

/** A directive or a parameter, the last release without it and the first with it. */
const TABLE: readonly [string, string, string][] = [
  [server('auth_request /a;'), '1.5.3', '1.5.4'],
  [server('proxy_ssl_server_name on;'), '1.6.3', '1.7.0'],
  ['stream { }', '1.8.1', '1.9.0'],
  [stream('proxy_bind 127.0.0.1;'), '1.9.1', '1.9.2'],
  [server('location / { mirror /m; }'), '1.13.3', '1.13.4'],
  [server('location / { grpc_pass 127.0.0.1:1; }'), '1.13.9', '1.13.10'],
  [upstream('keepalive_timeout 5s;'), '1.15.2', '1.15.3'],
  [server('ssl_reject_handshake on;'), '1.19.3', '1.19.4'],
  [stream('ssl_reject_handshake on;'), '1.25.4', '1.25.5'],
  [server('http2 on;'), '1.25.0', '1.25.1'],
  [upstream('resolver 127.0.0.1;'), '1.27.2', '1.27.3'],
  [server('ssl_certificate_cache off;'), '1.27.3', '1.27.4'],
  [upstream('keepalive 8 local;'), '1.29.6', '1.29.7'],
  [server('proxy_http_version 2;'), '1.29.3', '1.29.4'],
  [server('client_body_early_read on;'), '1.31.4', '1.31.5'],
  ['http { json_set $a $arg_b c; }', '1.31.4', '1.31.5'],
];

describe('versions', () => {
  test.each(TABLE)('%s', async (text, before, since) => {
    expect(await errors(text, before)).toEqual([expect.stringContaining(`came with nginx ${since}: nginx ${before}`)]);
    expect(await errors(text, since)).toEqual([]);
    expect(await errors(text, null)).toEqual([]);
  });

  test('what distributions have put into older versions is no error', async () => {
    expect(await errors(server('max_headers 100;'), '1.22.1')).toEqual([]);
  });

  test('what an old directive was before it got a place is none either', async () => {
    expect(await errors(server('keepalive_timeout 5s; resolver 127.0.0.1;'), '1.14.0')).toEqual([]);
  });
});
