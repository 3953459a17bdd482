/** The same entry in any shape that it is pasted in: the same cause, the same fields, each at its place in what was pasted. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  causeOf,
  type Entry,
  entries,
  type LogRecord,
  looksLikeErrorLog,
  parseLine,
} from '../../../server/src/core/index';
import { lines } from '../causes/lines';
import { forLines, type Wrapper, wrappers } from './wrappers';

const REAL = [...entries(readFileSync(new URL('./nginx-1.22.1.log', import.meta.url), 'utf8'))]
  .filter(({ record }) => causeOf(record))
  .map(({ span }) => readFileSync(new URL('./nginx-1.22.1.log', import.meta.url), 'utf8').slice(span.start, span.end));

/** With nginx's own header; the others are told by their message, and by less of what is around it. */
const SAMPLES = [...lines.map(([, , line]) => line), ...REAL].filter((line) => /^\d{4}\//.test(line));

function values(record: LogRecord): object {
  const { fields: _, ...rest } = record;
  return rest;
}

/** Tells what is wrong, or nothing: `expect` for each of many thousands takes too long. */
function compare(line: string, text: string, written: (value: string) => string, inOrder = true): string | null {
  const own = parseLine(line)!;
  const found: Entry[] = [...entries(text)];
  const [entry, more] = found;
  if (!entry || more) return `${found.length} entries`;
  if (JSON.stringify(values(entry.record)) !== JSON.stringify(values(own))) return JSON.stringify(values(entry.record));
  if (causeOf(entry.record)?.id !== causeOf(own)?.id) return 'another cause';
  if (!inOrder) return null;
  for (const { name, span } of own.fields) {
    const there = entry.record.fields.find((field) => field.name === name);
    if (!there) return `no ${name}`;
    const slice = text.slice(entry.span.start + there.span.start, entry.span.start + there.span.end);
    if (slice !== written(line.slice(span.start, span.end))) return `${name}: ${slice}`;
  }
  return null;
}

/** What a broken line keeps for certain: blanks within a message are where a reader cannot know. */
function kept(line: string, text: string): string | null {
  const own = parseLine(line)!;
  const found = [...entries(text)];
  if (found.length !== 1) return `${found.length} entries`;
  const { record } = found[0]!;
  if (causeOf(record)?.id !== causeOf(own)?.id) return `another cause: ${record.message}`;
  const all = ({ message, stderr, truncated, ...rest }: LogRecord): object => ({ ...values(rest as LogRecord) });
  return JSON.stringify(all(record)) === JSON.stringify(all(own)) ? null : JSON.stringify(all(record));
}

const same = (value: string): string => value;

function wrong(samples: readonly string[], chain: readonly Wrapper[]): string[] {
  return samples.flatMap((line) => {
    let text = line;
    for (const wrapper of chain) text = wrapper.wrap(text.split('\n'));
    if (chain.some(({ breaks }) => breaks)) {
      const lost = kept(line, text);
      return lost ? [`${lost}\n  of ${line}\n  in ${text}`] : [];
    }
    const isBroken = line.includes('\n');
    const written = (value: string): string => chain.reduce((made, wrapper) => (wrapper.written ?? same)(made), value);
    const problem = compare(line, text, written, !isBroken);
    return problem ? [`${problem}\n  of ${line}\n  in ${text}`] : [];
  });
}

describe('every line in every wrapping', () => {
  it.each(wrappers.map((wrapper) => [wrapper.name, wrapper] as const))('%s', (_, wrapper) => {
    const samples = wrapper.isForLines ? SAMPLES.filter((line) => !line.includes('\n')) : SAMPLES;
    expect(wrong(samples, [wrapper]).slice(0, 2)).toEqual([]);
    if (wrapper.name !== 'CSV') expect(looksLikeErrorLog(wrapper.wrap(SAMPLES[0]!.split('\n')))).toBe(true);
  });

  // A line that PHP filled with what looks like an end of nginx's, or whose message nothing follows, shows no seam.
  const short = SAMPLES.filter(
    (line) =>
      !/\n|it said|\/x", host: "fake"|(?:slab_alloc|worker_connections|entry thread)[^,]*, ?(?!client)|^[^,]*$/.test(
        line,
      ),
  );
  it.each(forLines.map((wrapper) => [wrapper.name, wrapper] as const))('%s', (_, wrapper) => {
    expect(wrong(short, [wrapper]).slice(0, 2)).toEqual([]);
    expect(looksLikeErrorLog(wrapper.wrap([short[0]!]))).toBe(true);
  });
});

