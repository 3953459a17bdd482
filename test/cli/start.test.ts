/** dist/cli.js: the program runs the same with a cache of its code, without one, and with one that V8 refuses. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startable } from '../../scripts/startable';

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'upstream-medic-start-'));
beforeAll(async () => {
  const common = { bundle: true, platform: 'node', format: 'cjs', target: 'node20', outdir: folder } as const;
  await build({ ...common, entryPoints: { cli: 'server/src/hosts/start.ts' }, absWorkingDir: root });
  const entryPoints = { 'cli/program': 'server/src/hosts/cli.ts', 'cli/check': 'server/src/hosts/cli-check.ts' };
  await build({ ...common, ...startable, entryPoints, absWorkingDir: root });
  writeFileSync(path.join(folder, 'nginx.conf'), 'events {}\nhttp { server { lissten 80; } }\n');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, [path.join(folder, 'cli.js'), ...args], {
    encoding: 'utf8',
    cwd: folder,
  });
  return `${stdout}${stderr}exit ${status}`;
}

/** Of both programs: `check` has one of its own. */
function expectToRun(): void {
  expect(run('--version')).toMatch(/^\d+\.\d+\.\d+\nexit 0$/);
  const found = run('check', 'nginx.conf');
  expect(found).toContain('nginx.conf:2:17 error "lissten" is no directive that nginx knows: is "listen" meant?');
  expect(found).toMatch(/exit 1$/);
}

function makeCache(program: string): void {
  execFileSync(process.execPath, ['scripts/code-cache.mjs', path.join(folder, `cli/${program}.js`)], {
    cwd: root,
    stdio: 'ignore',
  });
  expect(existsSync(path.join(folder, `cli/${program}.cache`))).toBe(true);
}

test('runs without a cache', expectToRun);

test('runs with the cache that the build makes', () => {
  for (const program of ['program', 'check']) makeCache(program);
  expectToRun();
});

test('runs with a cache that is none', () => {
  for (const program of ['program', 'check'])
    writeFileSync(path.join(folder, `cli/${program}.cache`), 'another version of Node');
  expectToRun();
});
