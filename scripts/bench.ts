/**
 * `npm run bench`: times our work on generated input beside real programs on the same input, in the same run. Numbers
 * depend on the machine; the ratios are what counts.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findings, load, mapFiles } from '../server/src/core/index';
import { parse } from '../server/src/core/nginx/parser';
import { available } from './install-packages';

const root = path.resolve(import.meta.dirname, '..');
const cli = path.join(root, 'dist/cli.js');
const folder = mkdtempSync(path.join(os.tmpdir(), 'upstream-medic-bench-'));
const { nginx } = available();

/** Servers with three locations and an upstream each: 20 lines a server. */
function configuration(servers: number): string {
  const parts = ['events { worker_connections 1024; }', 'http {'];
  for (let i = 0; i < servers; i++) {
    parts.push(
      `    upstream app${i} {`,
      `        server 127.0.0.1:${3000 + (i % 5000)};`,
      `        server 127.0.0.1:${8000 + (i % 5000)} backup;`,
      '    }',
      '    server {',
      '        listen 8080;',
      `        server_name host${i}.example.com;`,
      '        location / {',
      `            proxy_pass http://app${i};`,
      '            proxy_read_timeout 60s;',
      '        }',
      '        location ~ \\.php$ {',
      `            fastcgi_pass unix:/run/php/pool${i % 50}.sock;`,
      '            fastcgi_read_timeout 60s;',
      '        }',
      '        location = /health {',
      '            return 200 "ok";',
      '        }',
      '    }',
      '',
    );
  }
  parts.push('}', '');
  return parts.join('\n');
}

/** Lines as a bad hour writes them: most about upstreams, some not. */
function log(file: string, megabytes: number): void {
  const messages = [
    'connect() failed (111: Connection refused) while connecting to upstream',
    'upstream timed out (110: Connection timed out) while reading response header from upstream',
    'connect() to unix:/run/php/pool7.sock failed (2: No such file or directory) while connecting to upstream',
    'upstream prematurely closed connection while reading response header from upstream',
    'recv() failed (104: Connection reset by peer) while reading response header from upstream',
    'open() "/var/www/html/favicon.ico" failed (2: No such file or directory)',
    'no live upstreams while connecting to upstream',
    'SSL_do_handshake() failed (SSL: error:0A000410:SSL routines::sslv3 alert handshake failure:SSL alert number 40) while SSL handshaking to upstream',
  ];
  const handle = openSync(file, 'w');
  let block = '';
  for (let i = 0, written = 0; written < megabytes * 1024 * 1024; i++) {
    const second = String(i % 60).padStart(2, '0');
    block += `2026/11/22 14:${String((i >> 6) % 60).padStart(2, '0')}:${second} [error] 1234#1234: *${i} ${messages[i % messages.length]}, client: 10.0.${i % 200}.${i % 250}, server: host${i % 1000}.example.com, request: "GET /api/users/${i} HTTP/1.1", upstream: "http://127.0.0.1:${3000 + (i % 50)}/api/users/${i}", host: "host${i % 1000}.example.com"\n`;
    if (block.length < 1 << 20) continue;
    written += writeSync(handle, block);
    block = '';
  }
  closeSync(handle);
}

