// The summary's page: numbers, plot and rows; what a log holds stays text, and nothing in it runs.
import { describe, expect, it } from 'vitest';
import { type SummaryView, summaryBody, summaryHtml } from '../../client/src/summary/html';
import { summaryMarkdown } from '../../client/src/summary/markdown';
import type { LogSummary, SummaryRow } from '../../server/src/lsp/protocol';

const range = { start: { line: 13, character: 4 }, end: { line: 13, character: 31 } };
const shop = 'file:///etc/nginx/sites-enabled/shop.conf';

const row: SummaryRow = {
  cause: 'connection-refused',
  upstream: '127.0.0.1:9000',
  title: 'Nothing listens on 127.0.0.1:9000',
  status: [502],
  count: 1200,
  first: '2024-03-15T10:02:00',
  last: '2024-03-15T10:30:00',
  columns: [1000, 0, 200],
  entries: [
    { line: 16, text: 'first line' },
    { line: 4711, text: 'last line' },
  ],
  config: { uri: shop, range, directive: 'proxy_pass', text: 'proxy_pass http://127.0.0.1:9000;' },
  remedy: 'Start the service',
};

const summary: LogSummary = {
  uri: 'file:///var/log/nginx/error.log',
  revision: 1,
  bytes: 1e6,
  lines: 5000,
  total: 1203,
  anew: false,
  range: { first: '2024-03-15T10:02:00', last: '2024-03-15T10:31:59' },
  statuses: [
    { status: [502], count: 1200, columns: [1000, 0, 200] },
    { status: [504], count: 3, columns: [0, 0, 3] },
  ],
  rows: [
    row,
    {
      ...row,
      cause: 'read-timed-out',
      title: 'The upstream did not answer in time',
      status: [504],
      count: 3,
      entries: [{ line: 99, text: null }],
      config: null,
      remedy: null,
    },
  ],
  moreRows: { rows: 0, count: 0 },
  requests: [{ request: 'GET /api/*', count: 1203 }],
  moreRequests: { different: 0, count: 0, beyond: 0 },
  roots: [],
};

const view: SummaryView = { summary, name: 'error.log', opens: true, following: true };
const nameOf = (uri: string) => uri.replace('file:///etc/nginx/', '');
const options = { nameOf, nonce: 'abc123', cspSource: 'https://webview.test', script: 'page.js', style: 'panel.css' };
const body = (changes: Partial<LogSummary> = {}, more: Partial<SummaryView> = {}) =>
  summaryBody({ ...view, ...more, summary: { ...summary, ...changes } }, { nameOf });
const tags = (page: string) => page.match(/<[a-z!/](?:"[^"]*"|[^">])*>/gi) ?? [];
const text = (page: string) => page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