describe('a wrapping in a wrapping', () => {
  const samples = SAMPLES.filter((line, i) => i % 12 === 0 && !line.includes('\n'));
  const inner = [...wrappers, ...forLines].filter(({ name }) => !/^a (?:terminal|chat|mail)|parts of/.test(name));
  // A string that is not escaped cannot hold one that is not either; a page of a page is none.
  const nests = wrappers.filter(({ name }) => name !== 'Fluent Bit on a terminal' && name !== 'CSV');
  it.each(nests.map((wrapper) => [wrapper.name, wrapper] as const))('%s', (_, outer) => {
    for (const each of inner) {
      if (
        each.name === 'the inside of a string' ||
        (each.name === 'a code block' && outer.wrap(['a', 'b']).startsWith('{'))
      )
        continue;
      expect([each.name, wrong(samples, [each, outer]).slice(0, 1)]).toEqual([each.name, []]);
    }
  });
});

describe('other shapes', () => {
  const line = SAMPLES[0]!;
  const own = parseLine(line)!;
  const read = (text: string): LogRecord[] => [...entries(text)].map(({ record }) => record);

  it.each<[string, string, number]>([
    ['the same line under two names', JSON.stringify({ message: line, event: { original: line } }), 1],
    ['short and full', JSON.stringify({ short_message: line.slice(0, 100), full_message: line }), 1],
    ['several in an array', JSON.stringify([line, line, line]), 3],
    ['several events', JSON.stringify({ events: [{ message: line }, { message: line }] }), 2],
    ['a whole log in a string', JSON.stringify({ text: `${line}\n${line}\n` }), 2],
    [
      'over several lines of JSON',
      JSON.stringify({ hits: [{ _source: { message: line } }, { _source: { message: line } }] }, null, 2),
      2,
    ],
    ['JSON in JSON in JSON', JSON.stringify({ log: JSON.stringify({ message: JSON.stringify({ msg: line }) }) }), 1],
    ['bold', `**${line}**`, 1],
    ['a fence on the line', `\`\`\`${line}\`\`\``, 1],
    ['typographic quotes', line.replace(/"([^"]*)"/g, '\u201c$1\u201d'), 1],
    ['Windows line ends', `${line}\r\n${line}\r\n`, 2],
    [
      'an application that logs to the journal in JSON',
      `Mar 15 10:23:45 web1 app[7]: ${JSON.stringify({ level: 'error', nginx: line })}`,
      1,
    ],
    ['a date with dashes', line.replace('2024/03/15', '2024-03-15'), 1],
    ['coloured by grep', line.replace('failed', '\u001b[01;31m\u001b[Kfailed\u001b[m\u001b[K'), 1],
    ['colours as journald and rsyslog keep them', `#033[31mweb |#033[0m ${line}#033[0m`, 1],
  ])('%s', (_, text, count) => {
    expect(read(text).map(values)).toEqual(Array.from({ length: count }, () => values(own)));
  });

  it('without a date, without the process, without all of it', () => {
    const at = line.indexOf('[error]');
    expect(values(read(line.slice(at))[0]!)).toEqual({ ...values(own), time: null });
    expect(values(read(`web-1  | ${line.slice(at)}`)[0]!)).toEqual({ ...values(own), time: null });
    const message = line.slice(line.indexOf('connect()'));
    for (const start of ['', '*1 ', 'web-1  | ', '> ', '- ', 'nginx[7]: ', '2024-03-15T10:23:45.1Z stderr F ']) {
      expect(read(start + message)[0]).toMatchObject({ message: own.message, errno: 111, host: own.host, time: null });
    }
    expect(read(`2024/03/15 10:23:45 [error] ${message}`)[0]).toMatchObject({
      time: own.time,
      level: 'error',
      errno: 111,
    });
  });

  it('the numbers of Windows', () => {
    const windows = line.replace(
      /\(111: [^)]*\)/,
      '(10061: No connection could be made because the target machine actively refused it)',
    );
    expect(causeOf(read(windows)[0]!)?.id).toBe('connection-refused');
  });

  it('an entry ends where another begins, whatever is around them', () => {
    const broken = `${line.slice(0, 120)}\n`;
    expect(read(`${broken}${line}\nsome words\n${broken}web-1  | ${line}`)).toHaveLength(4);
  });

  it('says nothing of what belongs to nobody', () => {
    const text =
      'This is what we saw, over and over.\n{"level":"error","msg":"connection refused by upstream"}\n[error] it failed\n';
    expect(read(text)).toEqual([]);
    expect(looksLikeErrorLog(text)).toBe(false);
  });
});
