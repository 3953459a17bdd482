/**
 * `npm run bench`, or `npm run bench -- log` for one part: times our work on generated input beside real programs on the same
 * input, in the same run. Numbers depend on the machine; the ratios are what counts.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findings, load, mapFiles } from '../server/src/core/index';
import { parse } from '../server/src/core/nginx/parser';
import { writeLog } from './bench-log';
import { available } from './install-packages';

const root = path.resolve(import.meta.dirname, '..');
const cli = path.join(root, 'dist/cli.js');
const folder = mkdtempSync(path.join(os.tmpdir(), 'upstream-medic-bench-'));
const { nginx } = available();

/** `servers` times what `serverLines` gives, in an http block. */
function configuration(servers: number, serverLines: (i: number) => readonly string[]): string {
  const parts = ['events { worker_connections 1024; }', 'http {'];
  for (let i = 0; i < servers; i++) parts.push(...serverLines(i), '');
  parts.push('}', '');
  return parts.join('\n');
}

/** 20 lines a server each. What makes nginx slow differs: it compares the target of each pass with all groups. */
const SHAPES: Readonly<Record<string, (i: number) => readonly string[]>> = {
  'three locations and an upstream each': (i) => [
    `    upstream app${i} {`,
    `        server 10.${(i >> 8) & 255}.${i & 255}.1:8080;`,
    `        server 10.${(i >> 8) & 255}.${i & 255}.2:8080;`,
    '    }',
    '    server {',
    '        listen 80;',
    `        server_name app${i}.example.com;`,
    '        location / {',
    `            proxy_pass http://app${i};`,
    '            proxy_set_header Host $host;',
    '        }',
    '        location /api/ {',
    `            proxy_pass http://app${i};`,
    '            proxy_read_timeout 30s;',
    '        }',
    '        location /static/ {',
    `            root /srv/app${i};`,
    '        }',
    '    }',
  ],
  'an upstream, a pool and a health check each': (i) => [
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
  ],
  'PHP sites without upstreams': (i) => [
    '    server {',
    '        listen 80;',
    `        server_name host${i}.example.com www.host${i}.example.com;`,
    `        root /srv/host${i};`,
    '        location / {',
    '            try_files $uri $uri/ /index.php?$args;',
    '        }',
    '        location /api/ {',
    `            proxy_pass http://127.0.0.1:${3000 + (i % 5000)};`,
    '            proxy_set_header Host $host;',
    '            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
    '            proxy_read_timeout 60s;',
    '        }',
    '        location ~ \\.php$ {',
    `            fastcgi_pass unix:/run/php/pool${i % 50}.sock;`,
    '            fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;',
    '            fastcgi_read_timeout 60s;',
    '        }',
    '    }',
  ],
};

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

/** As `fastest` of two, by turns: what else the machine does meanwhile slows both. */
function fastestOf(times: number, ours: () => void, theirs: () => void): [ours: number, theirs: number] {
  const best: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i < times; i++) {
    best[0] = Math.min(best[0], fastest(1, ours));
    best[1] = Math.min(best[1], fastest(1, theirs));
  }
  return best;
}

/** Runs a program to its end. Its output goes to a file: grep stops at the first match when nobody reads what it counts. */
function command(program: string, args: readonly string[]): void {
  const output = openSync(path.join(folder, 'output'), 'w');
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C' };
  // With it Node reads all certificates of the system before any program begins: 40 ms here, for what makes no connection.
  delete env.NODE_EXTRA_CA_CERTS;
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

async function benchConfigurations(): Promise<void> {
  for (const [shape, serverLines] of Object.entries(SHAPES)) {
    console.log(`${shape}:`);
    const checks: { lines: number; ours: number }[] = [];
    for (const [servers, times] of [
      [1000, 25],
      [10_000, 3],
    ] as const) {
      const text = configuration(servers, serverLines);
      const lines = text.split('\n').length;
      const file = path.join(folder, `nginx-${servers}.conf`);
      writeFileSync(file, text);
      const judge = (): void =>
        command(nginx!, ['-t', '-q', '-p', folder, '-c', file, '-e', '/dev/null', '-g', `pid ${folder}/pid;`]);
      const run = (): void => command(process.execPath, [cli, 'check', file]);
      const [ours, theirs] = nginx ? fastestOf(times, run, judge) : [fastest(times, run), null];
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
  }
  const file = path.join(folder, 'nginx.conf');
  writeFileSync(file, 'events {}\nhttp { server { listen 80; } }\n');
  const [ours, theirs] = fastestOf(
    15,
    () => command(process.execPath, [cli, 'check', file]),
    () => command(process.execPath, ['-e', '0']),
  );
  row('check of 2 lines, process start included', ours, 'node -e 0', theirs);
  console.log();
}

/** A keystroke in a file alone and beside many, each in a process of its own: what is measured first would shape the code that V8 makes. */
async function benchKeystrokes(): Promise<void> {
  const times = [0, 1000].map((others) => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [...process.execArgv, __filename, 'keystroke', `${others}`],
      {
        encoding: 'utf8',
      },
    );
    const [ms, lines] = stdout.split(' ').map(Number);
    if (!ms) throw new Error(`no keystroke was measured: ${stderr}`);
    row(`keystroke to findings, ${lines} lines, ${others} other files`, ms, 'one frame at 60 Hz', 1000 / 60);
    return ms;
  });
  console.log(`1000 other files make a keystroke ${(times[1]! / times[0]!).toFixed(2)} × as long\n`);
}

