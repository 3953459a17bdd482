/** Every fault that one nginx can be given over HTTP: what curl would get is what the explanation says, and where. */
import { chmodSync, readdirSync, renameSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { describeReal } from '../real/programs';
import { type Scene, until } from '../real/scene';
import { startBackends } from './backends';
import { ask } from './client';
import { explained, type Fault, filled, type Lab, openLab, play } from './lab';

/** More than the buffers of two sockets hold. */
const LARGE = 9_000_000;

/** Location with a variable, so that nginx looks the name up at run time. */
const lookUp = (name: string): string => `resolver 127.0.0.1:<dns> ipv6=off;
set $name ${name};
proxy_pass http://$name:<ok>;`;

const TLS = 'proxy_ssl_trusted_certificate <folder>/client.crt;\nproxy_ssl_verify on;';

const faults: readonly Fault[] = [
  // Connecting
  {
    name: 'refused',
    site: 'proxy_pass http://127.0.0.1:<refused>;',
    cause: 'connection-refused',
    got: 502,
    upstream: '127.0.0.1:<refused>',
  },
  {
    name: 'no-socket',
    site: 'proxy_pass http://unix:<folder>/none.sock;',
    cause: 'socket-missing',
    got: 502,
    upstream: 'unix:<folder>/none.sock',
  },
  {
    name: 'locked-socket',
    site: 'proxy_pass http://unix:<folder>/locked/app.sock;',
    cause: 'socket-permission-denied',
    got: 502,
    upstream: 'unix:<folder>/locked/app.sock',
  },
  { name: 'stale-socket', site: 'proxy_pass http://unix:<folder>/stale.sock;', cause: 'connection-refused', got: 502 },
  {
    name: 'full-socket',
    site: 'proxy_pass http://unix:<full.sock>;',
    cause: 'socket-backlog-full',
    got: 502,
    upstream: 'unix:<full.sock>',
  },
  {
    name: 'full-queue',
    site: 'proxy_pass http://127.0.0.1:<full>;',
    cause: 'connect-timed-out',
    got: 504,
    upstream: '127.0.0.1:<full>',
  },
  {
    name: 'unreachable',
    site: 'proxy_pass http://255.255.255.255:80;',
    cause: 'host-unreachable',
    got: 502,
    upstream: '255.255.255.255:80',
  },
  {
    name: 'bind',
    site: 'proxy_bind 192.0.2.1;\nproxy_pass http://127.0.0.1:<ok>;',
    cause: 'socket-setup-failed',
    got: 500,
  },
  {
    name: 'bad-bind',
    site: 'proxy_bind $arg_from;\nproxy_pass http://127.0.0.1:<ok>;',
    cause: 'socket-setup-failed',
    got: 200,
    harmless: true,
    ask: (lab, at) => ask(lab.port, `${at}?from=nowhere`),
  },
  {
    name: 'bound-twice',
    site: 'proxy_bind 127.0.0.1:<bound>;\nproxy_read_timeout 5s;\nproxy_pass http://127.0.0.1:<slow>;',
    cause: 'socket-setup-failed',
    got: 500,
    async ask(lab, at) {
      const first = ask(lab.port, at);
      const reply = await ask(lab.port, at);
      await first;
      return reply;
    },
  },
  {
    name: 'loop',
    site: 'proxy_read_timeout 10s;\nproxy_pass http://127.0.0.1:<self>;',
    cause: 'worker-connections-exhausted',
    got: 500,
    // Where the last connection is the one that is accepted, it is reset instead: then one more makes the difference.
    also: ['connection-reset'],
    async ask(lab, at) {
      const reply = await ask(lab.port, at);
      if (reply.status === 500) return reply;
      const idle = connect(lab.port, '127.0.0.1').on('error', () => {});
      idle.write('GET / HTTP/1.1\r\n');
      const again = await ask(lab.port, at);
      idle.destroy();
      return again;
    },
  },
  // The request
  {
    name: 'deaf',
    site: 'proxy_pass http://127.0.0.1:<deaf>;',
    asking: { body: LARGE },
    cause: 'send-timed-out',
    got: 504,
  },
  {
    name: 'hangs-up',
    site: 'proxy_pass http://127.0.0.1:<hangs-up>;',
    asking: { body: LARGE },
    cause: 'connection-reset',
    either: 'broken-pipe',
    got: 502,
  },
  {
    name: 'too-large',
    site: 'client_max_body_size 1k;\nproxy_pass http://127.0.0.1:<ok>;',
    asking: { body: 5000 },
    cause: 'body-too-large',
    got: 413,
  },
  {
    name: 'to-disk',
    site: 'client_body_buffer_size 1k;\nproxy_pass http://127.0.0.1:<ok>;',
    asking: { body: 50_000 },
    cause: 'buffered-to-disk',
    got: 200,
    harmless: true,
  },
  {
    name: 'no-temp',
    site: 'client_body_temp_path <folder>/locked-body;\nclient_body_buffer_size 1k;\nproxy_pass http://127.0.0.1:<ok>;',
    asking: { body: 50_000 },
    cause: 'temp-file-failed',
    got: 500,
  },
  // The answer
  {
    name: 'silent',
    site: 'proxy_pass http://127.0.0.1:<silent>;',
    cause: 'read-timed-out',
    got: 504,
    upstream: '127.0.0.1:<silent>',
  },
  { name: 'reset', site: 'proxy_pass http://127.0.0.1:<reset>;', cause: 'connection-reset', got: 502 },
  { name: 'closed', site: 'proxy_pass http://127.0.0.1:<closed>;', cause: 'premature-close', got: 502 },
  { name: 'cut-close', site: 'proxy_pass http://127.0.0.1:<cut-close>;', cause: 'body-premature-close', got: 200 },
  { name: 'cut-silence', site: 'proxy_pass http://127.0.0.1:<cut-silence>;', cause: 'body-read-timed-out', got: 200 },
  { name: 'cut-reset', site: 'proxy_pass http://127.0.0.1:<cut-reset>;', cause: 'body-connection-reset', got: 200 },
  {
    name: 'cut-unbuffered',
    site: 'proxy_buffering off;\nproxy_pass http://127.0.0.1:<cut-close>;',
    cause: 'body-premature-close',
    got: 200,
  },
  { name: 'bad-header', site: 'proxy_pass http://127.0.0.1:<bad-header>;', cause: 'invalid-header', got: 502 },
  { name: 'big-header', site: 'proxy_pass http://127.0.0.1:<big-header>;', cause: 'header-too-big', got: 502 },
  { name: 'banner', site: 'proxy_pass http://127.0.0.1:<banner>;', cause: 'no-valid-header', got: 9, harmless: true },
  {
    name: 'bad-chunk',
    site: 'proxy_http_version 1.1;\nproxy_pass http://127.0.0.1:<bad-chunk>;',
    cause: 'invalid-chunked-response',
    got: 200,
  },
  {
    name: 'bad-chunk-later',
    site: 'proxy_http_version 1.1;\nproxy_pass http://127.0.0.1:<bad-chunk-later>;',
    cause: 'invalid-chunked-response',
    got: 200,
  },
  { name: 'surplus', site: 'proxy_pass http://127.0.0.1:<surplus>;', cause: 'surplus-data', got: 200, harmless: true },
  {
    name: 'upgraded',
    site: 'proxy_http_version 1.1;\nproxy_set_header Connection upgrade;\nproxy_set_header Upgrade x;\nproxy_pass http://127.0.0.1:<upgrade>;',
    asking: { headers: { Connection: 'upgrade', Upgrade: 'x' } },
    cause: 'body-read-timed-out',
    got: 101,
  },
  {
    name: 'page-missing',
    site: 'error_page 502 /nowhere/50x.html;\nproxy_pass http://127.0.0.1:<refused>;',
    cause: 'error-page-missing',
    got: 404,
    also: ['connection-refused'],
  },
  { name: 'unsafe', site: 'proxy_pass http://127.0.0.1:<accel>;', cause: 'unsafe-redirect', got: 404 },
  {
    name: 'client-left',
    site: 'proxy_read_timeout 5s;\nproxy_pass http://127.0.0.1:<silent>;',
    cause: 'client-closed',
    got: 499,
    ask: (lab, at) => ask(lab.port, at, { hangUp: new Promise((resolve) => setTimeout(resolve, 200)) }),
  },
  {
    name: 'left-sending',
    site: 'proxy_pass http://127.0.0.1:<ok>;',
    cause: 'client-closed',
    got: 400,
    told: [400, 499],
    place: null,
    ask: (lab, at) =>
      ask(lab.port, at, {
        headers: { 'Content-Length': '1000' },
        hangUp: new Promise((resolve) => setTimeout(resolve, 100)),
      }),
  },
  {
    name: 'left-cached',
    site: 'proxy_cache pages;\nproxy_read_timeout 5s;\nproxy_pass http://127.0.0.1:<slow>;',
    cause: 'client-closed',
    got: 200,
    harmless: true,
    ask: (lab, at) => ask(lab.port, at, { hangUp: new Promise((resolve) => setTimeout(resolve, 100)) }),
  },
  {
    name: 'no-proxy-temp',
    site: 'proxy_temp_path <folder>/locked-proxy;\nproxy_buffer_size 4k;\nproxy_buffers 2 4k;\nproxy_busy_buffers_size 4k;\nproxy_read_timeout 5s;\nproxy_pass http://127.0.0.1:<large>;',
    cause: 'temp-file-failed',
    got: 200,
    ask: (lab, at) =>
      ask(lab.port, at, {
        reading: until('the temporary file to fail', () => /locked-proxy\/.* failed/.test(lab.nginx.errorLog())),
      }),
  },
  // Names and addresses made at run time
  {
    name: 'missing-name',
    site: lookUp('app.missing'),
    cause: 'host-not-found',
    got: 502,
    place: 'proxy_pass http://$name:<ok>;',
    upstream: null,
  },
  { name: 'failing-name', site: lookUp('app.failing'), cause: 'resolver-timed-out', got: 502, upstream: null },
  { name: 'mute-name', site: lookUp('app.mute'), cause: 'resolver-timed-out', got: 502 },
  { name: 'no-resolver', site: 'set $name app.test;\nproxy_pass http://$name:<ok>;', cause: 'no-resolver', got: 502 },
  { name: 'no-url', site: 'proxy_pass $arg_to;', cause: 'invalid-upstream-url', got: 500 },
  {
    name: 'bad-port',
    site: 'proxy_pass http://127.0.0.1:$arg_port;',
    cause: 'invalid-upstream-url',
    got: 500,
    ask: (lab, at) => ask(lab.port, `${at}?port=99999`),
  },
  {
    name: 'no-port',
    site: 'fastcgi_pass $arg_to;',
    cause: 'invalid-upstream-url',
    got: 500,
    ask: (lab, at) => ask(lab.port, `${at}?to=app`),
  },
  // Groups
  {
    name: 'all-down',
    http: 'upstream all-down { server 127.0.0.1:<ok> down; server 127.0.0.1:<refused> down; }',
    site: 'proxy_pass http://all-down;',
    cause: 'no-live-upstreams',
    got: 502,
    upstream: 'all-down',
  },
  {
    name: 'max-conns',
    http: 'upstream max-conns { zone max-conns 64k; server 127.0.0.1:<slow> max_conns=1; server 127.0.0.1:<slow> down; }',
    site: 'proxy_read_timeout 5s;\nproxy_pass http://max-conns;',
    cause: 'no-live-upstreams',
    got: 502,
    async ask(lab, at) {
      const first = ask(lab.port, at);
      await until(
        'the first request to be on its way',
        () => new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 100)),
      );
      const reply = await ask(lab.port, at);
      await first;
      return reply;
    },
  },
  {
    name: 'no-failover',
    http: 'upstream no-failover { server 127.0.0.1:<refused>; server 127.0.0.1:<refused2>; }',
    site: 'proxy_next_upstream off;\nproxy_pass http://no-failover;',
    cause: 'connection-refused',
    got: 502,
    place: 'server 127.0.0.1:<refused>;',
    upstream: '127.0.0.1:<refused>',
  },
  {
    name: 'disabled',
    http: 'upstream disabled { server 127.0.0.1:<refused>; server 127.0.0.1:<ok>; }',
    site: 'proxy_pass http://disabled;',
    cause: 'upstream-disabled',
    got: 200,
    harmless: true,
    place: 'server 127.0.0.1:<refused>;',
    also: ['connection-refused'],
  },
  {
    name: 'last-wins',
    http: 'upstream last-wins { server 127.0.0.1:<refused>; server 127.0.0.1:<silent> backup; }',
    site: 'proxy_pass http://last-wins;',
    cause: 'read-timed-out',
    got: 504,
    place: 'server 127.0.0.1:<silent> backup;',
    also: ['connection-refused'],
  },
  // TLS
  {
    name: 'tls-plain',
    site: 'proxy_pass https://127.0.0.1:<ok>;',
    cause: 'tls-wrong-version',
    got: 502,
    upstream: '127.0.0.1:<ok>',
  },
  {
    name: 'tls-untrusted',
    site: `proxy_pass https://127.0.0.1:<tls>;\n${TLS}`,
    cause: 'tls-certificate-verify-failed',
    got: 502,
  },
  {
    name: 'tls-other-name',
    site: 'proxy_pass https://127.0.0.1:<tls>;\nproxy_ssl_session_reuse off;\nproxy_ssl_trusted_certificate <folder>/backend.crt;\nproxy_ssl_verify on;',
    cause: 'tls-certificate-name-mismatch',
    got: 502,
  },
  { name: 'tls-no-name', site: 'proxy_pass https://127.0.0.1:<tls-sni>;', cause: 'tls-sni-required', got: 502 },
  {
    name: 'tls-version',
    site: 'proxy_pass https://127.0.0.1:<tls13>;\nproxy_ssl_protocols TLSv1.2;',
    cause: 'tls-protocol-version',
    got: 502,
  },
  {
    name: 'tls-old',
    site: 'proxy_pass https://127.0.0.1:<tls12>;\nproxy_ssl_protocols TLSv1.3;',
    cause: 'tls-protocol-version',
    got: 502,
  },
  { name: 'tls-closed', site: 'proxy_pass https://127.0.0.1:<tls-closes>;', cause: 'tls-handshake-closed', got: 502 },
  { name: 'tls-silent', site: 'proxy_pass https://127.0.0.1:<silent>;', cause: 'tls-handshake-timed-out', got: 504 },
  {
    name: 'tls-client',
    site: 'proxy_pass https://127.0.0.1:<tls-client>;',
    cause: 'tls-sni-required',
    got: 502,
    also: ['tls-handshake-failed'],
  },
  {
    name: 'tls13-client',
    site: 'proxy_pass https://127.0.0.1:<tls13-client>;\nproxy_ssl_protocols TLSv1.3;',
    cause: 'tls-connection-failed',
    got: 502,
  },
  {
    name: 'tls-own',
    site: 'proxy_pass https://127.0.0.1:<tls>;\nproxy_ssl_certificate $arg_cert;\nproxy_ssl_certificate_key $arg_cert;',
    cause: 'tls-setup-failed',
    got: 500,
    ask: (lab, at) => ask(lab.port, `${at}?cert=/nowhere.pem`),
  },
  {
    name: 'tls-to-http',
    site: 'proxy_pass http://127.0.0.1:<tls>;',
    cause: 'premature-close',
    either: 'connection-reset',
    got: 502,
  },
  // Limits
  {
    name: 'limit-req',
    http: 'limit_req_zone $server_name zone=one:32k rate=1r/m;',
    site: 'limit_req zone=one;\nproxy_pass http://127.0.0.1:<ok>;',
    cause: 'rate-limited',
    got: 503,
    ask: twice,
  },
  {
    name: 'limit-429',
    http: 'limit_req_zone $server_name zone=two:32k rate=1r/m;',
    site: 'limit_req zone=two;\nlimit_req_status 429;\nproxy_pass http://127.0.0.1:<ok>;',
    cause: 'rate-limited',
    got: 429,
    ask: twice,
  },
  {
    name: 'limit-dry',
    http: 'limit_req_zone $server_name zone=dry:32k rate=1r/m;',
    site: 'limit_req zone=dry;\nlimit_req_dry_run on;\nproxy_pass http://127.0.0.1:<ok>;',
    cause: 'rate-limited',
    got: 200,
    harmless: true,
    ask: twice,
  },
  {
    name: 'limit-conn',
    http: 'limit_conn_zone $server_name zone=three:32k;',
    site: 'limit_conn three 1;\nproxy_read_timeout 5s;\nproxy_pass http://127.0.0.1:<slow>;',
    cause: 'rate-limited',
    got: 503,
    async ask(lab, at) {
      const both = await Promise.all([ask(lab.port, at), ask(lab.port, at)]);
      return both.find(({ status }) => status !== 200) ?? both[0]!;
    },
  },
  // Other locations
  {
    name: 'auth',
    site: 'auth_request /who/refused;\nproxy_pass http://127.0.0.1:<ok>;',
    server: 'location /who/refused { internal; proxy_pass http://127.0.0.1:<refused2>; }',
    cause: 'auth-request-failed',
    got: 500,
    also: ['connection-refused'],
  },
  {
    name: 'auth-redirects',
    site: 'auth_request /who/redirects;\nproxy_pass http://127.0.0.1:<ok>;',
    server: 'location /who/redirects { internal; proxy_pass http://127.0.0.1:<redirect>; }',
    cause: 'auth-request-failed',
    got: 500,
  },
  {
    name: 'auth-upgrades',
    site: 'auth_request /who/upgrades;\nproxy_pass http://127.0.0.1:<ok>;',
    server: 'location /who/upgrades { internal; proxy_pass http://127.0.0.1:<upgrade>; }',
    asking: { headers: { Connection: 'close, upgrade', Upgrade: 'x' } },
    cause: 'upgrade-in-subrequest',
    got: 0,
    harmless: true,
    place: 'proxy_pass http://127.0.0.1:<upgrade>;',
  },
  {
    name: 'ssi-upgrades',
    site: 'ssi on;\nproxy_pass http://127.0.0.1:<includes>;',
    asking: { headers: { Connection: 'close, upgrade', Upgrade: 'x' } },
    cause: 'upgrade-in-subrequest',
    got: 200,
    harmless: true,
    place: 'proxy_pass http://127.0.0.1:<upgrade>;',
  },
  {
    name: 'after-auth',
    site: `auth_request /who/fine;\n${lookUp('b.missing')}`,
    server: 'location /who/fine { internal; proxy_pass http://127.0.0.1:<ok>; }',
    cause: 'host-not-found',
    got: 502,
  },
  { name: 'cycle', site: 'try_files /none /cycle;', cause: 'rewrite-cycle', got: 500, place: null },
  {
    name: 'no-named',
    site: 'error_page 502 = @nowhere;\nproxy_pass http://127.0.0.1:<refused>;',
    cause: 'internal-redirect-failed',
    got: 500,
    also: ['connection-refused'],
  },
  // The cache
  {
    name: 'no-cache',
    http: 'proxy_cache_path <folder>/cache keys_zone=pages:32k;',
    site: 'proxy_cache $arg_zone;\nproxy_pass http://127.0.0.1:<ok>;',
    cause: 'cache-failed',
    got: 500,
    ask: (lab, at) => ask(lab.port, `${at}?zone=none`),
  },
  {
    name: 'locked-cache',
    site: 'proxy_cache pages;\nproxy_pass http://127.0.0.1:<cached>;',
    cause: 'cache-failed',
    got: 500,
    async ask(lab, at) {
      await ask(lab.port, at);
      const folder = lab.scene.path('cache');
      for (const file of readdirSync(folder))
        if (statSync(path.join(folder, file)).isFile()) chmodSync(path.join(folder, file), 0);
      return ask(lab.port, at);
    },
  },
  {
    name: 'long-key',
    site: 'proxy_cache pages;\nproxy_buffer_size 1k;\nproxy_buffers 8 1k;\nproxy_busy_buffers_size 1k;\nproxy_pass http://127.0.0.1:<ok>;',
    cause: 'cache-failed',
    got: 200,
    harmless: true,
    ask: (lab, at) => ask(lab.port, `${at}?${'x'.repeat(1500)}`),
  },
  // Other protocols
  {
    name: 'fastcgi-refused',
    site: 'fastcgi_pass 127.0.0.1:<refused>;',
    cause: 'connection-refused',
    got: 502,
    upstream: '127.0.0.1:<refused>',
  },
  { name: 'fastcgi-http', site: 'fastcgi_pass 127.0.0.1:<bad-header>;', cause: 'fastcgi-protocol-mismatch', got: 502 },
  { name: 'fastcgi-empty', site: 'fastcgi_pass 127.0.0.1:<fastcgi-no-output>;', cause: 'premature-close', got: 502 },
  {
    name: 'fastcgi-id',
    site: 'fastcgi_pass 127.0.0.1:<fastcgi-other-request>;',
    cause: 'fastcgi-protocol-mismatch',
    got: 502,
  },
  { name: 'fastcgi-status', site: 'fastcgi_pass 127.0.0.1:<bad-fastcgi-status>;', cause: 'invalid-header', got: 502 },
  { name: 'fastcgi-header', site: 'fastcgi_pass 127.0.0.1:<bad-fastcgi-header>;', cause: 'invalid-header', got: 502 },
  {
    name: 'fastcgi-stderr',
    site: 'fastcgi_pass 127.0.0.1:<fastcgi-stderr>;',
    cause: 'php-message',
    got: 200,
    harmless: true,
  },
  { name: 'fastcgi-silent', site: 'fastcgi_pass 127.0.0.1:<silent>;', cause: 'read-timed-out', got: 504 },
  {
    name: 'fastcgi-big',
    site: 'fastcgi_pass 127.0.0.1:<ok>;\nfastcgi_param COOKIES $http_cookie$http_cookie;',
    asking: { headers: { Cookie: 'x'.repeat(40_000) } },
    cause: 'request-too-big',
    got: 500,
  },
  {
    name: 'uwsgi-refused',
    site: 'uwsgi_pass 127.0.0.1:<refused>;',
    cause: 'connection-refused',
    got: 502,
    upstream: '127.0.0.1:<refused>',
  },
  { name: 'uwsgi-closed', site: 'uwsgi_pass 127.0.0.1:<closed>;', cause: 'premature-close', got: 502 },
  { name: 'uwsgi-status', site: 'uwsgi_pass 127.0.0.1:<bad-cgi-status>;', cause: 'invalid-header', got: 502 },
  { name: 'uwsgi-silent', site: 'uwsgi_pass 127.0.0.1:<silent>;', cause: 'read-timed-out', got: 504 },
  {
    name: 'uwsgi-big',
    site: 'uwsgi_pass 127.0.0.1:<ok>;\nuwsgi_param COOKIES $http_cookie$http_cookie;',
    asking: { headers: { Cookie: 'x'.repeat(40_000) } },
    cause: 'request-too-big',
    got: 500,
  },
  { name: 'uwsgi-tls', site: 'uwsgi_pass suwsgi://127.0.0.1:<ok>;', cause: 'tls-wrong-version', got: 502 },
  { name: 'scgi-refused', site: 'scgi_pass 127.0.0.1:<refused>;', cause: 'connection-refused', got: 502 },
  { name: 'scgi-header', site: 'scgi_pass 127.0.0.1:<bad-cgi-header>;', cause: 'invalid-header', got: 502 },
  { name: 'scgi-reset', site: 'scgi_pass 127.0.0.1:<reset>;', cause: 'connection-reset', got: 502 },
  {
    name: 'memcached-refused',
    site: 'set $memcached_key a;\nmemcached_pass 127.0.0.1:<refused>;',
    cause: 'connection-refused',
    got: 502,
  },
  {
    name: 'memcached-miss',
    site: 'set $memcached_key a;\nmemcached_pass 127.0.0.1:<memcached-miss>;',
    cause: 'memcached-miss',
    got: 404,
  },
  {
    name: 'memcached-error',
    site: 'set $memcached_key a;\nmemcached_pass 127.0.0.1:<memcached-error>;',
    cause: 'invalid-header',
    got: 502,
  },
  {
    name: 'memcached-trailer',
    site: 'set $memcached_key a;\nmemcached_pass 127.0.0.1:<memcached-trailer>;',
    cause: 'invalid-chunked-response',
    got: 200,
  },
  {
    name: 'memcached-no-key',
    site: 'memcached_pass 127.0.0.1:<memcached-miss>;',
    cause: 'memcached-key-missing',
    got: 500,
  },
  {
    name: 'grpc-refused',
    site: 'grpc_pass grpc://127.0.0.1:<refused>;',
    cause: 'connection-refused',
    got: 502,
    upstream: '127.0.0.1:<refused>',
  },
  { name: 'grpc-http1', site: 'grpc_pass grpc://127.0.0.1:<bad-header>;', cause: 'grpc-protocol-error', got: 502 },
  { name: 'grpc-refuses', site: 'grpc_pass grpc://127.0.0.1:<grpc-refuses>;', cause: 'grpc-protocol-error', got: 502 },
  { name: 'grpc-goaway', site: 'grpc_pass grpc://127.0.0.1:<grpc-goaway>;', cause: 'grpc-protocol-error', got: 502 },
  { name: 'grpc-silent', site: 'grpc_pass grpc://127.0.0.1:<grpc-silent>;', cause: 'read-timed-out', got: 504 },
  {
    name: 'grpc-resets-later',
    site: 'grpc_pass grpc://127.0.0.1:<grpc-resets-later>;',
    cause: 'grpc-protocol-error',
    got: 200,
  },
  { name: 'grpc-tls', site: 'grpc_pass grpcs://127.0.0.1:<ok>;', cause: 'tls-wrong-version', got: 502 },
  {
    name: 'grpc-tls-client',
    site: 'grpc_pass grpcs://127.0.0.1:<tls-client>;',
    cause: 'tls-sni-required',
    got: 502,
    also: ['tls-handshake-failed'],
  },
];

