/** Backends that are at fault in one way each, and answer "hello" where the fault is healed. They end with the scene. */
import { symlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort, type Scene } from '../real/scene';

const HELLO = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n';

/** Accepts connections and says nothing. */
export const silent = (scene: Scene): Promise<number> => listen(scene, createServer(careless));

/** Reads nothing of a request for so many milliseconds, then the `size` bytes of its body, and answers. */
export function lateReader(scene: Scene, after: number, size: number): Promise<number> {
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    careless(socket);
    let read = 0;
    socket.on('data', (data) => {
      read += data.length;
      if (read > size) socket.end(HELLO);
    });
    setTimeout(() => socket.resume(), after);
  });
  return listen(scene, server);
}

/** Sends half of its answer, and the rest so many milliseconds later. */
export function hesitant(scene: Scene, pause: number): Promise<number> {
  return listen(
    scene,
    createServer((socket) =>
      careless(socket).once('data', () => {
        socket.write(HELLO.slice(0, -3));
        setTimeout(() => socket.end(HELLO.slice(-3)), pause);
      }),
    ),
  );
}

/** Takes an upgrade, and says hello so many milliseconds later. */
export function lateWebSocket(scene: Scene, pause: number): Promise<number> {
  return listen(
    scene,
    createServer((socket) =>
      careless(socket).once('data', () => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
        setTimeout(() => socket.end('hello\n'), pause);
      }),
    ),
  );
}

/** Resets a connection that is used again after it was idle for so many milliseconds. */
export function forgetful(scene: Scene, patience: number): Promise<number> {
  return listen(
    scene,
    createServer((socket) => {
      let lastUse = 0;
      careless(socket).on('data', () => {
        if (lastUse > 0 && Date.now() - lastUse > patience) socket.resetAndDestroy();
        else socket.write(HELLO.replace('Connection: close\r\n', ''), () => (lastUse = Date.now()));
      });
    }),
  );
}

/** Answers a handshake without the name `localhost` in it with the alert "internal error", and hands all others on to `port`. */
export function alarmed(scene: Scene, port: number): Promise<number> {
  return listen(
    scene,
    createServer((socket) =>
      careless(socket).once('data', (hello) => {
        if (!hello.includes('localhost')) socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 80]));
        else {
          const behind = careless(connect(port, '127.0.0.1'));
          behind.write(hello);
          socket.pipe(behind).pipe(socket);
        }
      }),
    ),
  );
}

/** A link that leads to itself: connect() says 40, "Too many levels of symbolic links". */
export function circle(scene: Scene): string {
  const link = scene.path('circle.sock');
  symlinkSync(link, link);
  return link;
}

function careless(socket: Socket): Socket {
  return socket.on('error', () => {});
}

async function listen(scene: Scene, server: Server): Promise<number> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  scene.atEnd(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return port;
}
