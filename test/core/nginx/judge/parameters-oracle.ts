/** Small configurations around one directive, judged by the parameter checks and by the real nginx. */
import { existsSync } from 'node:fs';
import { type Context, contextInside, isDataBlock, signatures } from '../../../../server/src/core/nginx/catalogue';
import { checkDataLine, checkParameters, type Wrong } from '../../../../server/src/core/nginx/judge/parameters';
import { parse } from '../../../../server/src/core/nginx/parser';
import type { Directive } from '../../../../server/src/core/nginx/tree';

const STREAM = '/usr/lib/nginx/modules/ngx_stream_module.so';
export const hasStream = existsSync(STREAM);

const zones = `limit_req_zone $uri zone=r:1m rate=1r/s; limit_conn_zone $uri zone=c:1m;
  proxy_cache_path cache keys_zone=k:1m; log_format f '$uri'; error_log off.log;`;
const http = (text: string): string => `events {}\nhttp {\n${zones}\n${text}\n}\n`;
const stream = (text: string): string => `load_module ${STREAM};\nevents {}\nstream {\n${text}\n}\n`;

/** Where `%` stands, the example is put. */
export const PLACES = {
  main: '%\nevents {}\n',
  events: 'events {\n%\n}\n',
  http: http('%'),
  server: http('server {\n%\n}'),
  location: http('server { location /l/ {\n%\n} }'),
  'in ~': http('server { location ~ \\.php$ {\n%\n} }'),
  'in =': http('server { location = /l {\n%\n} }'),
  'in @': http('server { location @l {\n%\n} }'),
  'in if': http('server { location / { if ($uri) {\n%\n} } }'),
  'in limit_except': http('server { location / { limit_except GET {\n%\n} } }'),
  upstream: http('upstream u { server 127.0.0.1:1;\n%\n}'),
  map: http('map $uri $mapped {\n%\n}'),
  'map hostnames': http('map $host $mapped { hostnames;\n%\n}'),
  geo: http('geo $mapped {\n%\n}'),
  'geo ranges': http('geo $mapped { ranges;\n%\n}'),
  split_clients: http('split_clients $uri $mapped {\n%\n}'),
  types: http('types {\n%\n}'),
  charset_map: http('charset_map koi8-r windows-1251 {\n%\n}'),
  'charset_map utf-8': http('charset_map koi8-r utf-8 {\n%\n}'),
  stream: stream('%'),
  'stream server': stream('server { listen 12345; proxy_pass 127.0.0.1:1;\n%\n}'),
  'stream listen': stream('server { proxy_pass 127.0.0.1:1;\n%\n}'),
  'stream pass': stream('server { listen 12345;\n%\n}'),
  'stream upstream': stream('upstream u { server 127.0.0.1:1;\n%\n}'),
  'stream map': stream('map $remote_addr $mapped {\n%\n}'),
  'stream geo': stream('geo $mapped {\n%\n}'),
} as const;
export type Where = keyof typeof PLACES;

export function configuration(where: Where, example: string): string {
  return PLACES[where].replace('%', () => example);
}

export interface Found extends Wrong {
  readonly line: number;
}

/** All that the parameter checks say of a configuration, in file order. */
export function wrongs(text: string, version: string | null = '1.22.1', withText = true): Found[] {
  const found: Wrong[] = [];
  const visit = (directive: Directive, context: Context): void => {
    const setting = { context, version, ...(withText ? { text } : {}) };
    const { name, block, args } = directive;
    const signature = signatures(name.value).find(
      (each) => each.contexts.includes(context) && each.block === (block !== null),
    );
    if (signature && args.length >= signature.min && args.length <= signature.max) {
      const wrong = checkParameters(directive, signature, setting);
      if (wrong) found.push(wrong);
    }
    const inside = contextInside(context, name.value);
    for (const item of block?.items ?? []) {
      if (isDataBlock(name.value)) {
        const wrong = checkDataLine(directive, item, setting);
        if (wrong) found.push(wrong);
      } else if (inside) visit(item, inside);
    }
  };
  for (const directive of parse(text).items) visit(directive, 'main');
  return found.map((wrong) => ({ ...wrong, line: text.slice(0, wrong.span.start).split('\n').length }));
}
