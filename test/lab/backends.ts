/** Backends that misbehave in one way each, by name, and a DNS server that answers as the name it is asked for says. */
import { createSocket } from 'node:dgram';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { startGroup } from '../../scripts/process-group';
import { certificate } from '../real/backends';
import { freePort, type Scene, until } from '../real/scene';

/** What happens when a request has arrived (or its beginning). */
type Behaviour = (socket: Socket, request: string) => void;

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n';
const CUT = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello\n';

/** A FastCGI record of request 1. */
function fastcgi(type: number, content: string): string {
  return `\x01${String.fromCharCode(type)}\x00\x01${String.fromCharCode(content.length >> 8, content.length & 255)}\x00\x00${content}`;
}
const STDOUT = 6;

function http2(type: number, stream: number, content: string, flags = 0): string {
  return `\0\0${String.fromCharCode(content.length, type, flags)}\0\0\0${String.fromCharCode(stream)}${content}`;
}

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  ok: (socket) => socket.end(OK),
  silent: () => {},
  reset: (socket) => socket.resetAndDestroy(),
  closed: (socket) => socket.end(),
  'cut-close': (socket) => socket.end(CUT),
  'cut-silence': (socket) => socket.write(CUT),
  'cut-reset': (socket) => socket.write(CUT, () => setTimeout(() => socket.resetAndDestroy(), 50)),
  'bad-header': (socket) => socket.end('HTTP/1.1 200 OK\r\nBad Header\r\n\r\n'),
  'bad-fastcgi-header': (socket) => socket.end(fastcgi(STDOUT, 'Status: 200 OK\r\nBad Header\r\n\r\n')),
  'bad-cgi-header': (socket) => socket.end('Status: 200 OK\r\nBad Header\r\n\r\n'),
  'bad-cgi-status': (socket) => socket.end('Status: abc\r\n\r\nhello\n'),
  'bad-fastcgi-status': (socket) => socket.end(fastcgi(STDOUT, 'Status: abc\r\n\r\n')),
  'fastcgi-no-output': (socket) => socket.end(fastcgi(STDOUT, '')),
  'fastcgi-other-request': (socket) => socket.end('\x01\x06\x00\x02\x00\x00\x00\x00'),
  'fastcgi-stderr': (socket) =>
    socket.end(
      fastcgi(7, 'out of luck') +
        fastcgi(STDOUT, 'Status: 200 OK\r\n\r\nhello\n') +
        fastcgi(STDOUT, '') +
        fastcgi(3, '\0'.repeat(8)),
    ),
  'big-header': (socket) => socket.end(`HTTP/1.1 200 OK\r\nX-Big: ${'x'.repeat(20_000)}\r\n\r\n`),
  banner: (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
  'bad-chunk': (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnope\r\n'),
  'bad-chunk-later': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello\n\r\n');
    setTimeout(() => socket.end('nope\r\n'), 100);
  },
  surplus: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhello\n'),
  large: (socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 8000000\r\n\r\n${'x'.repeat(8_000_000)}`),
  '503': (socket) => socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n'),
  forbidden: (socket) => socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'),
  redirect: (socket) => socket.end('HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n'),
  upgrade: (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
  accel: (socket) => socket.end('HTTP/1.1 200 OK\r\nX-Accel-Redirect: /../etc/passwd\r\nContent-Length: 0\r\n\r\n'),
  cached: (socket) =>
    socket.end('HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n'),
  'grpc-goaway': (socket) => socket.write(http2(4, 0, '') + http2(7, 0, '\0\0\0\0\0\0\0\x0b'), 'latin1'),
  'grpc-resets-later': (socket) => {
    // 0x88 is ":status: 200" in HPACK.
    socket.write(http2(4, 0, '') + http2(1, 1, '\x88', 4) + http2(0, 1, 'hello'), 'latin1');
    setTimeout(() => socket.write(http2(3, 1, '\0\0\0\x02'), 'latin1'), 100);
  },
  includes: (socket) =>
    socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<!--#include virtual="/who/upgrades" -->'),
  'memcached-miss': (socket) => socket.write('END\r\n'),
  'memcached-error': (socket) => socket.write('SERVER_ERROR out of memory\r\n'),
  'memcached-trailer': (socket, request) => socket.end(`VALUE ${request.trim().slice(4)} 0 5\r\nhelloNOPE!NOPE!`),
};

/** Starts them all. Gives the port of each name; `refused` has no listener, `full.sock` is a path. */
export async function startBackends(scene: Scene): Promise<Map<string, string>> {
  const places = new Map<string, string>();
  const listen = async (name: string, server: Server): Promise<void> => {
    const port = await freePort();
    await listening(scene, server, port);
    places.set(name, String(port));
  };
  for (const [name, behaviour] of Object.entries(BEHAVIOURS)) await listen(name, createServer(once(behaviour)));

  await listen('deaf', createServer({ pauseOnConnect: true }, careless));
  await listen(
    'hangs-up',
    createServer((socket) => careless(socket).once('data', () => setTimeout(() => socket.resetAndDestroy(), 20))),
  );
  await listen(
    'slow',
    createServer((socket) => careless(socket).once('data', () => setTimeout(() => socket.end(OK), 700))),
  );
  await startTls(scene, listen);
  await startGrpc(scene, places);
  await startDns(scene, places);

  places.set('refused', String(await freePort()));
  places.set('refused2', String(await freePort()));
  places.set('bound', String(await freePort()));
  places.set('folder', scene.folder);
  await startStopped(scene, places);
  return places;
}

function careless(socket: Socket): Socket {
  return socket.on('error', () => {});
}

function once(behaviour: Behaviour): (socket: Socket) => void {
  return (socket) => careless(socket).once('data', (data) => behaviour(socket, data.toString('latin1')));
}

async function listening(scene: Scene, server: Server, where: number | string): Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if (typeof where === 'number') server.listen(where, '127.0.0.1', resolve);
    else server.listen(where, resolve);
  });
  scene.atEnd(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
}

async function startTls(scene: Scene, listen: (name: string, server: Server) => Promise<void>): Promise<void> {
  const own = certificate(scene, 'backend');
  certificate(scene, 'client');
  const server = (options: TlsOptions): Server =>
    createTlsServer({ ...own, ...options }, once(BEHAVIOURS.ok!)).on('tlsClientError', () => {});
  await listen('tls', server({}));
  await listen('tls13', server({ minVersion: 'TLSv1.3' }));
  await listen('tls12', server({ maxVersion: 'TLSv1.2' }));
  await listen('tls-client', server({ requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' }));
  await listen('tls13-client', server({ requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' }));
  // Without a certificate of its own it can greet nobody who sends no name.
  await listen(
    'tls-sni',
    createTlsServer({}, once(BEHAVIOURS.ok!)).on('tlsClientError', () => {}),
  );
  await listen(
    'tls-closes',
    createServer((socket) => careless(socket).once('data', () => socket.end())),
  );
}

async function startGrpc(scene: Scene, places: Map<string, string>): Promise<void> {
  const behaviours: Record<string, (stream: import('node:http2').ServerHttp2Stream) => void> = {
    'grpc-refuses': (stream) => stream.close(7),
    'grpc-silent': () => {},
  };
  for (const [name, behaviour] of Object.entries(behaviours)) {
    const server = createHttp2Server().on('stream', (stream) => {
      stream.on('error', () => {});
      behaviour(stream);
    });
    const port = await freePort();
    await listening(scene, server as unknown as Server, port);
    places.set(name, String(port));
  }
}

/** NAME.missing does not exist, NAME.failing is a server failure, NAME.mute gets no answer, all others are 127.0.0.1. */
export async function startDns(scene: Scene, places: Map<string, string>): Promise<void> {
  const port = await freePort();
  const server = createSocket('udp4');
  server.on('message', (query, from) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at]!; length > 0; length = query[at]!) {
      labels.push(query.subarray(at + 1, at + 1 + length).toString('latin1'));
      at += 1 + length;
    }
    const zone = labels[labels.length - 1];
    if (zone === 'mute') return;
    const code = zone === 'missing' ? 3 : zone === 'failing' ? 2 : 0;
    const header = Buffer.from([query[0]!, query[1]!, 0x81, 0x80 | code, 0, 1, 0, code ? 0 : 1, 0, 0, 0, 0]);
    const address = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
    const question = query.subarray(12, at + 5);
    server.send(Buffer.concat(code ? [header, question] : [header, question, address]), from.port, from.address);
  });
  await new Promise<void>((resolve) => server.bind(port, '127.0.0.1', resolve));
  scene.atEnd(() => server.close());
  places.set('dns', String(port));
}

/** A process that listens and is then stopped, so that its queues of new connections fill up. */
export async function startStopped(scene: Scene, places: Map<string, string>): Promise<void> {
  const port = await freePort();
  const path = scene.path('full.sock');
  const code = `
    const { createServer } = require('node:net');
    createServer().listen({ port: ${port}, host: '127.0.0.1', backlog: 1 }, () =>
      createServer().listen({ path: ${JSON.stringify(path)}, backlog: 1, readableAll: true, writableAll: true }, () => {
        require('node:fs').writeSync(1, 'ready');
        process.kill(process.pid, 'SIGSTOP');
      }));`;
  const group = startGroup(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
  scene.atEnd(() => group.stop(0));
  let said = '';
  group.child.stdout!.on('data', (data) => {
    said += data;
  });
  await until('the stopped backend to listen', () => said.includes('ready'));
  const { connect } = await import('node:net');
  for (const to of [{ port, host: '127.0.0.1' }, { path }]) {
    for (let i = 0; i < 6; i++) {
      const socket = connect(to as { port: number; host: string });
      socket.on('error', () => {});
      scene.atEnd(() => socket.destroy());
    }
  }
  places.set('full', String(port));
  places.set('full.sock', path);
}
