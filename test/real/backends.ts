/** Backends to stand behind nginx: plain HTTP, slow, TLS of several kinds, WebSocket. They end with the scene. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';
import { mainFile, startNginx } from './nginx';
import { program } from './programs';
import { freePort, newScene, type Scene } from './scene';

/**
 * Answers every request with 200, `after` some milliseconds and with a cookie of that many bytes. Returns its port, one of
 * its own where none is given.
 */
export async function httpBackend(scene: Scene, { after = 0, cookie = 0, port = 0 } = {}): Promise<number> {
  return listen(scene, () => createServer(answer(after, cookie)), port);
}

/** Hangs up on a request that comes after the connection was idle for `patience` milliseconds, as if it just had given it up. */
export async function impatientBackend(scene: Scene, { patience }: { patience: number }): Promise<number> {
  const lastUse = new WeakMap<object, number>();
  return listen(scene, () => {
    const server = createServer(({ socket }, response) => {
      if (Date.now() - (lastUse.get(socket) ?? Date.now()) > patience) {
        socket.destroy();
        return;
      }
      response.end('hello\n', () => lastUse.set(socket, Date.now()));
    });
    server.keepAliveTimeout = 0;
    return server;
  });
}

/** Speaks TLS with a self-signed certificate for `localhost`. */
export async function tlsBackend(scene: Scene, options: ServerOptions = {}): Promise<number> {
  const own = certificate(scene, 'backend');
  return listen(scene, () => createTlsServer({ ...own, ...options }, answer()));
}

/**
 * Has a certificate for `localhost` and none for anything else: alert "handshake failure". `silent`: hangs up without an
 * alert when it hears another name, as a Node.js server does whose SNICallback fails.
 */
export async function sniBackend(scene: Scene, { silent = false } = {}): Promise<number> {
  const context = createSecureContext(certificate(scene, 'backend'));
  const unknown = silent ? new Error('no certificate') : null;
  return listen(scene, () =>
    createTlsServer(
      { SNICallback: (name, done) => (name === 'localhost' ? done(null, context) : done(unknown)) },
      answer(),
    ),
  );
}

/** An nginx that refuses every name but `localhost`, and clients that send none, with the alert "unrecognized name". */
export async function rejectingNginx(): Promise<number> {
  const own = newScene();
  const port = await freePort();
  certificate(own, 'backend');
  own.write({
    'nginx.conf': mainFile(own),
    'sites-enabled/backend.conf': `server {
    listen 127.0.0.1:${port} ssl default_server;
    ssl_reject_handshake on;
}
server {
    listen 127.0.0.1:${port} ssl;
    server_name localhost;
    ssl_certificate ${own.path('backend.crt')};
    ssl_certificate_key ${own.path('backend.key')};
    return 200 "hello\n";
}
`,
  });
  await startNginx(own);
  return port;
}

/** Wants an upgrade on every request, over HTTP/1.1 as RFC 6455 has it (Node.js alone takes 1.0 too), and answers 426 else. */
export async function webSocketBackend(scene: Scene): Promise<number> {
  return listen(scene, () =>
    createServer((_, response) => response.writeHead(426, { upgrade: 'websocket' }).end('upgrade required\n')).on(
      'upgrade',
      (request, socket) => {
        socket.on('error', () => {});
        if (request.httpVersion !== '1.1') {
          socket.end('HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n');
          return;
        }
        const accept = createHash('sha1')
          .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
          .digest('base64');
        socket.end(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
        );
      },
    ),
  );
}

/** A key and a self-signed certificate for `localhost`, kept in the scene as NAME.key and NAME.crt. */
export function certificate(scene: Scene, name: string): { key: string; cert: string } {
  const [key, cert] = [scene.path(`${name}.key`), scene.path(`${name}.crt`)];
  const { status, stderr } = spawnSync(
    program('openssl'),
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-keyout', key, '-out', cert, '-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost'],
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`openssl req failed:\n${stderr}`);
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

function answer(after = 0, cookie = 0): RequestListener {
  return async (_, response) => {
    if (after > 0) await sleep(after);
    if (cookie > 0) response.setHeader('set-cookie', `token=${'x'.repeat(cookie)}`);
    response.end('hello\n');
  };
}

/** Listens on 127.0.0.1 and on whatever else `localhost` is here: nginx tries all of its addresses. */
async function listen(scene: Scene, create: () => Server, given = 0): Promise<number> {
  const port = given || (await freePort());
  const known = (await lookup('localhost', { all: true })).map(({ address }) => address);
  for (const address of new Set(['127.0.0.1', ...known])) {
    const server = create();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, resolve);
    });
    scene.atEnd(() => {
      server.close();
      server.closeAllConnections();
    });
  }
  return port;
}
