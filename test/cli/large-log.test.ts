/** A large log is counted by two threads, and says the same as in one stream. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeLog } from '../../scripts/bench-log';
import { folder, type Outcome, REFUSED, run } from './program';

/** Tells on stderr what each thread counted: a message, or null. */
const WATCH = `const threads = require('node:worker_threads');
const { Worker } = threads;
if (threads.isMainThread) threads.Worker = class extends Worker {
  constructor(file, options) {
    super(process.env.NO_PART ? file + 'x' : file, options);
    this.on('message', (found) => process.stderr.write(found === null ? 'none;' : 'part;'));
  }
};
`;
const root = folder({ 'watch.cjs': WATCH });
const file = join(root, 'error.log');
const canHelp = availableParallelism() > 1;

function summary(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  return run(root, ['explain', '--format', 'summary', ...args], {
    env: { NODE_OPTIONS: `--require ${join(root, 'watch.cjs')}`, ...env },
  });
}

/** Without the name of the log. */
const counts = ({ stdout }: Outcome): string => stdout.replace(/^error\.log: /, '');

describe('a large log', () => {
  let stream: Outcome;
  beforeAll(async () => {
    writeLog(file, 50);
    stream = await run(root, ['explain', '--format', 'summary'], { input: readFileSync(file) });
  }, 60_000);

  it('is counted in parts', async () => {
    const found = await summary(['error.log']);
    expect(found.stderr).toBe(canHelp ? 'part;' : '');
    expect(counts(found)).toBe(stream.stdout);
  });

  it('is counted without help where there is none', async () => {
    const found = await summary(['error.log'], { NO_PART: '1' });
    expect(found).toMatchObject({ status: 0, stderr: '' });
    expect(counts(found)).toBe(stream.stdout);
  });

  it('is counted once, among others and between two times', async () => {
    const limits = ['--since', '2026-11-22 00:10', '--until', '2026-11-22 00:30'];
    const found = await summary(['error.log', 'error.log', ...limits]);
    expect(found.stderr).toBe(canHelp ? 'part;part;' : '');
    expect(found.stdout).toMatch(/^2 logs: \d+ lines, \d+ gateway errors since .* until /);
    expect(found.stdout).toBe((await summary(['error.log', 'error.log', ...limits], { NO_PART: '1' })).stdout);
  });

  it('is left to one thread where lines differ in too much', async () => {
    const log = Array.from({ length: 240_000 }, (_, i) => `${REFUSED.replace('/api/users?', `/u${i}x?`)}\n`).join('');
    const odd = folder({ 'odd.log': log });
    const found = await run(odd, ['explain', '--format', 'summary', 'odd.log'], {
      env: { NODE_OPTIONS: `--require ${join(root, 'watch.cjs')}` },
    });
    expect(found.stderr).toBe(canHelp ? 'none;' : '');
    const whole = await run(odd, ['explain', '--format', 'summary'], { input: log });
    expect(found.stdout.replace(/^odd\.log: /, '')).toBe(whole.stdout);
    expect(whole.stdout).toContain('240000 lines, 240000 gateway errors');
  });
});
