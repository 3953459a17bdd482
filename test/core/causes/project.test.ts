/** Causes with a configuration in view: where, on what evidence, and a preferred fix that heals and comes to rest. */
import { describe, expect, it } from 'vitest';
import {
  applyEdits,
  type Explanation,
  explain,
  type Fix,
  load,
  mapFiles,
  type Project,
  parseLine,
} from '../../../server/src/core/index';

const MAIN = '/etc/nginx/nginx.conf';
const POOL = '/etc/php/8.2/fpm/pool.d/www.conf';
const HEAD = '2024/03/15 10:23:45 [error] 1234#1234: *1 ';

/** A message with the fields of a request to shop.example. */
function line(message: string, upstream: string | null, request = 'GET /api/x HTTP/1.1'): string {
  const field = upstream === null ? '' : `, upstream: "${upstream}"`;
  return `${HEAD}${message}, client: 10.0.0.1, server: shop.example, request: "${request}"${field}, host: "shop.example"`;
}

async function projectOf(nginx: string, pool?: string): Promise<Project> {
  const files = new Map([[MAIN, nginx]]);
  if (pool !== undefined) files.set(POOL, pool);
  const { project } = await load(mapFiles(files), { nginx: [MAIN], fpm: pool === undefined ? [] : [[POOL]] });
  return project;
}

/** A main file with one server whose location has these lines; `http`: what stands beside the server. */
function site(inside: string, http = ''): string {
  return `user www-data;
events {
    worker_connections 768;
}
http {
${http}    server {
        listen 80;
        server_name shop.example;
        location /api/ {
            ${inside.split('\n').join('\n            ')}
        }
    }
}
`;
}

function explained(text: string, project: Project): Explanation {
  const record = parseLine(text);
  const found = record && explain(record, project);
  if (!found) throw new Error(`not explained: ${text}`);
  return found;
}

function apply(project: Project, fix: Fix): Project {
  let result = project;
  for (const file of new Set(fix.edits().map((edit) => edit.file))) {
    const text = (project.nginx(file) ?? project.fpm(file))!.text;
    result = result.withText(
      file,
      applyEdits(
        text,
        fix.edits().filter((edit) => edit.file === file),
      ),
    );
  }
  return result;
}

/** The text after the preferred fix, which must be the first and the only preferred one. */
function healed(text: string, project: Project): { id: string; after: Project; conf: string } {
  const { fixes } = explained(text, project);
  expect(fixes.map(({ preferred }) => preferred)).toEqual(fixes.map((_, i) => i === 0));
  const after = apply(project, fixes[0]!);
  return { id: fixes[0]!.id, after, conf: after.nginx(MAIN)!.text };
}

/** The same fix, offered again after it was applied, changes nothing. */
function rests(text: string, id: string, after: Project): void {
  const again = explained(text, after).fixes.find((fix) => fix.id === id);
  expect(again?.edits() ?? []).toEqual([]);
}

/** Evidence as `message @ text of the place`. */
function evidence({ evidence: found }: Explanation, project: Project): string[] {
  return found.map(({ message, file, span }) => {
    const text = file && (project.nginx(file) ?? project.fpm(file))?.text;
    return text && span ? `${message} @ ${text.slice(span.start, span.end)}` : message;
  });
}

const SELF_SIGNED =
  'upstream SSL certificate verify error: (18:self-signed certificate) while SSL handshaking to upstream';
const NO_SNI =
  'SSL_do_handshake() failed (SSL: error:0A000458:SSL routines::tlsv1 unrecognized name:SSL alert number 112) while SSL handshaking to upstream';
const PROTOCOL =
  'SSL_do_handshake() failed (SSL: error:0A00042E:SSL routines::tlsv1 alert protocol version:SSL alert number 70) while SSL handshaking to upstream';
const PLAIN =
  'SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream';
const TOO_BIG = 'upstream sent too big header while reading response header from upstream';
const REFUSED = 'connect() failed (111: Connection refused) while connecting to upstream';

