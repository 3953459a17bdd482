/** Dumps of `nginx -T` on the command line, and the version that `nginx -v` tells. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder, REFUSED, run, SHOP, shell } from './program';

const DUMP = `# configuration file /etc/nginx/nginx.conf:
events {}
http {
    include conf.d/*.conf;
}

# configuration file /etc/nginx/conf.d/shop.conf:
server {
    listen 80;
    server_name example.com
    location / {
        proxy_pass http://127.0.0.1:9000;
    }
}

`;
const WELL = DUMP.replace('example.com\n', 'example.com;\n');
const SAID = 'nginx: configuration file /etc/nginx/nginx.conf test is successful\n';

interface Found {
  file: string;
  severity: number;
  code: string;
  range: { start: { line: number } };
  fixes: { edits: { file: string }[] }[];
}

const errors = (stdout: string): Found[] => (JSON.parse(stdout) as Found[]).filter(({ severity }) => severity === 1);

test('check: a file, and standard input', async () => {
  const cwd = folder({ 'dump.txt': DUMP, 'well.txt': WELL });
  const named = await run(cwd, ['check', '--format', 'json', 'dump.txt']);
  expect(named.status).toBe(1);
  expect(errors(named.stdout)).toMatchObject([
    { file: 'dump.txt', code: 'nginx/missing-semicolon', range: { start: { line: 10 } } },
  ]);
  const piped = await run(cwd, ['check', '--format', 'json', '-'], { input: SAID + DUMP });
  expect(errors(piped.stdout)).toMatchObject([{ file: '-', range: { start: { line: 11 } } }]);
  for (const { fixes } of errors(piped.stdout)) {
    for (const { edits } of fixes) for (const { file } of edits) expect(file).toBe('-');
  }
  expect(await run(cwd, ['check', 'well.txt'])).toMatchObject({
    status: 0,
    stdout: '1 file checked: no problems\n',
  });
});

test('check: a folder that holds a dump of the files beside it', async () => {
  const cwd = folder({ ...SHOP, 'incident/nginx-T.conf': WELL });
  const { stdout } = await run(cwd, ['check', '--format', 'json', '.']);
  const alone = await run(folder(SHOP), ['check', '--format', 'json', '.']);
  const found = errors(stdout).filter(({ file }) => file.startsWith('nginx/'));
  expect(found).toEqual(errors(alone.stdout).filter(({ file }) => file.startsWith('nginx/')));
});

test('explain: places are in the dump', async () => {
  const cwd = folder({ 'dump.txt': WELL });
  const { stdout } = await run(cwd, ['explain', '--format', 'json', '--config', 'dump.txt'], { input: REFUSED });
  const [explanation] = JSON.parse(stdout);
  expect(explanation.config).toMatchObject([
    { file: 'dump.txt', directive: 'proxy_pass', range: { start: { line: 11 } } },
    { file: 'dump.txt', directive: 'location', range: { start: { line: 10 } } },
    { file: 'dump.txt', directive: 'server', range: { start: { line: 7 } } },
  ]);
});

test('fix: the dump itself is changed', async () => {
  const cwd = folder({ 'dump.txt': SAID + DUMP });
  expect(await run(cwd, ['fix', '--write', 'dump.txt'])).toMatchObject({ status: 0 });
  expect(readFileSync(join(cwd, 'dump.txt'), 'utf8')).toBe(SAID + WELL);
});

test('fix --log: so are the remedies', async () => {
  const cwd = folder({
    'dump.txt': WELL,
    'error.log': `${REFUSED.replace('connect() failed (111: Connection refused) while connecting to upstream', 'upstream timed out (110: Connection timed out) while reading response header from upstream')}\n`,
  });
  const { status } = await run(cwd, ['fix', '--write', '--log', 'error.log', '--config', 'dump.txt']);
  expect(status).toBe(0);
  const lines = readFileSync(join(cwd, 'dump.txt'), 'utf8').split('\n');
  expect(lines.slice(0, 12)).toEqual(WELL.split('\n').slice(0, 12));
  expect(lines[12]).toMatch(/^ {8}proxy_\w+_timeout /);
});

test('--nginx-version auto', async () => {
  const cwd = folder({ 'nginx.conf': 'events {}\nhttp {\n    add_header_inherit merge;\n}\n' });
  const bin = join(cwd, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'nginx'), '#!/bin/sh\necho nginx version: nginx/1.18.0 >&2\n');
  chmodSync(join(bin, 'nginx'), 0o755);
  const asked = await run(cwd, ['check', '--nginx-version', 'auto', 'nginx.conf'], { env: { PATH: bin } });
  expect(asked.stderr).toBe('Judged by nginx 1.18.0, as nginx -v says.\n');
  expect(asked.stdout).toContain('nginx 1.18.0 does not know it');
  expect(asked.status).toBe(1);
  const unasked = await run(cwd, ['check', '--nginx-version', 'auto', 'nginx.conf'], { env: { PATH: cwd } });
  expect(unasked.stderr).toBe('upstream-medic: nginx -v tells no version: judged by the newest known\n');
  expect(unasked.status).toBe(0);
  // Without it nobody is asked: a check says the same on every machine.
  expect(await run(cwd, ['check', 'nginx.conf'], { env: { PATH: bin } })).toMatchObject({ status: 0, stderr: '' });
});

test('nginx -T | upstream-medic check -', async () => {
  const cwd = folder({ 'dump.txt': WELL });
  const { stdout, status } = await shell(cwd, `cat dump.txt | "$NODE" "$MEDIC" check -`);
  expect({ stdout, status }).toEqual({ stdout: '1 file checked: no problems\n', status: 0 });
});
