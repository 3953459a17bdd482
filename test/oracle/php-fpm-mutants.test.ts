/** Our errors beside the verdicts of the real `php-fpm -t`, on valid configurations and on those with a mistake in them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasFpm } from './php-fpm/judge';
import { count, disagreement, type Run, run, table, describe as told } from './php-fpm/run';

/** Shares of what php-fpm refuses. Only ever raised. */
const REACH = { flagged: 0.99, rightLine: 0.99 };

// Who is not root needs no user: php-fpm accepts then what it refuses here.
const isRoot = process.getuid?.() === 0;

describe.skipIf(!hasFpm)('our errors and php-fpm -t', () => {
  let result: Run;

  beforeAll(async () => {
    result = await run(({ text }) => isRoot || /^\s*user\s*=/im.test(text));
    const folder = fileURLToPath(new URL('../../out/oracle/', import.meta.url));
    mkdirSync(folder, { recursive: true });
    const all = result.mutants.filter((each) => disagreement(each)).map(told);
    writeFileSync(join(folder, 'php-fpm-disagreements.md'), all.join('\n'));
    console.log(`\n${table(result.mutants)}\n`);
  }, 240_000);

  test('php-fpm accepts the corpus', () => {
    const refused = result.cases.filter(({ real }) => !real.accepted);
    expect(refused.map(({ subject, real }) => `${subject.case.name}: ${real.message}`)).toEqual([]);
  });

  test('the corpus has no error', () => {
    expect(result.cases.flatMap(({ ours }) => ours)).toEqual([]);
  });

  test('there are enough mutants', () => {
    expect(count(result.mutants).rejected).toBeGreaterThanOrEqual(500);
  });

  test('no error on what php-fpm accepts', () => {
    const alarms = result.mutants.filter((each) => disagreement(each) === 'false alarm');
    expect(alarms.map(told).join('\n')).toBe('');
  });

  test('what php-fpm refuses is an error, on the line that must be changed', () => {
    const { flagged, rightLine, rejected } = count(result.mutants);
    expect(flagged / rejected).toBeGreaterThanOrEqual(REACH.flagged);
    expect(rightLine / rejected).toBeGreaterThanOrEqual(REACH.rightLine);
  });
});