describe('one dead server among several, failover off', () => {
  const http = '    upstream app {\n        server 127.0.0.1:8001;\n        server 127.0.0.1:8002;\n    }\n';

  it('names the server line and the switch, and turns failover on', async () => {
    const project = await projectOf(site('proxy_pass http://app;\nproxy_next_upstream off;', http));
    const text = line(REFUSED, 'http://127.0.0.1:8002/api/x');
    const found = explained(text, project);
    expect(found.title).toBe('Nothing listens on 127.0.0.1:8002');
    expect(found.config.map(({ directive }) => directive)).toEqual(['server', 'proxy_pass', 'location', 'server']);
    expect(evidence(found, project)).toEqual([
      'Failover is off: nginx does not try the other servers of the group. @ proxy_next_upstream off;',
    ]);
    const { id, after, conf } = healed(text, project);
    expect(id).toBe('failover');
    expect(conf).toContain('proxy_next_upstream error timeout http_502 http_503;');
    rests(text, id, after);
  });

  it('does the same for a server that does not answer', async () => {
    const project = await projectOf(site('proxy_pass http://app;\nproxy_next_upstream off;', http));
    const text = line(
      'upstream timed out (110: Connection timed out) while connecting to upstream',
      'http://127.0.0.1:8002/api/x',
    );
    const { id, after } = healed(text, project);
    expect(id).toBe('failover');
    rests(text, id, after);
  });

  it('shows what takes servers out when none is left', async () => {
    const project = await projectOf(
      site(
        'proxy_pass http://app;',
        '    upstream app {\n        server 127.0.0.1:8001 down;\n        server 127.0.0.1:8002 max_fails=3 fail_timeout=30s;\n    }\n',
      ),
    );
    const found = explained(line('no live upstreams while connecting to upstream', 'http://app/api/x'), project);
    expect(found.title).toBe('No server of "app" is available');
    expect(evidence(found, project)).toEqual([
      '127.0.0.1:8001 is marked down. @ server 127.0.0.1:8001 down;',
      '127.0.0.1:8002 is left out for 30s after 3 failures. @ server 127.0.0.1:8002 max_fails=3 fail_timeout=30s;',
    ]);
  });
});

describe('timeouts', () => {
  it('shows the timeout in force and makes it longer', async () => {
    const project = await projectOf(site('proxy_pass http://127.0.0.1:8001;\nproxy_read_timeout 5s;'));
    const text = line(
      'upstream timed out (110: Connection timed out) while reading response header from upstream',
      'http://127.0.0.1:8001/api/x',
    );
    expect(evidence(explained(text, project), project)).toEqual([
      'The read timeout in force is 5s. @ proxy_read_timeout 5s;',
    ]);
    const { id, conf } = healed(text, project);
    expect(id).toBe('proxy-timeouts');
    expect(conf).toContain('proxy_read_timeout 120s;');
  });

  it('says what the default is where none is set', async () => {
    const project = await projectOf(site('proxy_pass http://127.0.0.1:8001;'));
    const text = line(
      'upstream timed out (110: Connection timed out) while sending request to upstream',
      'http://127.0.0.1:8001/api/x',
    );
    const found = explained(text, project);
    expect(found.evidence).toEqual([{ message: 'proxy_send_timeout is not set: nginx waits 60s.' }]);
    expect(healed(text, project).conf).toContain('proxy_send_timeout 120s;');
  });

  it('offers the WebSocket block for an upgraded connection', async () => {
    const project = await projectOf(site('proxy_pass http://127.0.0.1:8001;'));
    const text = line(
      'upstream timed out (110: Connection timed out) while proxying upgraded connection',
      'http://127.0.0.1:8001/api/x',
    );
    const { id, after } = healed(text, project);
    expect(id).toBe('websocket');
    rests(text, id, after);
  });
});

