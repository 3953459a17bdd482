// Runs the VS Code server of a host on 127.0.0.1, and writes the addresses under which its workbench opens.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startGroup } from '../process-group';
import type { Host } from './install';

export interface ServerOptions {
  userData: string;
  extensions: string;
  /** 0, the default, takes any free port. */
  port?: number;
  /**
   * Let addresses name extensions under development and tests: later versions than 1.100 do so only with a flag for smoke tests,
   * which also keeps notifications from popping up.
   */
  testDriver?: boolean;
}

export interface Server {
  port: number;
  /** What the workbench's address must carry to be let in. */
  token: string;
  /** Everything that the server has written so far. */
  log(): string;
  /** Settles when the server ends, however it does. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** Should this process be killed, with no time to stop the server, then the server ends itself and its group. */
const endWithParent = [
  '--import',
  "data:text/javascript,const { ppid } = process; setInterval(() => process.ppid === ppid || process.kill(-process.pid, 'SIGKILL'), 1000).unref();",
];

const startPatience = 60_000;

export async function startServer(
  host: Host,
  { userData, extensions, port = 0, testDriver = false }: ServerOptions,
): Promise<Server> {
  const serverData = path.join(userData, 'server');
  mkdirSync(serverData, { recursive: true });
  mkdirSync(extensions, { recursive: true });
  const token = randomUUID();
  const args = [
    host.server,
    ...['--host', '127.0.0.1', '--port', String(port), '--connection-token', token],
    ...['--user-data-dir', userData, '--server-data-dir', serverData, '--extensions-dir', extensions],
    ...['--accept-server-license-terms', '--disable-telemetry', '--disable-workspace-trust'],
    ...(testDriver ? ['--enable-smoke-test-driver'] : []),
  ];
  const { child, stop } = startGroup(host.node, [...endWithParent, ...args], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      log += `${error}\n`;
      resolve();
    });
  });
  const listening = new Promise<number>((resolve) => {
    const read = (data: Buffer) => {
      log += data;
      const match = /Extension host agent listening on (\d+)/.exec(log);
      if (match) {
        resolve(Number(match[1]));
      }
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
  });
  const actualPort = await Promise.race([listening, ended, delay(startPatience)]);
  if (!actualPort) {
    await stop();
    throw new Error(`VS Code's server did not start${port ? ` on port ${port}` : ''}:\n${log}`);
  }
  return { port: actualPort, token, log: () => log, ended, stop };
}

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());

/** A server started from a terminal inside VS Code or code-server must not take itself for a part of that one. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(VSCODE|CODE_SERVER|ELECTRON)_/.test(name));
  // An empty gallery keeps the workbench from asking any for updates.
  return { ...Object.fromEntries(own), EXTENSIONS_GALLERY: '{}' };
}

export type Payload = readonly (readonly [key: string, value: string])[];

/** The address that opens the workbench on a folder, or on none. */
export function workbenchAddress(
  { port, token }: Pick<Server, 'port' | 'token'>,
  folder?: string,
  payload: Payload = [],
): string {
  const query = new URLSearchParams({ tkn: token });
  if (folder) {
    query.set('folder', folder);
  } else {
    query.set('ew', 'true');
  }
  if (payload.length > 0) {
    query.set('payload', JSON.stringify(payload));
  }
  return `http://127.0.0.1:${port}/?${query}`;
}

/** What the workbench calls a file of the server's machine. */
export const remoteUri = ({ port }: Pick<Server, 'port'>, file: string): string =>
  `vscode-remote://127.0.0.1:${port}${file}`;

/** Writes user settings before the workbench starts. */
export function writeSettings(userData: string, settings: Record<string, unknown>): void {
  const folder = path.join(userData, 'User');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'settings.json'), `${JSON.stringify(settings, undefined, 2)}\n`);
}

/** Makes an extension installed straight from its source folder: what is built there is what runs after a reload. */
export function linkExtension(extensions: string, source: string): void {
  const { publisher, name, version } = JSON.parse(readFileSync(path.join(source, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  const entry = {
    identifier: { id: `${publisher}.${name}` },
    version,
    location: { $mid: 1, path: source, scheme: 'file' },
  };
  mkdirSync(extensions, { recursive: true });
  writeFileSync(path.join(extensions, 'extensions.json'), JSON.stringify([entry]));
}