/** Milliseconds of the fastest of `times` runs: the one least disturbed by other work on the machine. */
function fastest(times: number, run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/** Runs a program to its end. Its output goes to a file: grep stops at the first match when nobody reads what it counts. */
function command(program: string, args: readonly string[]): void {
  const output = openSync(path.join(folder, 'output'), 'w');
  const env = { ...process.env, LC_ALL: 'C' };
  const { error, status, stderr } = spawnSync(program, args, { stdio: ['ignore', output, 'pipe'], env });
  closeSync(output);
  if (error) throw error;
  if (status === null || status > 1) throw new Error(`${program} ended with ${status}: ${stderr}`);
}

function row(name: string, ours: number, beside: string, theirs: number | null): void {
  const ratio =
    theirs === null ? '(not installed)' : `${theirs.toFixed(0).padStart(7)} ms   ${(ours / theirs).toFixed(2)} ×`;
  console.log(`${name.padEnd(58)} ${ours.toFixed(1).padStart(9)} ms   ${beside.padEnd(26)} ${ratio}`);
}

async function main(): Promise<void> {
  if (!existsSync(cli)) throw new Error('dist/cli.js is missing: npm run build');
  console.log(`Node ${process.version}, ${os.cpus()[0]?.model ?? 'unknown CPU'}, ${os.cpus().length} cores\n`);

  const checks: { lines: number; ours: number }[] = [];
  for (const [servers, times] of [
    [1000, 3],
    [10_000, 1],
  ] as const) {
    const text = configuration(servers);
    const lines = text.split('\n').length;
    const file = path.join(folder, `nginx-${servers}.conf`);
    writeFileSync(file, text);
    const judge = (): void =>
      command(nginx!, ['-t', '-q', '-p', folder, '-c', file, '-e', '/dev/null', '-g', `pid ${folder}/pid;`]);
    const theirs = nginx ? fastest(times, judge) : null;
    const ours = fastest(times, () => command(process.execPath, [cli, 'check', file]));
    checks.push({ lines, ours });
    row(
      `parse ${lines} lines`,
      fastest(3, () => void parse(text)),
      'nginx -t',
      theirs,
    );
    row(`check ${lines} lines, process start included`, ours, 'nginx -t', theirs);
  }
  const [small, large] = checks;
  console.log(
    `check grows ${(large!.ours / small!.ours).toFixed(1)} × for ${(large!.lines / small!.lines).toFixed(1)} × the lines\n`,
  );

  const text = configuration(250);
  for (const others of [0, 1000]) {
    const files = new Map([['/nginx.conf', 'events {}\nhttp { include conf.d/*.conf; }\n']]);
    files.set('/conf.d/edited.conf', text.slice(text.indexOf('http {') + 6, text.lastIndexOf('}')));
    for (let i = 0; i < others; i++)
      files.set(
        `/conf.d/other${i}.conf`,
        `server { listen 80; server_name other${i}; location / { proxy_pass http://127.0.0.1:${2000 + i}; } }\n`,
      );
    const { project } = await load(mapFiles(files), { nginx: ['/nginx.conf'], fpm: [] });
    const edited = files.get('/conf.d/edited.conf')!;
    findings(project, '/conf.d/edited.conf');
    let current = project;
    let n = 0;
    const ms = fastest(10, () => {
      current = current.withText('/conf.d/edited.conf', `${edited}# ${n++}\n`);
      findings(current, '/conf.d/edited.conf');
    });
    row(
      `keystroke to findings, ${edited.split('\n').length} lines, ${others} other files`,
      ms,
      'one frame at 60 Hz',
      1000 / 60,
    );
  }
  console.log('');

  const file = path.join(folder, 'error.log');
  log(file, 64);
  const grep = fastest(3, () => command('grep', ['-cE', 'failed \\(111|timed out', file]));
  row(
    'explain --format summary, 64 MB',
    fastest(2, () => command(process.execPath, [cli, 'explain', '--format', 'summary', file])),
    "grep -cE 'failed \\(111|…'",
    grep,
  );
  const sample = path.join(folder, 'sample.log');
  writeFileSync(sample, readFileSync(file).subarray(0, 4 * 1024 * 1024));
  const grepSample = fastest(3, () => command('grep', ['-cE', 'failed \\(111|timed out', sample]));
  row(
    'explain --format jsonl, 4 MB',
    fastest(2, () => command(process.execPath, [cli, 'explain', '--format', 'jsonl', sample])),
    "grep -cE 'failed \\(111|…'",
    grepSample,
  );
}

void main().finally(() => rmSync(folder, { recursive: true, force: true }));