describe('TLS', () => {
  it('accepts the own certificate of an internal service', async () => {
    const project = await projectOf(
      site('proxy_pass https://127.0.0.1:8443;\nproxy_ssl_verify on;\nproxy_ssl_trusted_certificate /etc/ssl/ca.pem;'),
    );
    const text = line(SELF_SIGNED, 'https://127.0.0.1:8443/api/x');
    const found = explained(text, project);
    expect(found.title).toBe('The upstream’s certificate is self-signed');
    expect(evidence(found, project).slice(0, 2)).toEqual([
      'nginx checks the certificate here. @ proxy_ssl_verify on;',
      'It trusts the authorities in /etc/ssl/ca.pem. @ proxy_ssl_trusted_certificate /etc/ssl/ca.pem;',
    ]);
    const { id, after, conf } = healed(text, project);
    expect(id).toBe('upstream-tls-internal');
    expect(conf).toContain('proxy_ssl_verify off;');
    rests(text, id, after);
  });

  it('keeps checking a public service', async () => {
    const project = await projectOf(site('proxy_pass https://api.example.com;\nproxy_ssl_verify on;'));
    const text = line(SELF_SIGNED, 'https://93.184.216.34:443/api/x');
    const { id, after, conf } = healed(text, project);
    expect(id).toBe('upstream-tls-external');
    expect(conf).toContain('proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;');
    // What is left weakens the check, so it is never what is done without asking.
    expect(explained(text, after).fixes.map((fix) => [fix.id, fix.preferred])).toEqual([
      ['upstream-tls-internal', false],
    ]);
  });

  it('gives a group the name that its certificate has', async () => {
    const project = await projectOf(
      site(
        'proxy_pass https://app;\nproxy_set_header Host api.internal;\nproxy_ssl_verify on;',
        '    upstream app {\n        server 10.0.0.5:8443;\n    }\n',
      ),
    );
    const text = line(
      'upstream SSL certificate does not match "app" while SSL handshaking to upstream',
      'https://10.0.0.5:8443/api/x',
    );
    expect(explained(text, project).title).toBe('The upstream’s certificate is not for "app"');
    const { id, after, conf } = healed(text, project);
    expect(id).toBe('upstream-sni');
    expect(conf).toContain('proxy_ssl_name api.internal;');
    rests(text, id, after);
    expect(explained(text, project).checks[0]!.command).toContain(
      'openssl s_client -connect 10.0.0.5:8443 -servername api.internal </dev/null',
    );
  });

  it('sends the server name', async () => {
    const project = await projectOf(site('proxy_pass https://api.example.com;'));
    const text = line(NO_SNI, 'https://93.184.216.34:443/api/x');
    const found = explained(text, project);
    expect(evidence(found, project)[0]).toBe('proxy_ssl_server_name is not set: nginx sends no server name (SNI).');
    const { id, after, conf } = healed(text, project);
    expect(id).toBe('upstream-sni');
    expect(conf).toContain('proxy_ssl_server_name on;');
    rests(text, id, after);
  });

  it('widens pinned versions', async () => {
    const project = await projectOf(site('proxy_pass https://127.0.0.1:8443;\nproxy_ssl_protocols TLSv1.1;'));
    const text = line(PROTOCOL, 'https://127.0.0.1:8443/api/x');
    expect(evidence(explained(text, project), project)).toEqual([
      'nginx speaks only TLSv1.1 to this upstream. @ proxy_ssl_protocols TLSv1.1;',
    ]);
    const { id, after, conf } = healed(text, project);
    expect(id).toBe('upstream-tls-protocols');
    expect(conf).toContain('proxy_ssl_protocols TLSv1.2 TLSv1.3;');
    rests(text, id, after);
  });

  it('speaks plain HTTP to a backend without TLS, on the same port', async () => {
    const project = await projectOf(site('proxy_pass https://127.0.0.1:3000/base/;'));
    const text = line(PLAIN, 'https://127.0.0.1:3000/base/x');
    const { id, after, conf } = healed(text, project);
    expect(id).toBe('upstream-plain');
    expect(conf).toContain('proxy_pass http://127.0.0.1:3000/base/;');
    expect(parseLine(text) && explain(parseLine(text)!, after)?.fixes).toEqual([]);

    const portless = await projectOf(site('proxy_pass https://backend/base/;'));
    expect(healed(line(PLAIN, 'https://10.0.0.5:443/base/x'), portless).conf).toContain(
      'proxy_pass http://backend:443/base/;',
    );
  });

  it('does not choose plain HTTP over a public network', async () => {
    const project = await projectOf(site('proxy_pass https://api.example.com:8080;'));
    const { fixes } = explained(line(PLAIN, 'https://93.184.216.34:8080/api/x'), project);
    expect(fixes.map((fix) => [fix.id, fix.preferred])).toEqual([['upstream-plain', false]]);
  });
});

