/** The summary of a log as a page: a pure function of what the server counted. */
import type { LogSummary, SummaryRow } from '../../../server/src/lsp/protocol';
import { type PageOptions, pageHtml } from '../panel/html-page';
import { type Html, html } from '../panel/html-text';
import { statusWords } from '../panel/words';
import { colourOf, onDay, sparkline, timeline, words } from './plot';

export interface SummaryView {
  /** Null while the log is read for the first time, or where it cannot be read. */
  readonly summary: LogSummary | null;
  /** How the log is called. */
  readonly name: string;
  /** Its lines can be opened in an editor. */
  readonly opens: boolean;
  readonly following: boolean;
  /** What keeps the counts from being current, or from being there. */
  readonly problem?: string;
}

export interface SummaryOptions {
  nameOf(uri: string): string;
}

export function summaryHtml(view: SummaryView, options: SummaryOptions & PageOptions): string {
  return pageHtml(summaryBody(view, options), options);
}

export function summaryBody(view: SummaryView, options: SummaryOptions): string {
  const { summary, name, problem, following } = view;
  const head = html`<header class="log"><h1>${name}</h1>${summary && toolbar(view)}</header>`;
  if (!summary) return html`${head}<p class="empty">${problem ?? 'Reading the log…'}</p>`.text;
  return html`${head}
<p class="facts-line">${factsOf(summary)}</p>
${problem !== undefined && html`<p class="note" role="alert">${problem} These are the counts until then.</p>`}
${summary.anew && html`<p class="note">The log has been rotated, cut or rewritten since: what is in it now was counted from its start.</p>`}
${summary.total > 0 && counted(view, summary, options)}
${summary.total === 0 && following && html`<p class="quiet">Nothing to explain. New lines are counted as they come.</p>`}`
    .text;
}

function toolbar({ following }: SummaryView): Html {
  return html`<div class="tools">
<button type="button" data-action="follow" data-key="follow" aria-pressed="${following ? 'true' : 'false'}" title="${following ? 'New lines are counted as they come' : 'New lines are not counted'}"><span class="dot" aria-hidden="true"></span>Follow</button>
<button type="button" data-action="markdown" data-key="markdown">Copy as Markdown</button>
</div>`;
}

function factsOf({ total, lines, range }: LogSummary): Html {
  const when = range && html`, <time>${words(range.first)}</time> to <time>${onDay(range.last, range.first)}</time>`;
  if (total === 0) return html`No gateway errors in ${plural(lines, 'line')}.`;
  return html`<strong>${plural(total, 'gateway error')}</strong> in ${plural(lines, 'line')}${when}`;
}

function counted(view: SummaryView, summary: LogSummary, options: SummaryOptions): Html {
  const { statuses, rows, moreRows, total } = summary;
  return html`
<ul class="legend" aria-label="What clients got">${statuses.map(({ status, count }) => {
    const { code, phrase } = statusWords(status);
    return html`<li><span class="swatch ${colourOf(status)}" aria-hidden="true"></span>${[code, phrase].filter(Boolean).join(' ')} <strong>${number(count)}</strong></li>`;
  })}</ul>
${timeline(summary)}
<table class="rows">
<caption class="unseen">Causes and upstreams, most frequent first</caption>
<thead><tr><th scope="col">Count</th><th scope="col">Client got</th><th scope="col">What happened</th><th scope="col">When</th></tr></thead>
<tbody>${rows.map((row, index) => rowHtml(row, index, total, view, options))}</tbody>
</table>
${moreRows.count > 0 && html`<p class="quiet">${number(moreRows.count)} more, of ${plural(moreRows.rows, 'other pair')} of cause and upstream.</p>`}
${requestsHtml(summary)}`;
}

