/** A log that is counted in parts gives the report of the whole, wherever it is cut. */
import { describe, expect, it } from 'vitest';
import { type Counted, seam, Tally, type TallyOptions } from '../../../server/src/core/error-log/tally';
import { Timelines } from '../../../server/src/core/error-log/tally-timelines';
import { meaningOf } from '../../../server/src/core/index';
import { randomLog } from './random-log';

const HEAD = '2024/03/15 10:23:45 [error] 12#12: *1 ';
const TAIL =
  ', client: 10.0.0.1, server: example.com, request: "GET /api/users/a HTTP/1.1", upstream: "http://127.0.0.1:9000/api/users/a", host: "example.com"';
const REFUSED = `${HEAD}connect() failed (111: Connection refused) while connecting to upstream${TAIL}`;
const TRACE = `${HEAD}FastCGI sent in stderr: "PHP message: PHP Fatal error:  Uncaught Error: x in /a.php:70\nStack trace:\n#0 {main}\n  thrown in /a.php on line 70" while reading response header from upstream${TAIL}`;

function newTally(options: Partial<TallyOptions>): Tally {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return new Tally({ meaning: (record) => meaningOf(record, null), decoder, ...options });
}

function part(bytes: Uint8Array, options: Partial<TallyOptions>): Counted | null {
  const tally = newTally({ ...options, isPart: true });
  tally.add(bytes);
  tally.finish();
  return structuredClone(tally.counted());
}

/** What stands before the first cut is counted as it is, the rest in parts. */
function tally(bytes: Uint8Array, cuts: readonly number[], options: Partial<TallyOptions> = {}): Tally {
  const counted = newTally(options);
  counted.add(bytes.subarray(0, cuts[0]));
  counted.finish();
  cuts.forEach((cut, i) => {
    counted.merge(part(bytes.subarray(cut, cuts[i + 1]), options)!);
  });
  return counted;
}

function shown(counted: Tally) {
  const { rows, others, statuses, range, ...report } = counted.counts.report();
  const drawn = <T extends (typeof statuses)[number]>({ timeline, ...rest }: T) => ({
    ...rest,
    count: timeline.count,
    range: timeline.range,
    columns: range && timeline.columns(range, 24),
  });
  const lines = counted.lineCount;
  return {
    ...report,
    range,
    lines,
    rows: rows.map(drawn),
    others: others && drawn(others),
    statuses: statuses.map(drawn),
  };
}

function seams(bytes: Uint8Array): number[] {
  const found: number[] = [];
  for (let from = 0; ; ) {
    const at = seam(bytes.subarray(from));
    if (at < 0) return found;
    from += at;
    found.push(from);
  }
}

function log(...lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

describe('a log in parts', () => {
  it.each([21, 22, 23, 24])('counts as the whole, seed %i', (seed) => {
    const { bytes } = randomLog(seed, 800);
    const all = seams(bytes);
    expect(all.length).toBeGreaterThan(100);
    const whole = shown(tally(bytes, []));
    for (let i = seed % 17; i < all.length; i += 17) expect(shown(tally(bytes, [all[i]!]))).toEqual(whole);
    const third = Math.floor(all.length / 3);
    const cuts = [all[0]!, all[third]!, all[third + 1]!, all[2 * third]!];
    expect(shown(tally(bytes, cuts))).toEqual(whole);
    const limits = { since: 1710498225, until: 1710498300 };
    expect(shown(tally(bytes, cuts, limits))).toEqual(shown(tally(bytes, [], limits)));
  });

  it('counts as the whole where requests and upstreams are more than are kept', () => {
    const lines: string[] = [];
    for (let i = 0; i < 40_000; i++) {
      const name = `${i % 3 === 0 ? 'ü' : 'u'}${(i * 7919) % 25_000}x`;
      const line = REFUSED.replace('users/a HTTP', `${name} HTTP`).replace(
        'failed (111',
        `failed (${i % 7 ? 111 : 113}`,
      );
      lines.push(i % 2 === 0 ? line.replace('127.0.0.1:9000', `10.${i >> 8}.${i & 255}.1:9000`) : line);
    }
    const bytes = log(...lines, REFUSED);
    const whole = shown(tally(bytes, []));
    expect(whole.others).not.toBeNull();
    expect(whole.otherRequests.beyond).toBeGreaterThan(0);
    for (const share of [0.1, 0.5, 0.9]) {
      const from = Math.floor(bytes.length * share);
      expect(shown(tally(bytes, [from + seam(bytes.subarray(from))]))).toEqual(whole);
    }
  });

  it('is no part of anything when more differs in it than can be told apart', () => {
    const lines = Array.from({ length: 70_000 }, (_, i) => REFUSED.replace('users/a HTTP', `u${i}x HTTP`));
    expect(part(log(...lines), {})).toBeNull();
    expect(part(log(...lines.slice(0, 60_000)), {})).not.toBeNull();
  });
});

describe('seam', () => {
  it('is where a plain entry begins that another follows', () => {
    const bytes = log(TRACE, 'odd', REFUSED, REFUSED, REFUSED);
    const first = TRACE.length + 'odd'.length + 2;
    expect(seams(bytes)).toEqual([first, first + REFUSED.length + 1]);
    expect(seam(log('odd', 'odd', '{"log": "odd"}'))).toBe(-1);
    expect(seam(new Uint8Array(0))).toBe(-1);
  });

  it('stays where it is however long the piece, and stands behind a line feed', () => {
    const { bytes } = randomLog(31, 40);
    const at = seam(bytes);
    expect(bytes[at - 1]).toBe(10);
    for (let length = 0; length < bytes.length; length++) {
      expect([-1, at]).toContain(seam(bytes.subarray(0, length)));
    }
  });
});

describe('timelines', () => {
  it('are the same put together, whatever the order and the width of their buckets', () => {
    for (const [before, after] of [
      [
        [5, 7, Number.NaN],
        [1e6, 3, 6],
      ],
      [[], [40, Number.NaN]],
      [[1e9, 1e9 + 1], []],
      [
        [1e9, 1e9 + 1],
        [1e9 + 500, 1e9 - 100_000],
      ],
      [
        [0, 1e8],
        [77, 78, 200],
      ],
    ] as const) {
      const [one, first, second] = [new Timelines(), new Timelines(), new Timelines()];
      for (const each of [one, first, second]) each.kind();
      const kind = [one, first, second].map((each) => each.kind())[0]!;
      for (const at of before) for (const each of [one, first]) each.add(kind, at);
      for (const at of after) for (const each of [one, second]) each.add(kind, at);
      first.merge(second.data(), [0, kind]);
      // Goes on as if nothing had been.
      for (const at of [...after, ...before]) for (const each of [one, first]) each.add(kind, at);
      const [is, expected] = [first.timeline(kind), one.timeline(kind)];
      expect([is.count, is.range]).toEqual([expected.count, expected.range]);
      if (is.range) expect(is.columns(is.range, 48)).toEqual(expected.columns(is.range, 48));
    }
  });
});
