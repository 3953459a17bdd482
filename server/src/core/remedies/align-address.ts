/** Points nginx at the address that a pool really listens on. */

import type { ListenAddress } from '../php-fpm/address';
import type { Pool } from '../php-fpm/model';
import { type Endpoint, listenOf } from '../project/links';
import { defineRemedy, RELOAD } from './remedy';

export interface Misaligned {
  readonly endpoint: Endpoint;
  readonly pool: Pool;
}

export default defineRemedy<Misaligned>({
  id: 'align-address',
  title: 'Point nginx at the address the pool listens on',
  when: 'The backend runs, but listens on another socket or port than nginx connects to.',
  time: '5 min',
  risk: 'Low: requires an nginx reload',
  why: `Replaces the address in the pass or in the upstream's \`server\` line by the \`listen\` value of the pool, in nginx's own
spelling: a socket gets \`unix:\` in front, a bare port becomes \`127.0.0.1:port\`.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_pass'],
  block: `# nginx: the address that the backend listens on, "unix:" and path or host:port
fastcgi_pass unix:/run/php/php8.2-fpm.sock;

; php-fpm pool: the same address
listen = /run/php/php8.2-fpm.sock`,
  applyBlock: ['systemctl restart php-fpm && systemctl reload nginx'],
  describe: (_, { endpoint, pool }) => {
    const { name, parent } = endpoint.at.directive;
    const what = name.value === 'server' ? `upstream "${parent?.values[1] ?? ''}"` : name.value;
    return `Point ${what} at pool "${pool.name}" (${nginxAddress(listenOf(pool))})`;
  },
  edits: (project, { endpoint, pool }) => {
    const { span } = endpoint;
    const { file } = endpoint.at;
    const address = nginxAddress(listenOf(pool));
    const isSo = project?.nginx(file)?.text.slice(span.start, span.end) === address;
    return address === null || isSo ? [] : [{ file, span, newText: address }];
  },
  apply: () => [RELOAD],
});

/** How nginx connects to what listens there; null for an address that the file does not tell. */
export function nginxAddress(listen: ListenAddress): string | null {
  if (listen.kind === 'unknown') return null;
  if (listen.kind === 'unix') return `unix:${listen.path}`;
  const { host, port } = listen;
  if (host === null || host === '0.0.0.0') return `127.0.0.1:${port}`;
  if (host === '*') return `localhost:${port}`; // php-fpm takes it for the loopback address, IPv6 first
  if (host === '::') return `[::1]:${port}`;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
