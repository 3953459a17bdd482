/** Builds the command line once for each worker as the build does, and runs it as people do: as a program, in a folder of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll } from 'vitest';
import { startable } from '../../scripts/startable';

const FOLDER = resolve(`out/test-cli/${process.env.VITEST_POOL_ID ?? '0'}`);
const PROGRAM = join(FOLDER, 'cli.js');

let built: Promise<unknown> | null = null;

function program(): Promise<unknown> {
  const node = {
    outdir: FOLDER,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
  } as const;
  const programs = { 'cli/program': 'server/src/hosts/cli.ts', 'cli/check': 'server/src/hosts/cli-check.ts' };
  const plain = { cli: 'server/src/hosts/start.ts', 'cli/count-part': 'server/src/hosts/cli/count-part.ts' };
  built ??= Promise.all([
    build({ ...node, entryPoints: plain }),
    build({ ...node, ...startable, entryPoints: programs }),
  ]);
  return built;
}

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function run(
  cwd: string,
  args: readonly string[],
  { input = '', env = {} }: { input?: string | Uint8Array; env?: Record<string, string> } = {},
): Promise<Outcome> {
  await program();
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '', FORCE_COLOR: '', ...env },
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk) => stdout.push(chunk));
  child.stderr.on('data', (chunk) => stderr.push(chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const status = await new Promise<number | null>((done) => child.on('close', done));
  return { status, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

/** A command for the shell, in which `$MEDIC` is the program. */
export async function shell(cwd: string, script: string): Promise<Outcome> {
  await program();
  const child = spawn('bash', ['-c', script], { cwd, env: { ...process.env, MEDIC: PROGRAM, NODE: process.execPath } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const status = await new Promise<number | null>((done) => child.on('close', done));
  return { status, stdout, stderr };
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files, removed after the tests. */
export function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), 'medic-'));
  folders.push(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

/** An nginx and a pool that miss each other, and a forgotten semicolon. */
export const SHOP = {
  'nginx/nginx.conf': 'user www-data;\nevents {}\nhttp {\n    include conf.d/*.conf;\n}\n',
  'nginx/conf.d/shop.conf': `# my shop
server {
	listen 80;
	server_name example.com
	location ~ \\.php$ {
		fastcgi_pass unix:/run/php/php8.1-fpm.sock; # php
	}
	location / {
		proxy_pass http://127.0.0.1:9000;
	}
}
`,
  'php/8.2/fpm/pool.d/www.conf': `[www]
user = www-data
group = www-data
listen = /run/php/php8.2-fpm.sock
listen.owner = www-data
listen.group = www-data
listen.mode = 0660
pm = static
pm.max_children = 5
`,
};

export const REFUSED =
  '2024/03/15 10:23:45 [error] 1234#1234: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: example.com, request: "GET /api/users?token=secret HTTP/1.1", upstream: "http://127.0.0.1:9000/api/users", host: "example.com"';
export const NO_SOCKET =
  '2024/03/15 10:24:45 [crit] 1234#1234: *3 connect() to unix:/run/php/php8.1-fpm.sock failed (2: No such file or directory) while connecting to upstream, client: 10.0.0.1, server: example.com, request: "GET /x.php HTTP/1.1", upstream: "fastcgi://unix:/run/php/php8.1-fpm.sock:", host: "example.com"';
export const TIMED_OUT =
  '2024/03/15 11:23:45 [error] 1234#1234: *4 upstream timed out (110: Connection timed out) while reading response header from upstream, client: 10.0.0.1, server: example.com, request: "GET /slow HTTP/1.1", upstream: "http://127.0.0.1:9000/slow", host: "example.com"';
export const OTHER = '2024/03/15 11:23:46 [notice] 1234#1234: signal process started';
