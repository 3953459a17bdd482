/** The checks that are no tests of behaviour: types, lint and format, over everything. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

function run(program: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(path.join(root, 'node_modules/.bin', program), args, {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, output: `${stdout}${stderr}` };
}

it('types hold in every part, core without Node and DOM', { timeout: 120_000 }, () => {
  expect(run('tsc', '-b')).toEqual({ status: 0, output: '' });
});

it('lint and format', { timeout: 60_000 }, () => {
  const { status, output } = run('biome', 'check', '.');
  expect(status, output).toBe(0);
});
