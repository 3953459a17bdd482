/** What the remedy puts in: php-fpm takes it. */
import { describe, expect, test } from 'vitest';
import remedy from '../../../server/src/core/remedies/pool-size';
import { fixtures } from '../fixtures';
import { askFpm, fpmBinary } from '../php-fpm/fpm';
import { edited, projectOf } from '../world';

const cases = fixtures('remedies').find(({ id }) => id === 'pool-size')!.cases;

describe.skipIf(!fpmBinary)('the real php-fpm', () => {
  test.each(cases.map((one) => [one.title, one] as const))('takes: %s', async (_, one) => {
    const project = await projectOf(one);
    const [pool] = project.pools;
    const towards = one.options.get('towards') as 'more' | 'fewer';
    const after = edited(project, remedy.edits(project, { pool: pool!, towards }));
    for (const { text } of after.fpmSources) {
      const local = text.replace(/^listen *=.*$/m, 'listen = 127.0.0.1:39000');
      expect(askFpm(`[global]\nerror_log = /dev/null\n${local}`).output).not.toMatch(/ERROR|ALERT/);
    }
  });
});

test('the sum is told, and without numbers the way to it', async () => {
  const known = await projectOf(cases[0]!);
  const target = { pool: known.pools[0]!, towards: 'more' as const };
  expect(remedy.describe(known, target)).toBe('Let pool "www" have 14 children: (2048 MB - 205 MB) / 128 MB = 14');
  expect(remedy.describe(null, target)).toContain('(memory - reserve) / memory of one child');
});
