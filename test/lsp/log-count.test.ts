/** A log counted in pieces and as it grows comes to the same as counted at once, and each row leads to its line. */
import { describe, expect, it } from 'vitest';
import { entries } from '../../server/src/core/index';
import { type LogBytes, skipLines } from '../../server/src/lsp/log-bytes';
import { type LogCount, logCount } from '../../server/src/lsp/log-count';

function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const LINES = [
  '2024/03/15 10:00:01 [error] 7#7: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: a.test, request: "GET /x HTTP/1.1", upstream: "http://127.0.0.1:9000/x", host: "a.test"',
  '2024/03/15 10:00:02 [error] 7#7: *2 upstream timed out (110: Connection timed out) while reading response header from upstream, client: 10.0.0.1, server: ä.test, request: "GET /ü HTTP/1.1", upstream: "http://127.0.0.1:9001/ü", host: "ä.test"',
  '2024/03/15 10:00:03 [error] 7#7: *3 no live upstreams while connecting to upstream, client: 10.0.0.1, server: a.test, request: "GET /y HTTP/1.1", upstream: "http://backend/y", host: "a.test"',
  '2024/03/15 10:00:03 [notice] 7#7: signal process started',
  '',
  'x'.repeat(300),
];
const ENDS = ['\n', '\n', '\n', '\n', '\r\n', '\r'];

function logOf(next: (below: number) => number, count: number, ends = ENDS): string {
  return Array.from({ length: count }, () => LINES[next(LINES.length)]! + ends[next(ends.length)]!).join('');
}

/** Gives as little at a time as it likes. */
function bytesOf(text: string, next: (below: number) => number): LogBytes {
  const bytes = new TextEncoder().encode(text);
  return {
    size: bytes.length,
    id: 'test',
    async read(at, into) {
      const part = bytes.subarray(at, at + Math.min(into.length, 1 + next(5000)));
      into.set(part);
      return part.length;
    },
    close: async () => undefined,
  };
}

const shown = ({ tally }: LogCount) => {
  const { total, rows, statuses } = tally.counts.report();
  return {
    total,
    lines: tally.lineCount,
    rows: rows.map(({ timeline, ...row }) => ({ ...row, count: timeline.count, range: timeline.range })),
    statuses: statuses.map(({ status, timeline }) => [status, timeline.count]),
  };
};
const nothing = (): void => undefined;

describe.each([1, 2, 3, 4, 5, 6])('seed %i', (seed) => {
  it('finds every entry by its line, whatever ends the lines', async () => {
    const next = random(seed);
    const text = logOf(next, 3000);
    const count = logCount(null);
    await count.read(bytesOf(text, next), nothing);
    for (const entry of entries(text)) {
      if (next(20) > 0 || entry.record.level !== 'error') continue;
      const found = await count.entryAt(bytesOf(text, next), entry.line);
      expect(found?.text, `line ${entry.line}`).toBe(text.slice(entry.span.start, entry.span.end));
    }
    expect(await count.entryAt(bytesOf(text, next), 10_000)).toBeNull();
    for (const { lines } of count.tally.counts.report().rows) {
      for (const line of lines) expect(await count.entryAt(bytesOf(text, next), line)).not.toBeNull();
    }
  });

  it('counts the same as it grows, also in the middle of lines', async () => {
    const next = random(seed + 100);
    const text = logOf(next, 2000, ['\n', '\n', '\r\n']);
    const count = logCount(null);
    for (let at = 1 + next(5000); at < text.length; at += 1 + next(20_000)) {
      await count.read(bytesOf(text.slice(0, at), next), nothing);
    }
    await count.read(bytesOf(text, next), nothing);
    const once = logCount(null);
    await once.read(bytesOf(text, next), nothing);
    expect(shown(count)).toEqual(shown(once));
    expect(count.anew).toBe(false);
    expect(await count.read(bytesOf(text, next), nothing)).toBe(false);
  });
});

it('lines are skipped over any line ends, up to the end', async () => {
  const text = 'a\r\nb\rc\n\r\n\n\rd';
  const starts = [0, 3, 5, 7, 9, 10, 11];
  for (const [line, start] of starts.entries()) {
    for (let seed = 1; seed < 20; seed++) {
      const next = random(seed);
      const one = { ...bytesOf(text, next), read: readOf(text, () => 1 + next(3)) };
      expect(await skipLines(one, 0, line)).toBe(start);
    }
  }
  expect(await skipLines(bytesOf(text, random(1)), 0, 7)).toBeNull();
});

function readOf(text: string, most: () => number): LogBytes['read'] {
  const bytes = new TextEncoder().encode(text);
  return async (at, into) => {
    const part = bytes.subarray(at, at + Math.min(most(), into.length));
    into.set(part);
    return part.length;
  };
}