function rowHtml(row: SummaryRow, index: number, total: number, view: SummaryView, options: SummaryOptions): Html {
  const { title, upstream, status, count, first, last } = row;
  const share = (count / total) * 100;
  const named = upstream === null || title.includes(upstream.replace(/^unix:/, ''));
  // The day stands above all.
  const { range } = view.summary!;
  const day = range && range.first.slice(0, 10) === range.last.slice(0, 10) ? range.first : '';
  return html`
<tr>
<td class="count"><strong>${number(count)}</strong><span class="quiet">${share < 1 ? '< 1' : Math.round(share)} %</span></td>
<td class="code"><span class="badge ${colourOf(status)}">${status.length > 0 ? status.join(' or ') : '–'}</span></td>
<td class="what"><h2>${title}</h2>
${!named && html`<p class="quiet">${upstream}</p>`}
${place(row, index, options)}
${actions(row, index, view)}</td>
<td class="when">${sparkline(row)}${first !== null && last !== null && html`<p class="quiet"><time>${onDay(first, day)}</time>${first !== last && html` – <time>${onDay(last, first)}</time>`}</p>`}</td>
</tr>`;
}

function place({ config, remedy }: SummaryRow, index: number, { nameOf }: SummaryOptions): Html {
  const name = config && `${nameOf(config.uri)}:${config.range.start.line + 1}`;
  const text = config && (config.text || config.directive);
  return html`
${config && html`<p><button type="button" class="link" data-action="open" data-uri="${config.uri}" data-range="${JSON.stringify(config.range)}" data-key="open-${index}" aria-label="Open ${name}: ${text}">${name}</button> <code>${text}</code></p>`}
${remedy !== null && html`<p class="remedy-line"><span class="mark" aria-hidden="true">●</span> ${remedy}</p>`}`;
}

function actions({ entries, title }: SummaryRow, index: number, { opens }: SummaryView): Html {
  const last = entries[entries.length - 1];
  const line = ({ line }: { line: number }, which: string, key: string) =>
    html`<button type="button" class="link" data-action="line" data-line="${line}" data-key="${key}-${index}" aria-label="Open the ${which} line, ${line + 1}, of: ${title}" title="The ${which} line">Line ${number(line + 1)}</button>`;
  const texts = entries.filter(({ text }) => text !== null);
  return html`<div class="row-actions">
${last && last.text !== null && html`<button type="button" data-action="explain" data-line="${last.line}" data-key="explain-${index}" aria-label="Explain: ${title}">Explain</button>`}
${opens && entries.length > 1 && line(entries[0]!, 'first', 'first')}
${opens && last && line(last, entries.length > 1 ? 'last' : 'only', 'last')}
${texts.length > 0 && html`<details data-key="texts-${index}"><summary>Show</summary>${texts.map(({ line, text }) => html`<pre><span class="quiet">${number(line + 1)}</span> ${text}</pre>`)}</details>`}
</div>`;
}

function requestsHtml({ requests, moreRequests }: LogSummary): Html | null {
  const most = requests[0]?.count ?? 0;
  if (most === 0) return null;
  const { different, count, beyond } = moreRequests;
  const rest = [
    different > 0 && `${number(count)} more, of ${plural(different, 'other request')}.`,
    beyond > 0 && `${number(beyond)} more that were not told apart.`,
  ];
  return html`
<h2 class="part" id="requests">Requests that failed most</h2>
<table class="requests" aria-labelledby="requests">
<thead class="unseen"><tr><th scope="col">Count</th><th scope="col">Share</th><th scope="col">Request</th></tr></thead>
<tbody>${requests.map(
    ({ request, count }) => html`
<tr><td class="count">${number(count)}</td><td class="bar"><svg aria-hidden="true" viewBox="0 0 100 10" preserveAspectRatio="none"><rect width="${Math.max(1, Math.round((count / most) * 100))}" height="10"/></svg></td><td><code>${request}</code></td></tr>`,
  )}</tbody>
</table>
${rest.some(Boolean) && html`<p class="quiet">${rest.filter(Boolean).join(' ')}</p>`}`;
}

const number = (value: number) => value.toLocaleString('en-US');
const plural = (count: number, noun: string) => `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
