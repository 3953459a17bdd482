/** `explain --format summary`: causes × upstreams with counts, when they happened, and what clients got. */
import type { Explanation, Project } from '../../core/index';
import type { ExplainFormat } from './explain';
import { MOST_INCIDENTS, timeName, upstreamName } from './incident';
import { colors, print } from './output';
import { count, cut, inline } from './plain-text';
import { Timeline } from './timeline';

interface Row {
  readonly cause: string;
  readonly upstream: string;
  readonly status: Set<number>;
  readonly timeline: Timeline;
  count: number;
}

const BAR_COLUMNS = 24;

export function summaryFormat(_project: Project | null, where: string): ExplainFormat {
  const rows = new Map<string, Row>();
  const byStatus = new Map<string, { count: number; timeline: Timeline }>();
  const whole = new Timeline();
  const other: Row = { cause: 'other', upstream: '', status: new Set(), timeline: new Timeline(), count: 0 };
  const color = colors();
  let total = 0;

  function rowOf({ cause, record }: Explanation): Row {
    const upstream = inline(upstreamName(record) ?? '-');
    const key = `${cause} ${upstream}`;
    const known = rows.get(key);
    if (known) return known;
    if (rows.size >= MOST_INCIDENTS) return other;
    const row = { cause, upstream, status: new Set<number>(), timeline: new Timeline(), count: 0 };
    rows.set(key, row);
    return row;
  }

  return {
    add(explanation) {
      const seconds = secondsOf(explanation.record.time);
      const row = rowOf(explanation);
      total++;
      row.count++;
      row.timeline.add(seconds);
      whole.add(seconds);
      for (const code of explanation.status) row.status.add(code);
      const name = statusText(explanation.status);
      const status = byStatus.get(name) ?? { count: 0, timeline: new Timeline() };
      byStatus.set(name, status);
      status.count++;
      status.timeline.add(seconds);
    },
    async end(lineCount) {
      const name = where.endsWith(':') ? `${inline(where.slice(0, -1))}: ` : '';
      const range = whole.range();
      const lines = `${name}${count(lineCount, 'line')}`;
      if (total === 0) return print(`${lines}: no gateway errors\n`);
      await print(`${lines}, ${count(total, 'gateway error')}${range ? `, ${span(range)}` : ''}\n\n`);

      const statuses = [...byStatus].sort(([, a], [, b]) => b.count - a.count);
      for (const [status, { count: number, timeline }] of statuses) {
        const bars = range ? timeline.bars(range, BAR_COLUMNS * 2) : '';
        await print(`${color.bold(status.padStart(9))} ${String(number).padStart(8)}  ${color.red(bars)}`.trimEnd());
        await print('\n');
      }

      await print(
        `\n${color.bold(`${'COUNT'.padStart(8)}  ${'STATUS'.padEnd(8)}  ${'CAUSE'.padEnd(28)}  UPSTREAM`)}\n`,
      );
      const sorted = [...rows.values()].sort((a, b) => b.count - a.count);
      for (const row of other.count > 0 ? [...sorted, other] : sorted) {
        const status = statusText([...row.status].sort());
        const cells = `${String(row.count).padStart(8)}  ${status.padEnd(8)}  ${row.cause.padEnd(28)}  `;
        await print(`${cells}${cut(row.upstream, Math.max(10, 80 - cells.length))}`.trimEnd());
        const own = row.timeline.range();
        if (own && range) {
          const bars = row.timeline.bars(range, BAR_COLUMNS);
          await print(`\n          ${color.dim(`${span(own).padEnd(44)}${bars}`.trimEnd())}`);
        }
        await print('\n');
      }
    },
  };
}

function statusText(status: readonly number[]): string {
  return status.length === 0 ? '-' : status.join('/');
}

/** Log times have no zone: they are compared with each other only. */
function secondsOf(time: string | null): number {
  return time === null ? Number.NaN : Date.parse(`${time}Z`) / 1000;
}

function span([first, last]: readonly [number, number]): string {
  const text = (seconds: number): string => timeName(new Date(seconds * 1000).toISOString().slice(0, 19));
  return first === last ? text(first) : `${text(first)} to ${text(last)}`;
}
