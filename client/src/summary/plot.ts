/** When it happened, as bars of SVG: of all statuses on top of each other, and of one row. */
import type { LogSummary, SummaryRow } from '../../../server/src/lsp/protocol';
import { type Html, html } from '../panel/html-text';

/** A bar is as wide as this, and the picture is stretched to the width it has. */
const STEP = 10;
const GAP = 1.5;
const HEIGHT = 100;
/** One entry among thousands is seen. */
const LEAST = 2;

type Status = LogSummary['statuses'][number];

/** The class that colours a status: those that people tell apart have a colour of their own. */
export function colourOf([code]: readonly number[]): string {
  if (code === undefined) return 'none';
  return [499, 500, 502, 503, 504].includes(code) ? `s${code}` : 'other';
}

/** The whole range; null where no entry has a time. */
export function timeline({ range, statuses }: LogSummary): Html | null {
  const first = statuses[0];
  if (!range || !first) return null;
  const sums = first.columns.map((_, at) => statuses.reduce((sum, { columns }) => sum + columns[at]!, 0));
  const most = Math.max(...sums);
  const from = moment(range.first);
  const step = (moment(range.last) + 1 - from) / sums.length;
  const name = (at: number) => clock(from + at * step, range);
  const bars = sums.map((sum, at) => {
    if (sum === 0) return '';
    const parts = statuses.filter(({ columns }) => columns[at]! > 0);
    const title = `${name(at)}: ${about(sum)} (${parts.map((each) => `${statusName(each)}: ${about(each.columns[at]!)}`).join(', ')})`;
    let top = HEIGHT;
    const pieces = parts.map(({ status, columns }) => {
      const height = Math.max(LEAST, (columns[at]! / most) * (HEIGHT - 2));
      top -= height;
      return html`<rect class="${colourOf(status)}" x="${round(at * STEP + GAP / 2)}" y="${round(Math.max(0, top))}" width="${STEP - GAP}" height="${round(height)}"/>`;
    });
    return html`<g><title>${title}</title><rect class="hit" x="${at * STEP}" y="0" width="${STEP}" height="${HEIGHT}"/>${pieces}</g>`;
  });
  const label = `Gateway errors over time, from ${words(range.first)} to ${words(range.last)}; at most ${about(most)} in ${lasting(step)}`;
  return html`
<figure class="timeline">
<figcaption class="quiet" aria-hidden="true">${about(most)} in ${lasting(step)}</figcaption>
<svg role="img" aria-label="${label}" viewBox="0 0 ${sums.length * STEP} ${HEIGHT}" preserveAspectRatio="none">${bars}</svg>
<div class="axis quiet" aria-hidden="true"><time>${words(range.first)}</time><time>${clock(from + (sums.length * step) / 2, range)}</time><time>${onDay(range.last, range.first)}</time></div>
</figure>`;
}

/** One row's, in its own scale: the counts stand beside it. */
export function sparkline({ columns, status }: SummaryRow): Html | null {
  if (columns.length === 0) return null;
  const most = Math.max(...columns);
  const bars = columns.map((count, at) => {
    if (count === 0) return '';
    const height = Math.max(8, (count / most) * HEIGHT);
    return html`<rect x="${round(at * STEP + GAP / 2)}" y="${round(HEIGHT - height)}" width="${STEP - GAP}" height="${round(height)}"/>`;
  });
  return html`<svg class="spark ${colourOf(status)}" aria-hidden="true" viewBox="0 0 ${columns.length * STEP} ${HEIGHT}" preserveAspectRatio="none">${bars}</svg>`;
}

export const statusName = ({ status }: Pick<Status, 'status'>) =>
  status.length > 0 ? status.join(' or ') : 'no failed request';

/** `10:23:45` where the other is of the same day. */
export function onDay(time: string, day: string): string {
  return time.slice(0, 10) === day.slice(0, 10) ? time.slice(11) : words(time);
}

export const words = (time: string) => time.replace('T', ' ');

const moment = (time: string) => Date.parse(`${time}Z`) / 1000;

/** Within the range, with the day only where it has several. */
function clock(seconds: number, { first, last }: { first: string; last: string }): string {
  const time = new Date(seconds * 1000).toISOString().slice(0, 19);
  return first.slice(0, 10) === last.slice(0, 10) ? time.slice(11) : words(time).slice(5, 16);
}

const units = [
  [86_400, 'day', 'days'],
  [3600, 'hour', 'hours'],
  [60, 'minute', 'minutes'],
  [1, 'second', 'seconds'],
] as const;

function lasting(seconds: number): string {
  const [size, one, many] = units.find(([size]) => seconds >= size * 0.95) ?? units[3];
  const count = Math.max(1, Math.round(seconds / size));
  return count === 1 ? `one ${one}` : `${count} ${many}`;
}

/** What is counted in larger pieces is spread over the columns. */
const about = (count: number) => Math.max(1, Math.round(count)).toLocaleString('en-US');
const round = (value: number) => Math.round(value * 100) / 100;
