/** `explain --format summary`: causes × upstreams with counts, when they happened, and what clients got. */
import { meaningOf, type Project, type Report, type Row, Tally } from '../../core/index';
import type { ExplainOptions, Read } from './explain';
import { timeName } from './incident';
import { colors, print } from './output';
import { count, cut, inline } from './plain-text';
import { tallyLog } from './tally-log';
import { bars } from './timeline';

const BAR_COLUMNS = 24;
const WIDTH = 80;
/** Lines that are printed at once. */
const BATCH = 500;

export async function summarise(
  paths: readonly string[],
  project: Project | null,
  { since, until }: ExplainOptions,
  read: Read,
): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const seed = (Math.random() * 2 ** 32) | 0;
  const tally = new Tally({ meaning: (record) => meaningOf(record, project), decoder, seed, since, until });
  // What a line means in a configuration is asked where the configuration is.
  const parts = project ? null : { seed, since, until };
  let failed = false;
  let begun = 0;
  for (const path of paths) {
    const before = tally.lineCount;
    const ok = await read(path, () => tallyLog(path, tally, parts));
    failed ||= !ok;
    if (ok || tally.lineCount > before) begun++;
  }
  if (begun > 0) await printReport(heading(paths, begun, tally.lineCount), limits(since, until), tally.counts.report());
  return !failed;
}

function heading(paths: readonly string[], logs: number, lines: number): string {
  const [path] = paths;
  const name = paths.length > 1 ? `${count(logs, 'log')}: ` : path === '-' ? '' : `${inline(path!)}: `;
  return name + count(lines, 'line');
}

function limits(since?: number, until?: number): string {
  const from = since === undefined ? '' : ` since ${moment(since)}`;
  return from + (until === undefined ? '' : ` until ${moment(until)}`);
}

async function printReport(lines: string, limited: string, report: Report): Promise<void> {
  const { total, range, statuses, rows, others, requests, otherRequests } = report;
  if (total === 0) return print(`${lines}: no gateway errors${limited}\n`);
  await print(`${lines}, ${count(total, 'gateway error')}${limited || (range ? `, ${span(range)}` : '')}\n\n`);
  const color = colors();
  const out: string[] = [];
  for (const { status, timeline } of statuses) {
    const plot = range && range[0] < range[1] ? bars(timeline.columns(range, BAR_COLUMNS * 2)) : '';
    out.push(`${color.bold(statusText(status).padStart(9))} ${String(timeline.count).padStart(8)}  ${color.red(plot)}`);
  }
  if (range && range[0] < range[1]) {
    const [first, last] = range.map(moment) as [string, string];
    out.push(color.dim(`${' '.repeat(20)}${first}${last.padStart(BAR_COLUMNS * 2 - first.length)}`));
  }
  out.push('', color.bold(`${'COUNT'.padStart(8)}  ${'STATUS'.padEnd(8)}  ${'CAUSE'.padEnd(28)}  UPSTREAM`));
  for (const row of rows) {
    out.push(...rowLines(row, range, color.dim));
    if (out.length >= BATCH) await printLines(out.splice(0));
  }
  if (others) {
    const upstream = `after ${rows.length} different`;
    out.push(...rowLines({ ...others, upstream }, range, color.dim));
  }
  if (requests.length > 0) {
    out.push('', color.bold(`${'COUNT'.padStart(8)}  REQUEST`));
    for (const { request, count: number } of requests) out.push(requestLine(number, request));
    const { different, count: number, beyond } = otherRequests;
    if (different > 0) out.push(requestLine(number, `${different} others`));
    if (beyond > 0) {
      out.push(requestLine(beyond, `requests not told apart: more than ${requests.length + different} different`));
    }
  }
  await printLines(out);
}

function printLines(lines: readonly string[]): Promise<void> {
  return print(lines.map((line) => `${line.trimEnd()}\n`).join(''));
}

function rowLines(row: Row, range: Report['range'], dim: (text: string) => string): string[] {
  const status = statusText(row.status);
  const cells = `${String(row.timeline.count).padStart(8)}  ${status.padEnd(8)}  ${row.cause.padEnd(28)}  `;
  const lines = [cells + cut(inline(row.upstream ?? '-'), Math.max(10, WIDTH - cells.length))];
  const own = row.timeline.range;
  if (own && range) {
    lines.push(
      `          ${dim(`${span(own).padEnd(44)}${bars(row.timeline.columns(range, BAR_COLUMNS))}`.trimEnd())}`,
    );
  }
  return lines;
}

function requestLine(number: number, request: string): string {
  return `${String(number).padStart(8)}  ${cut(inline(request), WIDTH - 10)}`;
}

function statusText(status: readonly number[]): string {
  return status.length === 0 ? '-' : status.join('/');
}

function moment(seconds: number): string {
  return timeName(new Date(seconds * 1000).toISOString().slice(0, 19));
}

function span([first, last]: readonly [number, number]): string {
  return first === last ? moment(first) : `${moment(first)} to ${moment(last)}`;
}
