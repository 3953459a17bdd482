/** Our verdicts on regular expressions beside those of the real PCRE2. */
import { describe, expect, test } from 'vitest';
import { readRegex } from '../../server/src/core/nginx/judge/regex/read';
import { askPcre, PCRE2TEST, release } from './pcre/ask';
import { expressions } from './pcre/expressions';

/** What nginx 1.22.1 of Debian links, and what we follow. */
const VERSION = '10.42';

if (!PCRE2TEST || release() !== VERSION) {
  const message = `${PCRE2TEST ? `pcre2test is ${release()}, not ${VERSION}` : 'No pcre2test'}: nothing compares our reading of regular expressions with the real one`;
  if (process.env.CI) throw new Error(message);
  console.warn(`\n!!! ${message} !!!\n`);
}

describe.skipIf(!PCRE2TEST || release() !== VERSION)('regular expressions and PCRE2 10.42', () => {
  const patterns = expressions(3000, '502');

  test('verdicts agree, and none is a false alarm', () => {
    const real = askPcre(patterns);
    const alarms: string[] = [];
    const missed: string[] = [];
    patterns.forEach((pattern, index) => {
      const ours = readRegex(pattern);
      const theirs = real[index]!;
      if ('problem' in ours && theirs === null) alarms.push(`${pattern}: ${ours.problem}`);
      if (!('problem' in ours) && theirs !== null) missed.push(`${pattern}: ${theirs}`);
    });
    expect(alarms).toEqual([]);
    expect(real.filter((each) => each !== null).length).toBeGreaterThan(patterns.length / 3);
    expect(missed.length / patterns.length, missed.join('\n')).toBeLessThan(0.005);
  });
});
