/** The tally's two ways of reading give the same report, whatever is in the log and however it comes in. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseLine } from '../../../server/src/core/error-log/record';
import { type Report, Tally, type TallyOptions } from '../../../server/src/core/error-log/tally';
import { said, wording } from '../../../server/src/core/error-log/wording';
import { causeOf, meaningOf } from '../../../server/src/core/index';
import { lines as causeLines } from '../causes/lines';
import { randomLog, shuffledBytes } from './random-log';

const HEAD = '2024/03/15 10:23:45 [error] 12#12: *1 ';
const TAIL =
  ', client: 10.0.0.1, server: example.com, request: "GET /api/users/17?token=secret HTTP/1.1", upstream: "http://127.0.0.1:9000/api/users/17", host: "example.com"';
const REFUSED = `${HEAD}connect() failed (111: Connection refused) while connecting to upstream${TAIL}`;

function tally(log: Uint8Array | string, options: Partial<TallyOptions> = {}, pieces: readonly number[] = []) {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const counted = new Tally({ meaning: (record) => meaningOf(record, null), decoder, ...options });
  const bytes = typeof log === 'string' ? new TextEncoder().encode(log) : log;
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = pieces.length === 0 ? bytes.length : pieces[i % pieces.length]!;
    counted.add(bytes.subarray(at, at + size));
    at += size;
  }
  counted.finish();
  return counted;
}

/** All that a summary shows. */
function shown(counted: Tally) {
  const report = counted.counts.report();
  const { range } = report;
  const row = <T extends Report['statuses'][number]>({ timeline, ...rest }: T) => ({
    ...rest,
    count: timeline.count,
    range: timeline.range,
    columns: range && timeline.columns(range, 24),
  });
  return {
    ...report,
    lines: counted.lineCount,
    rows: report.rows.map(row),
    others: report.others && row(report.others),
    statuses: report.statuses.map(row),
  };
}