describe('the page of a summary', () => {
  it('says how much of what, when, and where to go', () => {
    const said = text(body());
    expect(said).toContain('1,203 gateway errors in 5,000 lines, 2024-03-15 10:02:00 to 10:31:59');
    expect(said).toContain('502 Bad Gateway 1,200');
    expect(said).toContain('1,200 100 %');
    expect(said).toContain('3 < 1 %'.replace('<', '&#60;'));
    expect(said).toContain('10:02:00 – 10:30:00');
    expect(said).toContain('sites-enabled/shop.conf:14 proxy_pass http://127.0.0.1:9000;');
    expect(said).toContain('Explain Line 17 Line 4,712');
    expect(said).toContain('1,203 GET /api/*');
    expect(body()).toContain('data-action="line" data-line="4711"');
    expect(body()).toContain('data-action="explain" data-line="4711"');
  });

  it('plots every status in its own colour, and says in words what is plotted', () => {
    const page = body();
    expect(page).toContain('role="img" aria-label="Gateway errors over time, from 2024-03-15 10:02:00 to');
    expect(page).toContain('at most 1,000 in 10 minutes');
    expect(page).toContain('<title>10:22:00: 203 (502: 200, 504: 3)</title>');
    const bars = [...page.matchAll(/<rect class="(s\d+)" x="([\d.]+)" y="([\d.]+)" width="8.5" height="([\d.]+)"/g)];
    expect(bars.map(([, colour, x]) => [colour, x])).toEqual([
      ['s502', '0.75'],
      ['s502', '20.75'],
      ['s504', '20.75'],
    ]);
    for (const [, , , y, height] of bars) expect(Number(y) + Number(height)).toBeLessThanOrEqual(100);
    expect(page).not.toMatch(/\sstyle=|NaN|Infinity/);
  });

  it('shows lines as text where no editor can open the log, and no button where nothing is known', () => {
    const page = body({}, { opens: false });
    expect(page).not.toContain('data-action="line"');
    expect(page).toContain('last line</pre>');
    expect(body({ rows: [summary.rows[1]!] })).not.toContain('data-action="explain"');
  });

  it('is a table that is read aloud in order, with real buttons of names of their own', () => {
    const page = body();
    expect(page.match(/<th scope="col">/g)).toHaveLength(7);
    const buttons = tags(page).filter((tag) => tag.includes('data-action='));
    expect(buttons.length).toBeGreaterThan(5);
    for (const tag of buttons) expect(tag).toMatch(/^<button type="button"/);
    expect(new Set(buttons.map((tag) => /data-key="([^"]*)"/.exec(tag)![1])).size).toBe(buttons.length);
    expect(page).toContain('aria-pressed="true"');
  });

  it('has something to say without errors, without times, while it is read, and when it cannot be', () => {
    const none = { total: 0, range: null, statuses: [], rows: [], requests: [] };
    expect(text(body(none))).toContain('No gateway errors in 5,000 lines.');
    const timeless = { range: null, statuses: summary.statuses.map((each) => ({ ...each, columns: [] })) };
    const rows = [{ ...row, first: null, last: null, columns: [] }];
    expect(body({ ...timeless, rows })).not.toMatch(/<svg role="img"|NaN|Invalid/);
    expect(text(summaryBody({ ...view, summary: null }, { nameOf }))).toContain('Reading the log…');
    const problem = 'error.log cannot be read: permission denied.';
    expect(text(summaryBody({ ...view, summary: null, problem }, { nameOf }))).toContain(problem);
    expect(body({}, { problem })).toContain('role="alert"');
    expect(text(body({ anew: true }))).toContain('counted from its start');
  });

  it('loosens no content policy', () => {
    const page = summaryHtml(view, options);
    expect(/http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]).toBe(
      "default-src 'none'; style-src https://webview.test; script-src 'nonce-abc123'; base-uri 'none'; form-action 'none'",
    );
  });

  it.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</svg></table><iframe src="https://evil.test">',
    '[x](command:workbench.action.quit)',
  ])('shows %s as it is, wherever it comes from', (evil) => {
    const usual = new Set(tags(summaryHtml(view, options)).map((tag) => /^<\/?([a-z!0-9]+)/i.exec(tag)![1]));
    const page = summaryHtml(
      {
        ...view,
        name: evil,
        problem: evil,
        summary: {
          ...summary,
          rows: [
            {
              ...row,
              title: evil,
              upstream: `x${evil}`,
              remedy: evil,
              entries: [{ line: 1, text: evil }],
              config: { ...row.config!, uri: `file:///${evil}`, text: evil },
            },
          ],
          requests: [{ request: evil, count: 1 }],
        },
      },
      { ...options, nameOf: (uri) => uri },
    );
    for (const tag of tags(page)) {
      expect(usual.has(/^<\/?([a-z!0-9]+)/i.exec(tag)![1]) || tag.includes('role="alert"'), tag).toBe(true);
      expect(tag.replace(/"[^"]*"/g, '""')).not.toMatch(/\s(?:on\w+|style)\s*=/i);
      expect(tag).not.toMatch(/href="(?!panel\.css)/);
    }
    if (/[<&'"]/.test(evil)) expect(page).not.toContain(evil);
  });
});

describe('the copy of a summary as Markdown', () => {
  it('is a table with the numbers, and no secret', () => {
    const copy = summaryMarkdown(summary, 'error.log', nameOf);
    expect(copy).toContain('**error.log**: 1,203 gateway errors in 5,000 lines, 2024-03-15 10:02:00 to 10:31:59');
    expect(copy).toContain(
      '| 1,200 | 502 | Nothing listens on 127.0.0.1:9000 | `127.0.0.1:9000` | 2024-03-15 10:02:00 to 10:30:00 | `sites-enabled/shop.conf:14` |',
    );
    expect(copy).toContain('- 1,203 × `GET /api/*`');
  });

  it('cannot be broken out of', () => {
    const evil = { ...row, title: 'a|b <b> @here `x`', upstream: '`|`' };
    const copy = summaryMarkdown({ ...summary, rows: [evil] }, 'error.log', nameOf);
    expect(copy).toContain('a\\|b \\<b> @\u200bhere \\`x\\`');
    expect(copy).toContain('`` `\\|` ``');
  });
});