describe('a header that is too big', () => {
  const wrote = (family: string, conf: string): string[] =>
    conf.split('\n').flatMap((each) => (new RegExp(`^ *${family}_.*buffer`).test(each) ? [each.trim()] : []));

  it('inserts the three directives together', async () => {
    const project = await projectOf(site('proxy_pass http://127.0.0.1:8001;\nproxy_buffer_size 8k;'));
    const text = line(TOO_BIG, 'http://127.0.0.1:8001/api/x');
    expect(evidence(explained(text, project), project)).toEqual([
      'The header must fit into 8k. @ proxy_buffer_size 8k;',
    ]);
    const { id, after, conf } = healed(text, project);
    expect(id).toBe('proxy-buffers');
    expect(wrote('proxy', conf).sort()).toEqual([
      'proxy_buffer_size 32k;',
      'proxy_buffers 8 32k;',
      'proxy_busy_buffers_size 64k;',
    ]);
    rests(text, id, after);
  });

  it('shrinks nothing and keeps what nginx -t asks for', async () => {
    const project = await projectOf(
      site(
        'proxy_pass http://127.0.0.1:8001;',
        '    proxy_buffers 4 64k;\n    proxy_buffer_size 16k;\n    proxy_busy_buffers_size 512k;\n',
      ),
    );
    const text = line(TOO_BIG, 'http://127.0.0.1:8001/api/x');
    const { after, conf } = healed(text, project);
    // 512k of busy buffers need nine of 64k.
    expect(wrote('proxy', conf).slice(3)).toEqual([
      'proxy_buffer_size 32k;',
      'proxy_buffers 9 64k;',
      'proxy_busy_buffers_size 512k;',
    ]);
    rests(text, 'proxy-buffers', after);
  });

  it('uses the family of the pass', async () => {
    const grpc = await projectOf(site('grpc_pass grpc://127.0.0.1:8001;'));
    expect(wrote('grpc', healed(line(TOO_BIG, 'grpc://127.0.0.1:8001'), grpc).conf)).toEqual(['grpc_buffer_size 32k;']);
    const php = await projectOf(site('fastcgi_pass 127.0.0.1:9000;'));
    expect(wrote('fastcgi', healed(line(TOO_BIG, 'fastcgi://127.0.0.1:9000'), php).conf)).toHaveLength(3);
  });
});

describe('a backend that hangs up', () => {
  const RESET = 'recv() failed (104: Connection reset by peer) while reading response header from upstream';

  it('shows HTTP sent to a pool', async () => {
    const project = await projectOf(site('proxy_pass http://127.0.0.1:9000;'), '[www]\nlisten = 127.0.0.1:9000\n');
    const found = explained(line(RESET, 'http://127.0.0.1:9000/api/x'), project);
    expect(evidence(found, project)).toEqual([
      'proxy_pass speaks http, but pool "www" listens there and speaks FastCGI: use fastcgi_pass. @ proxy_pass http://127.0.0.1:9000;',
    ]);
  });

  it('shows a pool that kills requests or does not let nginx in', async () => {
    const project = await projectOf(
      site('fastcgi_pass 127.0.0.1:9000;'),
      '[www]\nlisten = 127.0.0.1:9000\nlisten.allowed_clients = 10.0.0.5, 127.0.0.1\nrequest_terminate_timeout = 30s\n',
    );
    const found = explained(line(RESET, 'fastcgi://127.0.0.1:9000'), project);
    expect(evidence(found, project)).toEqual([
      'Pool "www" kills a request after 30s; nginx would wait 60s. @ request_terminate_timeout = 30s',
      'Pool "www" accepts connections from 10.0.0.5, 127.0.0.1 only and closes all others at once; php-fpm takes the blank after the comma as part of the address. @ listen.allowed_clients = 10.0.0.5, 127.0.0.1',
    ]);
    expect(found.fixes.slice(0, 2)).toMatchObject([
      { id: 'links/allowed-clients', preferred: true, apply: ['systemctl restart php8.2-fpm'] },
      { id: 'restart-service', preferred: false, apply: ['systemctl restart php8.2-fpm'] },
    ]);
  });

  it('shortens how long connections are kept when a POST fails', async () => {
    const project = await projectOf(
      site(
        'proxy_pass http://app;',
        '    upstream app {\n        server 127.0.0.1:3000;\n        keepalive 16;\n    }\n',
      ),
    );
    const text = line(RESET, 'http://127.0.0.1:3000/api/x', 'POST /api/x HTTP/1.1');
    const { id, after, conf } = healed(text, project);
    expect(id).toBe('upstream-keepalive');
    expect(conf).toContain('keepalive_timeout 4s;');
    rests(text, id, after);
  });
});

describe('limits of the workers', () => {
  it('doubles what was not enough, once', async () => {
    const project = await projectOf(site('proxy_pass http://127.0.0.1:8001;'));
    const text = line(
      '768 worker_connections are not enough while connecting to upstream',
      'http://127.0.0.1:8001/api/x',
    );
    const { id, after, conf } = healed(text, project);
    expect(id).toBe('worker-limits');
    expect(conf).toContain('user www-data;\nworker_rlimit_nofile 8192;\nevents {\n    worker_connections 4096;\n}');
    rests(text, id, after);
  });
});

