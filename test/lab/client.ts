/** A client that sees what really comes back: the status line if there is one, and nothing tidied up. */
import { connect, type Socket } from 'node:net';

export interface Reply {
  /** Null where the connection ended without a status line. */
  readonly status: number | null;
  readonly text: string;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the request body. */
  readonly body?: number;
  /** Resolves when the client shall begin to read. */
  readonly reading?: Promise<unknown>;
  /** Resolves when the client shall hang up. */
  readonly hangUp?: Promise<unknown>;
}

export function ask(port: number, path: string, asking: Asking = {}): Promise<Reply> {
  const { method = asking.body ? 'POST' : 'GET', headers = {}, body = 0 } = asking;
  const head = Object.entries({
    Host: 'lab.test',
    Connection: 'close',
    ...(body ? { 'Content-Length': String(body) } : {}),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return talk(port, `${method} ${path} HTTP/1.1\r\n${head.join('')}\r\n`, body, asking);
}

/** Sends a text and gives all that comes back until the other end closes. */
export function talk(port: number, text: string, body = 0, { reading, hangUp }: Asking = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1' });
    let got = '';
    const done = (): void => {
      clearTimeout(limit);
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(got)?.[1];
      resolve({ status: status ? Number(status) : null, text: got.slice(0, 4096) });
      socket.destroy();
    };
    const limit = setTimeout(() => reject(new Error(`no end of the answer to ${text.split('\r\n')[0]}`)), 15_000);
    socket.on('error', done);
    socket.on('close', done);
    const read = (): void =>
      void socket.on('data', (data) => {
        if (got.length < 4096) got += data.toString('latin1');
      });
    if (reading) void reading.finally(read);
    else read();
    void hangUp?.finally(done);
    socket.write(text);
    if (body > 0) socket.write(Buffer.alloc(body, 120));
  });
}
