/** dist/cli.js: the program runs the same with a cache of its code, without one, and with one that V8 refuses. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'upstream-medic-start-'));
const cache = path.join(folder, 'cli/program.cache');

beforeAll(async () => {
  const common = { bundle: true, platform: 'node', format: 'cjs', target: 'node20', outdir: folder } as const;
  await build({ ...common, entryPoints: { cli: 'server/src/hosts/start.ts' }, absWorkingDir: root });
  await build({ ...common, entryPoints: { 'cli/program': 'server/src/hosts/cli.ts' }, absWorkingDir: root });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function version(): string {
  return execFileSync(process.execPath, [path.join(folder, 'cli.js'), '--version'], { encoding: 'utf8' });
}

test('runs without a cache', () => {
  expect(version()).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('runs with the cache that the build makes', () => {
  execFileSync(process.execPath, ['scripts/code-cache.mjs', path.join(folder, 'cli/program.js')], {
    cwd: root,
    stdio: 'ignore',
  });
  expect(existsSync(cache)).toBe(true);
  expect(version()).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('runs with a cache that is none', () => {
  writeFileSync(cache, 'another version of Node');
  expect(version()).toMatch(/^\d+\.\d+\.\d+\n$/);
});
