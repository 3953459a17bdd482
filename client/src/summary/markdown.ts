/** A summary as Markdown for an incident channel. */
import type { LogSummary } from '../../../server/src/lsp/protocol';
import { visible } from '../panel/html-text';
import { maskSecrets } from '../panel/markdown';
import { statusWords } from '../panel/words';
import { onDay, statusName, words } from './plot';

export function summaryMarkdown(summary: LogSummary, name: string, nameOf: (uri: string) => string): string {
  const { total, lines, range, statuses, rows, moreRows, requests } = summary;
  const when = range ? `, ${words(range.first)} to ${onDay(range.last, range.first)}` : '';
  const got = statuses.map(({ status, count }) => {
    const { code, phrase } = statusWords(status);
    return `${number(count)} × ${[code, phrase].filter(Boolean).join(' ')}`;
  });
  const table = rows.map(({ count, status, title, upstream, first, last, config }) => [
    number(count),
    statusName({ status }),
    cell(title),
    upstream === null ? '' : code(upstream),
    first === null || last === null ? '' : first === last ? words(first) : `${words(first)} to ${onDay(last, first)}`,
    config ? code(`${nameOf(config.uri)}:${config.range.start.line + 1}`) : '',
  ]);
  const head = ['Count', 'Status', 'What happened', 'Upstream', 'When', 'Where'];
  const blocks = [
    `**${cell(name)}**: ${number(total)} gateway errors in ${number(lines)} lines${when}`,
    got.join(' · '),
    table.length > 0 &&
      [head, ['--:', '--:', '--', '--', '--', '--'], ...table].map((row) => `| ${row.join(' | ')} |`).join('\n'),
    moreRows.count > 0 &&
      `${number(moreRows.count)} more in ${number(moreRows.rows)} other pairs of cause and upstream.`,
    requests.length > 0 && requests.map(({ count, request }) => `- ${number(count)} × ${code(request)}`).join('\n'),
  ];
  return `${blocks.filter(Boolean).join('\n\n')}\n`;
}

const number = (value: number) => value.toLocaleString('en-US');
const clean = (text: string) => maskSecrets(visible(text).replace(/\s+/g, ' '));

/** Text in a table: no link, no mention, no HTML, no further cell. */
const cell = (text: string) =>
  clean(text)
    .replace(/[\\`*_[\]|]|<(?=[\w/!?])/g, '\\$&')
    .replace(/@(?=\w)/g, '@\u200b');

/** A code span that nothing in it ends. */
function code(text: string): string {
  const inner = clean(text).replaceAll('|', '\\|');
  const marks = '`'.repeat(Math.max(0, ...(inner.match(/`+/g) ?? []).map(({ length }) => length)) + 1);
  const gap = inner.startsWith('`') || inner.endsWith('`') ? ' ' : '';
  return `${marks}${gap}${inner}${gap}${marks}`;
}
