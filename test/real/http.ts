/** What a client of nginx sees: one request, one status. */
import { request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** GET on a connection of its own. Follows nothing. */
export function get(port: number, path: string): Promise<Answer> {
  return ask('GET', port, path);
}

/** POST without a body: unlike a GET, nginx sends it once only. */
export function post(port: number, path: string): Promise<Answer> {
  return ask('POST', port, path);
}

/** The handshake of a WebSocket. */
export function webSocketHandshake(port: number, path: string): Promise<Answer> {
  return ask('GET', port, path, {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.from('sixteen bytes ok').toString('base64'),
  });
}

function ask(method: string, port: number, path: string, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'shop.test', ...more };
    const sent = request({ host: '127.0.0.1', port, method, path, agent: false, headers });
    sent.setTimeout(20_000, () => sent.destroy(new Error(`no answer to ${method} ${path} for 20 s`)));
    sent.on('error', reject);
    sent.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, body: '' });
    });
    sent.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.end();
  });
}
