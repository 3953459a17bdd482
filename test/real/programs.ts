/** Finds the real programs a suite needs; without them it is skipped loudly, and fails where CI promises them. */

import { spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { describe, it } from 'vitest';
import { available, type Program, titleOf } from '../../scripts/install-packages';

const found = available();

/** The absolute path of a program, for code that runs inside `describeReal`. */
export function program(name: Program): string {
  const path = found[name];
  if (!path) throw new Error(`${titleOf(name)} is not installed`);
  return path;
}

/** A suite that runs `needs` for real. */
export function describeReal(title: string, needs: readonly Program[], suite: () => void): void {
  const missing = needs.filter((name) => !found[name]).map(titleOf);
  if (missing.length === 0) {
    describe(title, suite);
    return;
  }
  console.warn(`SKIPPED, because ${missing.join(' and ')} is not installed (npm run deps): ${title}`);
  describe(title, () => {
    if (process.env.CI) {
      it('has the programs it needs', () => {
        throw new Error(`CI must run this suite, but ${missing.join(' and ')} is not installed`);
      });
    }
    describe.skip('without its programs', suite);
  });
}

export const isRoot = process.getuid?.() === 0;

/** Whom nginx's workers and the pools' children run as: a user of the system as packages set it up, else who runs the test. */
export const worker: { readonly user: string; readonly group: string } = isRoot
  ? (account('www-data') ?? account('nginx') ?? account('nobody')!)
  : account(userInfo().username)!;

function account(user: string): { user: string; group: string } | null {
  const { status, stdout } = spawnSync('id', ['-gn', user], { encoding: 'utf8' });
  return status === 0 ? { user, group: stdout.trim() } : null;
}