/** What must go wrong on the disk. Undone at the end, or it could not be removed. */
async function spoil({ scene }: Lab): Promise<void> {
  scene.write({ 'locked/.keep': '' });
  await listen(scene, scene.path('stale-at-first.sock'), (path) => {
    chmodSync(path, 0o666);
    renameSync(path, scene.path('stale.sock'));
  });
  await listen(scene, scene.path('locked/app.sock'));
  for (const folder of ['locked', 'locked-body', 'locked-proxy']) {
    chmodSync(scene.path(folder), 0);
    scene.atEnd(() => chmodSync(scene.path(folder), 0o700));
  }
}

/** A unix socket; `leave` makes the file outlive its listener. */
async function listen(scene: Scene, path: string, leave?: (path: string) => void): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  leave?.(path);
  if (leave) server.close();
  else scene.atEnd(() => server.close());
}

async function twice(lab: Lab, at: string) {
  await ask(lab.port, at);
  return ask(lab.port, at);
}

describeReal('faults over HTTP', ['nginx', 'openssl'], () => {
  let lab: Lab;
  beforeAll(async () => {
    let close = async (): Promise<void> => {};
    lab = await openLab({ faults, places: startBackends }, (end) => {
      close = end;
    });
    await spoil(lab);
    return close;
  });

  it.each(faults.map((fault) => [fault.name, fault] as const))('%s', async (_, fault) => play(lab, fault));

  it.each([
    ['silent', 'The read timeout in force is 300ms.', 'proxy_read_timeout 300ms;'],
    ['fastcgi-silent', 'The read timeout in force is 300ms.', 'fastcgi_read_timeout 300ms;'],
    ['uwsgi-silent', 'The read timeout in force is 300ms.', 'uwsgi_read_timeout 300ms;'],
    ['full-queue', 'The connect timeout in force is 300ms.', 'proxy_connect_timeout 300ms;'],
    ['mute-name', 'Names are looked up at 127.0.0.1:<dns> ipv6=off.', 'resolver 127.0.0.1:<dns> ipv6=off;'],
  ])('%s shows what was in force', async (name, message, written) => {
    const fault = faults.find((each) => each.name === name)!;
    const { evidence } = await explained(lab, fault.cause, `/${name}`);
    const found = evidence.find((each) => each.message === filled(message, lab.places));
    expect(found).toBeDefined();
    const { text } = lab.project.sources.get(found!.file!)!;
    expect(text.slice(found!.span!.start, found!.span!.end)).toBe(filled(written, lab.places));
  });

  it('is more than sixty', () => {
    expect(faults.length).toBeGreaterThan(60);
  });
});