describe('what the rules see', () => {
  it('is evidence, and its fix comes first', async () => {
    const files = new Map([
      ['/app/nginx.conf', site('proxy_pass http://127.0.0.1:3000;')],
      [
        '/app/compose.yml',
        `services:
  web:
    image: nginx:1.25
    volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro"]
  app:
    image: node:20
    expose: ["3000"]
`,
      ],
    ]);
    const request = { nginx: ['/app/nginx.conf'], fpm: [], around: ['/app/compose.yml'] };
    const { project } = await load(mapFiles(files), request);
    const text = line(REFUSED, 'http://127.0.0.1:3000/api/x');
    const found = explained(text, project);
    expect(found.confidence).toBe('certain');
    expect(found.evidence[0]!.message).toContain('is the container "web" itself');
    expect(found.fixes.map(({ id, preferred }) => [id, preferred])).toEqual([
      ['links/loopback-in-container', true],
      ['restart-service', false],
    ]);
    expect(found.fixes[0]).toMatchObject({ time: '5 min', apply: ['nginx -t && systemctl reload nginx'] });
    const after = apply(project, found.fixes[0]!);
    expect(after.nginx('/app/nginx.conf')!.text).toContain('proxy_pass http://app:3000;');
    expect(explained(text, after).fixes.filter((fix) => fix.edits().length > 0)).toEqual([]);
  });
});

describe('a timeout that is long already', () => {
  it('is for a person to raise', async () => {
    const project = await projectOf(site('proxy_pass http://127.0.0.1:8001;\nproxy_read_timeout 300s;'));
    const text = line(
      'upstream timed out (110: Connection timed out) while reading response header from upstream',
      'http://127.0.0.1:8001/api/x',
    );
    const [fix] = explained(text, project).fixes;
    expect(fix).toMatchObject({ id: 'proxy-timeouts', preferred: false, block: 'proxy_read_timeout 600s;' });
    expect(fix!.edits()).toEqual([]);
  });
});

describe('a remedy that is in place already', () => {
  it('leaves the others to a person', async () => {
    const project = await projectOf(
      site('proxy_pass https://10.0.0.5:8443;\nproxy_ssl_name x;\nproxy_ssl_server_name on;'),
    );
    const { fixes } = explained(line(NO_SNI, 'https://10.0.0.5:8443/api/x'), project);
    expect(fixes.map(({ id, preferred, block }) => [id, preferred, block !== null])).toEqual([
      ['upstream-tls-protocols', false, true],
    ]);
    expect(fixes.flatMap((fix) => fix.edits())).toEqual([]);
  });

  it('is not offered where the check is off that the line complains about', async () => {
    const project = await projectOf(site('proxy_pass https://10.0.0.5:8443;\nproxy_ssl_verify off;'));
    expect(explained(line(SELF_SIGNED, 'https://10.0.0.5:8443/api/x'), project).fixes).toEqual([]);
  });
});

describe('other evidence', () => {
  it('finds the place that nginx -t names', async () => {
    const project = await projectOf(site('proxy_pass http://backend;'));
    const row = project.nginx(MAIN)!.text.split('\n').indexOf('            proxy_pass http://backend;') + 1;
    const text = `2024/03/15 10:23:45 [emerg] 1#1: host not found in upstream "backend" in ${MAIN}:${row}`;
    expect(evidence(explained(text, project), project)).toContain(
      'nginx stopped reading here. @             proxy_pass http://backend;',
    );
  });

  it('asks the resolver that is set', async () => {
    const project = await projectOf(site('resolver 10.0.0.2 valid=30s;\nset $b backend;\nproxy_pass http://$b:80;'));
    const found = explained(line('backend could not be resolved (3: Host not found)', null), project);
    expect(evidence(found, project)).toEqual([
      'Names are looked up at 10.0.0.2 valid=30s. @ resolver 10.0.0.2 valid=30s;',
    ]);
    expect(found.checks.map(({ command }) => command)).toContain('dig +short @10.0.0.2 backend');
  });

  it('gives the status that the configuration asks for', async () => {
    const project = await projectOf(site('limit_req_status 429;\nproxy_pass http://127.0.0.1:8001;'));
    expect(explained(line('limiting requests, excess: 1.000 by zone "one"', null), project).status).toEqual([429]);
  });

  it('offers no fix that would do nothing', async () => {
    const project = await projectOf(site('proxy_pass http://127.0.0.1:8001;'));
    for (const message of [SELF_SIGNED, NO_SNI, PROTOCOL, PLAIN, TOO_BIG, REFUSED]) {
      for (const fix of explained(line(message, 'http://127.0.0.1:8001/api/x'), project).fixes) {
        expect(fix.edits().length > 0 || fix.id === 'restart-service', `${message}: ${fix.id}`).toBe(true);
      }
    }
  });
});

