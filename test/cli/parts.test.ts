/** The parts of the command line that are easier to try alone. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../server/src/core/error-log/line-splitter';
import { Timelines } from '../../server/src/core/error-log/tally-timelines';
import { excerpt } from '../../server/src/hosts/cli/check-text';
import { draft } from '../../server/src/hosts/cli/draft';
import { parseMoment } from '../../server/src/hosts/cli/explain-time';
import { clean, columns, cut, inline, wrap } from '../../server/src/hosts/cli/plain-text';
import { snapshot } from '../../server/src/hosts/cli/snapshot';
import { bars } from '../../server/src/hosts/cli/timeline';
import { writeAll } from '../../server/src/hosts/cli/write';
import { folder } from './program';

function split(pieces: readonly string[]): { text: string; end: string; line: number; start: number }[] {
  const splitter = new LineSplitter();
  const lines = pieces.flatMap((piece) => [...splitter.add(piece)]);
  return [...lines, ...splitter.end('')];
}

describe('LineSplitter', () => {
  it('gives the same lines however the text is cut', () => {
    const text = 'a\r\nb\rc\n\n\r\r\nd\r';
    const whole = split([text]);
    expect(whole.map(({ text: line, end }) => line + end).join('')).toBe(text);
    for (const { start, text: line } of whole) expect(text.startsWith(line, start)).toBe(true);
    for (let at = 1; at < text.length; at++) expect(split([text.slice(0, at), text.slice(at)])).toEqual(whole);
    expect(split([...text])).toEqual(whole);
    expect(split([])).toEqual([]);
  });

  it('cuts a line that is too long and goes on behind it', () => {
    const [long, next] = split(['x'.repeat(50_000), 'y'.repeat(50_000), '\nz']);
    expect(long).toMatchObject({ text: 'x'.repeat(50_000) + 'y'.repeat(65_536 - 50_000), line: 0 });
    expect(next).toEqual({ text: 'z', end: '', line: 1, start: 100_001 });
  });
});

describe('text for terminals', () => {
  it('removes escape sequences and controls', () => {
    expect(clean('a\u001b[31mb\u001b]0;title\u0007c\u001b]8;;x\u001b\\d\u009b2Je\u0000\u007f\u202ef\tg\n')).toBe(
      'abcdef\tg\n',
    );
    expect(clean(`x${'\u001b['.repeat(10_000)}`)).toBe('x');
    expect(inline('a\r\nb\tc')).toBe('a b c');
  });

  it('counts columns', () => {
    expect([columns('abc'), columns('日本'), columns('e\u0301'), columns('😀')]).toEqual([3, 4, 1, 2]);
    expect(cut('日本語', 5)).toBe('日本…');
    expect(cut('abc', 3)).toBe('abc');
  });

  it('wraps between words', () => {
    expect(wrap('aa bb cc', 6, '* ', '  ')).toBe('* aa\n  bb\n  cc');
    expect(wrap('aaaaaaaaaa b', 4)).toBe('aaaaaaaaaa\nb');
  });
});

describe('excerpt', () => {
  it('puts the caret under the place, behind tabs and wide letters', () => {
    expect(excerpt('\t\tlisten\t日本 x;', 12, 13, 60)).toEqual({ text: 'listen 日本 x;', caret: '            ^' });
    expect(excerpt('listen 80', 9, 9, 60)).toEqual({ text: 'listen 80', caret: '         ^' });
    expect(excerpt('', 0, 0, 60)).toEqual({ text: '', caret: '^' });
  });

  it('keeps the place in view on a long line', () => {
    const line = `${'a '.repeat(500_000)}HERE${' b'.repeat(500_000)}`;
    const { text, caret } = excerpt(line, 1_000_000, 1_000_004, 76);
    expect(columns(text)).toBeLessThanOrEqual(76);
    expect(text.slice(caret.indexOf('^'), caret.length)).toBe('HERE');
    const long = excerpt(`x ${'y'.repeat(200)}`, 2, 202, 40);
    expect(long.text).toHaveLength(40);
    expect(long.caret.length).toBeLessThanOrEqual(40);
  });
});

describe('Timelines', () => {
  it('keep their counts while they widen, whatever the order', () => {
    for (const step of [1, 7919, -7919]) {
      const timelines = new Timelines();
      const kinds = Array.from({ length: 100 }, () => timelines.kind());
      for (let i = 0; i < 10_000; i++) timelines.add(kinds[i % 100]!, (((i * step) % 100_000) + 100_000) % 100_000);
      timelines.add(kinds[0]!, Number.NaN);
      expect(kinds.map((kind) => timelines.timeline(kind).count)).toEqual([101, ...new Array(99).fill(100)]);
      const { range, columns } = timelines.timeline(kinds[1]!);
      expect(range![1]).toBeLessThan(100_000);
      const counts = columns(range!, 10);
      expect(counts.reduce((sum, count) => sum + count)).toBeCloseTo(100);
      expect(bars(counts)).toMatch(/^[▁▂▃▄▅▆▇█]{10}$/);
    }
    const timelines = new Timelines();
    expect(timelines.timeline(timelines.kind()).range).toBeNull();
  });

  it('show nothing where nothing happened', () => {
    const timelines = new Timelines();
    const kind = timelines.kind();
    for (const second of [1e9, 1e9, 1e9 + 90, 1e9]) timelines.add(kind, second);
    const { range, columns } = timelines.timeline(kind);
    expect(range).toEqual([1e9, 1e9 + 90]);
    expect(bars(columns([1e9, 1e9 + 99], 10))).toBe('█        ▃');
  });
});

describe('parseMoment', () => {
  // What a clock on the wall shows, whatever the zone of this machine.
  const now = new Date(2026, 10, 22, 14, 30, 5);
  const at = (value: string): string => new Date(parseMoment(value, now) * 1000).toISOString().slice(0, 19);

  it.each([
    ['2026-11-22 14:00', '2026-11-22T14:00:00'],
    ['2026/11/22 14:00:09', '2026-11-22T14:00:09'],
    ['2026-11-22T14:00:09.5', '2026-11-22T14:00:09'],
    ['2026-11-22', '2026-11-22T00:00:00'],
    ['14:00', '2026-11-22T14:00:00'],
    ['9:05:01', '2026-11-22T09:05:01'],
    ['1h', '2026-11-22T13:30:05'],
    ['30m', '2026-11-22T14:00:05'],
    ['1d2h30m5s ago', '2026-11-21T12:00:00'],
    ['now', '2026-11-22T14:30:05'],
  ])('reads %s', (value, expected) => {
    expect(at(value)).toBe(expected);
  });

  it('takes a moment with a zone to the zone of this machine', () => {
    const there = new Date('2026-11-22T14:00:00+02:00');
    expect(at('2026-11-22T14:00:00+0200')).toBe(at('2026-11-22T12:00:00Z'));
    expect(parseMoment('2026-11-22T12:00:00Z')).toBe(there.getTime() / 1000 - there.getTimezoneOffset() * 60);
  });

  it.each(['', 'h', 'yesterdayish', '25:00', '2026-13-01', '14', 'ago', '2026-11-22 14:00 CET'])(
    'refuses "%s"',
    (value) => {
      expect(() => parseMoment(value, now)).toThrow('2026-11-22 14:00');
    },
  );
});

describe('draft', () => {
  const edit = (file: string, start: number, end: number, newText: string) => ({ file, span: { start, end }, newText });

  it('lets edits that touch wait, and does the same only once', async () => {
    const file = join(folder({ a: 'one two' }), 'a');
    const changes = draft(snapshot());
    expect(await changes.add([edit(file, 0, 3, '1')])).toBe('added');
    expect(await changes.add([edit(file, 0, 3, '1')])).toBe('known');
    expect(await changes.add([edit(file, 3, 3, '!'), edit(file, 7, 7, '!')])).toBe('waits');
    expect(await changes.add([edit(file, 4, 7, '2')])).toBe('added');
    await changes.apply();
    expect(await changes.add([edit(file, 0, 1, 'I')])).toBe('added');
    await changes.apply();
    expect(await changes.changes()).toEqual([{ file, before: 'one two', after: 'I 2' }]);
  });

  it('creates a file unless it is there', async () => {
    const root = folder({ there: 'x' });
    const changes = draft(snapshot());
    const created = { ...edit(join(root, 'sub/new'), 0, 0, 'text'), create: true as const };
    expect(await changes.add([{ ...created, file: join(root, 'there') }])).toBe('known');
    expect(await changes.add([created])).toBe('added');
    await changes.apply();
    const all = await changes.changes();
    expect(all).toEqual([{ file: join(root, 'sub/new'), before: null, after: 'text' }]);
    expect(await writeAll(all)).toEqual([]);
    expect(readFileSync(join(root, 'sub/new'), 'utf8')).toBe('text');
  });
});

describe('writeAll', () => {
  it('writes nothing when one file cannot be written', async () => {
    const root = folder({ a: 'old', b: 'changed meanwhile' });
    mkdirSync(join(root, 'c'));
    const problems = await writeAll([
      { file: join(root, 'a'), before: 'old', after: 'new' },
      { file: join(root, 'b'), before: 'as it was read', after: 'new' },
      { file: join(root, 'c'), before: 'old', after: 'new' },
      { file: join(root, 'd'), before: 'old', after: 'new' },
    ]);
    expect(problems.map(({ file }) => file)).toEqual([join(root, 'b'), join(root, 'c'), join(root, 'd')]);
    expect(problems[0]!.reason).toContain('changed by another program');
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe('old');
    expect(readdirSync(root).sort()).toEqual(['a', 'b', 'c']);
  });

  it('refuses letters that the encoding of a file cannot hold', async () => {
    const root = folder({ a: Buffer.from('caf\xe9', 'latin1') });
    expect(await writeAll([{ file: join(root, 'a'), before: 'café', after: 'café …' }])).toHaveLength(1);
    expect(await writeAll([{ file: join(root, 'a'), before: 'café', after: 'café é' }])).toEqual([]);
    expect(readFileSync(join(root, 'a'), 'latin1')).toBe('café é');
  });
});