describe('both ways of reading', () => {
  it('agree on a line of every cause, alone and in a row', () => {
    for (const [, , line] of causeLines)
      expect(shown(tally(`${line}\n`)), line).toEqual(shown(tally(`${line}\n`, { slow: true })));
    const log = causeLines.map(([, , line]) => line).join('\n');
    const all = `${log}\n${log}\n${log.replaceAll('\n', '\r\n')}`;
    expect(shown(tally(all))).toEqual(shown(tally(all, { slow: true })));
  });

  it('agree on what nginx wrote', () => {
    const log = readFileSync(new URL('./nginx-1.22.1.log', import.meta.url));
    expect(shown(tally(log))).toEqual(shown(tally(log, { slow: true })));
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('agree on a log made up of everything, seed %i', (seed) => {
    const { bytes, pieces } = randomLog(seed, 1500);
    const slow = shown(tally(bytes, { slow: true }));
    expect(shown(tally(bytes, {}, pieces))).toEqual(slow);
    expect(shown(tally(bytes))).toEqual(slow);
    expect(slow.total).toBeGreaterThan(200);
    const middle = { since: 1710498225, until: 1710498300 };
    expect(shown(tally(bytes, middle))).toEqual(shown(tally(bytes, { ...middle, slow: true })));
  });

  it.each([11, 12, 13, 14])('agree on bytes that were shuffled, seed %i', (seed) => {
    const bytes = shuffledBytes(seed, randomLog(seed, 400).bytes);
    expect(shown(tally(bytes))).toEqual(shown(tally(bytes, { slow: true })));
  });

  it('agree where requests and upstreams are more than are kept', () => {
    const lines: string[] = [];
    for (let i = 0; i < 40_000; i++) {
      const line = REFUSED.replace('/users/17?', `/${i % 3 === 0 ? 'ü' : 'u'}${(i * 7919) % 25_000}x?`);
      lines.push(i % 2 === 0 ? line.replace('127.0.0.1:9000', `10.${i >> 8}.${i & 255}.1:9000`) : line);
    }
    const log = lines.join('\n');
    const fast = shown(tally(log));
    expect(fast).toEqual(shown(tally(log, { slow: true })));
    expect(fast).toMatchObject({ total: 40_000, otherRequests: { different: 16_374 }, others: { cause: 'other' } });
    expect(fast.otherRequests.beyond).toBeGreaterThan(0);
    expect(fast.rows).toHaveLength(10_000);
  });
});

describe('the quick way', () => {
  it('is taken for plain lines: each wording is explained once', () => {
    let asked = 0;
    const meaning = (record: Parameters<TallyOptions['meaning']>[0]) => {
      asked++;
      return meaningOf(record, null);
    };
    const lines = [
      REFUSED,
      REFUSED.replace('error]', 'crit]'),
      `${HEAD}open() "/var/www/a-1.png" failed (2: No such file or directory)${TAIL}`,
      `${HEAD}FastCGI sent in stderr: "PHP message: PHP Warning:  Undefined array key "id-1" in /w/x.php on line 12" while reading response header from upstream${TAIL}`,
      `${HEAD}upstream timed out (110: Connexion terminée par expiration du délai d'attente) while reading response header from upstream${TAIL}, referrer: "https://example.com/?a=b!c"`,
      '2024/03/15 10:23:45 [notice] 12#12: signal process started',
      `${HEAD}client 10.0.0.1 closed keepalive connection`,
      `${HEAD}connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: 0.0.0.0:3306, upstream: "10.0.0.2:3306", bytes from/to client:0/0, bytes from/to upstream:0/0`,
    ];
    const log = Array.from({ length: 500 }, (_, i) =>
      lines.map((line) => line.replace('*1 ', `*${i} `).replace('-1', `-${i}`)),
    );
    const counted = tally(`${log.flat().join('\n')}\n`, { meaning });
    expect(counted.counts.report().total).toBe(3000);
    expect(asked).toBe(lines.length);
  });

  it('leaves what may go on in the next line to the other', () => {
    const log = `${HEAD}FastCGI sent in stderr: "PHP message: PHP Fatal error:  Uncaught X\nStack trace:\n#0 {main}" while reading response header from upstream${TAIL}\n${REFUSED}\n\n${REFUSED}`;
    const found = shown(tally(log, {}, [7]));
    expect(shown(tally(log))).toEqual(found);
    expect(found).toMatchObject({ total: 3, lines: 6 });
    expect(found.rows.map(({ cause }) => cause)).toEqual(['connection-refused', 'php-fatal-error']);
  });

  it('survives long lines, noise, and a line end at the end of a piece', () => {
    const noise = new Uint8Array(3_000_000).map((_, i) => (i * 7919 + (i >> 5)) % 256);
    const log = Buffer.concat([
      Buffer.from(`${REFUSED}\n`),
      Buffer.alloc(5_000_000, 'x'),
      Buffer.from(`\r\n${REFUSED}\r\n`),
      noise,
      Buffer.from(`\n${REFUSED}`),
    ]);
    const fast = shown(tally(log, {}, [1 << 20, 65_521, 3]));
    expect(fast).toEqual(shown(tally(log, { slow: true })));
    expect(fast.total).toBe(3);
  });
});

describe('what is counted', () => {
  it('is cause, upstream, status, request and time', () => {
    const log = `${REFUSED}\n${REFUSED.replace('10:23:45', '10:24:46').replace('/users/17?', '/users/18?')}\n`;
    expect(shown(tally(log))).toMatchObject({
      lines: 2,
      total: 2,
      range: [1710498225, 1710498286],
      rows: [{ cause: 'connection-refused', upstream: '127.0.0.1:9000', status: [502], count: 2 }],
      statuses: [{ status: [502], count: 2 }],
      requests: [{ request: 'GET /api/users/*', count: 2 }],
      others: null,
      otherRequests: { different: 0, count: 0, beyond: 0 },
    });
  });

  it('lies between since and until, both included', () => {
    const log = ['10:00:00', '10:00:01', '10:00:02', '10:00:03']
      .map((time) => REFUSED.replace('10:23:45', time))
      .join('\n');
    const at = (time: string): number => Date.parse(`2024-03-15T${time}Z`) / 1000;
    const dateless = 'connect() failed (111: Connection refused) while connecting to upstream';
    const total = (options: Partial<TallyOptions>): number =>
      tally(`${log}\n${dateless}`, options).counts.report().total;
    expect(total({})).toBe(5);
    expect(total({ since: at('10:00:01') })).toBe(3);
    expect(total({ until: at('10:00:01') })).toBe(2);
    expect(total({ since: at('10:00:01'), until: at('10:00:02') })).toBe(2);
  });
});

describe('wording', () => {
  it('leaves out long numbers and quoted values, and keeps what causes decide on', () => {
    expect(wording('open() "/var/www/a.png" failed (2: No such file)')).toBe('open() "_" failed (2: No such file)');
    expect(wording('connect() failed (10061: No connection) while connecting to upstream')).toContain('(10061: ');
    expect(wording('limiting requests, excess: 20.345 by zone "one"')).toBe(
      'limiting requests, excess: 20.0 by zone "_"',
    );
    expect(wording('SSL alert number 112')).toBe('SSL alert number 112');
    expect(wording('FastCGI sent in stderr: "Unknown" while x')).toBe('FastCGI sent in stderr: "Unknown" while x');
    expect(wording('a "b c" "(d)" "é" ""')).toBe('a "b c" "(d)" "é" ""');
  });

  it('says of a record nothing about who asked for what', () => {
    const record = parseLine(REFUSED)!;
    const other = parseLine(
      REFUSED.replace('10.0.0.1', '::1')
        .replaceAll('example.com', 'x')
        .replace('/api/users/17', '/')
        .replace('*1 ', '*2 '),
    )!;
    expect(said(record)).toEqual(said(other));
    expect(said(record)).toMatchObject({ client: '-', server: null, request: null, upstream: 'http://', errno: 111 });
    expect(causeOf(record)?.id).toBe('connection-refused');
  });
});