describe('what php-fpm logs', () => {
  const nginx = site('fastcgi_pass unix:/run/php/php8.2-fpm.sock;');
  const pool = `[www]
user = www-data
listen = /run/php/php8.2-fpm.sock
pm = dynamic
pm.max_children = 5
request_terminate_timeout = 30s
`;

  it('leads to the pool, its settings and the pass', async () => {
    const project = await projectOf(nginx, pool);
    const found = explained(
      '[22-Nov-2026 14:00:00] WARNING: [pool www] server reached pm.max_children setting (5), consider raising it',
      project,
    );
    expect(found).toMatchObject({ cause: 'fpm-max-children', title: 'All 5 processes of pool "www" are busy' });
    expect(evidence(found, project)).toEqual([
      'Pool "www" has pm = dynamic. @ pm = dynamic',
      'Pool "www" has pm.max_children = 5. @ pm.max_children = 5',
      'Pool "www" has request_terminate_timeout = 30s. @ request_terminate_timeout = 30s',
    ]);
    expect(found.config.map(({ directive }) => directive)).toEqual(['fastcgi_pass', 'location', 'server']);
    expect(found.checks.map(({ command }) => command)).toContain('journalctl -u php8.2-fpm -n 50 --no-pager');
  });

  it('leads to the line of the configuration with which it did not start', async () => {
    const project = await projectOf(nginx, `${pool}pm.max_childrn = 2\n`);
    const found = explained(`[22-Nov-2026 14:00:00] ERROR: [${POOL}:7] unknown entry 'pm.max_childrn'`, project);
    expect(found.cause).toBe('fpm-startup-failed');
    expect(evidence(found, project)).toEqual(['php-fpm stopped reading here. @ pm.max_childrn = 2']);
  });
});

describe('a handshake that is refused although the name is sent', () => {
  it('points to the client certificate', async () => {
    const project = await projectOf(
      site('grpc_pass grpcs://10.0.0.5:8443;\ngrpc_ssl_server_name on;\ngrpc_ssl_name backend.internal;'),
    );
    const found = explained(
      line(
        'SSL_do_handshake() failed (SSL: error:0A000410:SSL routines::sslv3 alert handshake failure:SSL alert number 40) while SSL handshaking to upstream',
        'grpcs://10.0.0.5:8443',
      ),
      project,
    );
    expect(found.title).toBe('The upstream refuses the handshake: it may want a client certificate');
    expect(evidence(found, project)).toContain(
      'grpc_ssl_certificate is not set: nginx has no client certificate to show, in case the backend wants one.',
    );
  });
});

describe('the location of a request', () => {
  it('is that to which a rewrite leads, by what went to the upstream', async () => {
    const project = await projectOf(`events {}
http {
    server {
        server_name shop.example;
        location /old/ {
            rewrite ^/old/(.*)$ /new/$1 last;
            proxy_pass http://127.0.0.1:9000;
        }
        location /new/ {
            proxy_pass http://127.0.0.1:9000;
        }
    }
}
`);
    const found = explained(line(REFUSED, 'http://127.0.0.1:9000/new/a', 'GET /old/a HTTP/1.1'), project);
    const text = project.nginx(MAIN)!.text;
    expect(found.config.map(({ span }) => text.slice(span.start, span.end))).toContain('location /new/');
  });

  it('is never a pass of the stream module', async () => {
    const project = await projectOf(`events {}
stream {
    server {
        listen 3306;
        proxy_pass 127.0.0.1:9000;
    }
}
http {
    server {
        server_name shop.example;
        location / {
            proxy_pass http://127.0.0.1:9000;
        }
    }
}
`);
    const web = explained(line(REFUSED, 'http://127.0.0.1:9000/a'), project);
    expect(web.config.map(({ directive }) => directive)).toEqual(['proxy_pass', 'location', 'server']);
    const stream = explained(
      `${HEAD}${REFUSED}, client: 10.0.0.1, server: 0.0.0.0:3306, upstream: "127.0.0.1:9000", bytes from/to client:0/0, bytes from/to upstream:0/0`,
      project,
    );
    expect(stream.config.map(({ directive }) => directive)).toEqual(['proxy_pass', 'server']);
    expect(stream.status).toEqual([]);
  });
});