/** Milliseconds and lines of one keystroke beside `others` files, on stdout. */
async function keystroke(others: number): Promise<void> {
  const text = configuration(250, SHAPES['an upstream, a pool and a health check each']!);
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
  const ms = fastest(60, () => {
    current = current.withText('/conf.d/edited.conf', `${edited}# ${n++}\n`);
    findings(current, '/conf.d/edited.conf');
  });
  console.log(ms, edited.split('\n').length);
}

/** Summaries of a log of 1 GB and of a quarter of it, and each entry explained. */
async function benchLogs(): Promise<void> {
  const pattern = 'failed \\(111|timed out';
  for (const megabytes of [256, 1024]) {
    const file = path.join(folder, 'error.log');
    writeLog(file, megabytes);
    const name = `explain --format summary, ${megabytes} MB, process start included`;
    const run = (): void => command(process.execPath, [cli, 'explain', '--format', 'summary', file]);
    const ours = fastest(3, run);
    row(
      name,
      ours,
      "grep -cE 'failed \\(111|…'",
      fastest(3, () => command('grep', ['-cE', pattern, file])),
    );
    row(
      '',
      ours,
      'wc -l',
      fastest(3, () => command('wc', ['-l', file])),
    );
    console.log(
      `${''.padEnd(58)} ${(await memory(['explain', '--format', 'summary', file])).toFixed(0).padStart(9)} MB resident`,
    );
  }
  const sample = path.join(folder, 'sample.log');
  writeLog(sample, 4);
  for (const format of ['json', 'jsonl', 'text']) {
    row(
      `explain --format ${format}, 4 MB`,
      fastest(2, () => command(process.execPath, [cli, 'explain', '--format', format, sample])),
      "grep -cE 'failed \\(111|…'",
      fastest(3, () => command('grep', ['-cE', pattern, sample])),
    );
  }
}

/** The most memory that the command has at any time, in MB; from Linux's /proc. */
async function memory(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [cli, ...args], { stdio: 'ignore' });
  let most = 0;
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // it has ended
    }
  }, 20);
  await new Promise((done) => child.on('close', done));
  clearInterval(timer);
  return most;
}

/** As many pools as servers, each in a file of its own, one in ten with a slip in its address. */
async function benchLinks(): Promise<void> {
  const times: number[] = [];
  for (const count of [100, 1000]) {
    const files = new Map([['/etc/nginx/nginx.conf', 'events {}\nhttp { include conf.d/*.conf; }\n']]);
    for (let i = 0; i < count; i++) {
      const socket = `/run/php/site${i}${i % 10 === 0 ? 'x' : ''}.sock`;
      files.set(
        `/etc/nginx/conf.d/site${i}.conf`,
        `server { server_name site${i}; location ~ \\.php$ { include fastcgi.conf; fastcgi_pass unix:/run/php/site${i}.sock; } }\n`,
      );
      files.set(
        `/etc/php/8.2/fpm/pool.d/site${i}.conf`,
        `[site${i}]\nuser = site${i}\nlisten = ${socket}\npm.max_children = 5\n`,
      );
    }
    const { project } = await load(mapFiles(files), {
      nginx: ['/etc/nginx/nginx.conf'],
      fpm: [[...files.keys()].filter((file) => file.includes('pool.d'))],
    });
    const edited = '/etc/nginx/conf.d/site7.conf';
    const links = (): number => {
      // A text of its own, so that nothing is known from the run before.
      const fresh = project.withText(
        '/etc/php/8.2/fpm/pool.d/site1.conf',
        `${files.get('/etc/php/8.2/fpm/pool.d/site1.conf')};\n`,
      );
      return fresh.nginxSources
        .flatMap(({ file }) => findings(fresh, file))
        .filter(({ code }) => code.startsWith('links/')).length;
    };
    times.push(fastest(3, () => void links()));
    row(`${count} servers and ${count} pools, ${links()} links broken`, times.at(-1)!, 'one second', 1000);
    let current = project;
    let n = 0;
    const ms = fastest(10, () => {
      current = current.withText(edited, `${files.get(edited)}# ${n++}\n`);
      findings(current, edited);
    });
    row(`keystroke to findings among ${count} servers and pools`, ms, 'one frame at 60 Hz', 1000 / 60);
  }
  console.log(`links grow ${(times[1]! / times[0]!).toFixed(1)} × for 10 × the servers and pools\n`);
}

const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  check: benchConfigurations,
  keystrokes: benchKeystrokes,
  links: benchLinks,
  log: benchLogs,
};

async function main(): Promise<void> {
  if (!existsSync(cli)) throw new Error('dist/cli.js is missing: npm run build');
  const wanted = process.argv.slice(2);
  if (wanted[0] === 'keystroke') return keystroke(Number(wanted[1]));
  const unknown = wanted.find((part) => !PARTS[part]);
  if (unknown !== undefined) throw new Error(`no part "${unknown}": ${Object.keys(PARTS).join(', ')}`);
  console.log(`Node ${process.version}, ${os.cpus()[0]?.model ?? 'unknown CPU'}, ${os.cpus().length} cores\n`);
  for (const [name, part] of Object.entries(PARTS)) if (wanted.length === 0 || wanted.includes(name)) await part();
}

void main().finally(() => rmSync(folder, { recursive: true, force: true }));
