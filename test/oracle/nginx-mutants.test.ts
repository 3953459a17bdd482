/** Our errors beside the verdicts of the real `nginx -t`, on valid configurations and on those with a mistake in them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { missingModules } from './nginx/corpus';
import { NGINX } from './nginx/judge';
import { type Run, run } from './nginx/run';
import { count, disagreement, disagreements, share, table, describe as told } from './nginx/tally';

/** Shares of what nginx refuses. */
const REACH = { flagged: 0.99, rightLine: 0.97 };

if (!NGINX) {
  const message = 'No nginx: nothing compares our errors with the real one';
  if (process.env.CI) throw new Error(message);
  console.warn(`\n!!! ${message} !!!\n`);
}

describe.skipIf(!NGINX)('our errors and nginx -t', () => {
  let result: Run;

  beforeAll(async () => {
    result = await run();
    const folder = fileURLToPath(new URL('../../out/oracle/', import.meta.url));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'nginx-disagreements.md'), disagreements(result.mutants));
    console.log(`\n${table(result.mutants)}\n`);
    const missing = new Set(result.cases.flatMap((each) => missingModules(each.case)));
    if (missing.size === 0) return;
    const message = `Not judged by nginx, for want of ${[...missing].join(', ')}`;
    if (process.env.CI) throw new Error(message);
    console.warn(`\n!!! ${message} !!!\n`);
  }, 600_000);

  test('nginx accepts the corpus', () => {
    const refused = result.cases.filter(({ real }) => real && !real.accepted);
    expect(
      refused.map((each) => `${each.case.name}: ${each.real!.message} (${each.real!.file}:${each.real!.line})`),
    ).toEqual([]);
  });

  test('the corpus has no error', () => {
    const errors = result.cases.flatMap((each) => each.ours.map((error) => ({ case: each.case.name, ...error })));
    expect(errors).toEqual([]);
  });

  test('there are enough mutants', () => {
    expect(result.cases.length).toBeGreaterThanOrEqual(60);
    expect(result.mutants.length).toBeGreaterThanOrEqual(1500);
  });

  test('no rule throws', () => {
    expect(
      result.mutants
        .filter(({ crash }) => crash)
        .map(told)
        .join('\n'),
    ).toBe('');
  });

  test('no error on what nginx accepts', () => {
    const alarms = result.mutants.filter((each) => disagreement(each) === 'false alarm');
    expect(alarms.map(told).join('\n')).toBe('');
  });

  test('what nginx refuses is an error', () => {
    const { all, rejected } = count(result.mutants);
    expect(share(all.flagged, rejected)).toBeGreaterThanOrEqual(REACH.flagged);
  });

  test('on the line that nginx names', () => {
    const { all, withLine } = count(result.mutants);
    expect(share(all.rightLine, withLine)).toBeGreaterThanOrEqual(REACH.rightLine);
  });
});
