/** The summary of a log as a person meets it: rows that lead on, a plot, and logs that no editor can hold. */
import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { test, type Workbench } from './driver';

const LOG = 'nginx/error.log';
const API = 'api.example.com';
const SHOP = 'shop.example.com';

/** What happens how often, as the demo's servers would say it. */
const EVENTS = [
  [
    45,
    SHOP,
    'crit',
    'connect() to unix:/run/php/php8.1-fpm.sock failed (2: No such file or directory) while connecting to upstream',
    'fastcgi://unix:/run/php/php8.1-fpm.sock:',
  ],
  [
    70,
    API,
    'error',
    'upstream timed out (110: Connection timed out) while reading response header from upstream',
    'http://127.0.0.1:8001',
  ],
  [
    88,
    API,
    'error',
    'connect() failed (111: Connection refused) while connecting to upstream',
    'http://127.0.0.1:8002',
  ],
  [97, API, 'error', 'no live upstreams while connecting to upstream', 'http://backend'],
  [
    100,
    API,
    'warn',
    'an upstream response is buffered to a temporary file /var/cache/nginx/proxy_temp/1/00/0000000001 while reading upstream',
    'http://127.0.0.1:8001',
  ],
] as const;
const PATHS = ['/index.php', '/cart', '/product/', '/users/', '/reports/march?token=s3cret', '/checkout/pay'];

/** A bad hour within three and a half, the same each time. */
function incident(count: number): string {
  let seed = 7;
  const random = (): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  const seconds = Array.from({ length: count }, () =>
    random() < 0.3 ? random() * 12_600 : 5700 + 800 * (random() + random() + random() + random() - 2) * 1.7,
  ).sort((a, b) => a - b);
  const lines = seconds.map((second, i) => {
    const time = new Date(Date.UTC(2026, 10, 22, 13, 2) + second * 1000).toISOString();
    const which = random() * 100;
    const [, server, level, message, upstream] = EVENTS.find(([below]) => which < below)!;
    const target = PATHS[Math.floor(random() ** 1.6 * PATHS.length)]!.replace(/(?<=\w)\/$/, `/${i}`);
    const passed = upstream.startsWith('fastcgi') ? '' : target;
    return `${time.slice(0, 10).replaceAll('-', '/')} ${time.slice(11, 19)} [${level}] 10696#10696: *${i} ${message}, client: 203.0.113.${i % 250}, server: ${server}, request: "GET ${target} HTTP/1.1", upstream: "${upstream}${passed}", host: "${server}"\n`;
  });
  return lines.join('');
}

/** In the explorer: right-click, Summarise Error Log. */
async function summarise(workbench: Workbench): Promise<void> {
  const row = (name: string) =>
    workbench.page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: name });
  if ((await row('error.log').count()) === 0) await row('nginx').first().click();
  await row('error.log').click({ button: 'right' });
  const items = workbench.page.locator('.monaco-menu .action-item:not(.disabled)');
  await items.first().waitFor();
  await workbench.choose(items, 'Summarise Error Log');
  await workbench.webview.locator('table.rows').waitFor();
}

for (const theme of ['dark', 'light'] as const) {
  test(`Summarise Error Log (${theme})`, async ({ open }) => {
    const workbench = await open({ folder: 'demo', theme, size: { width: 1480, height: 900 } });
    writeFileSync(path.join(workbench.folder, LOG), incident(5200));
    await workbench.open(LOG);
    await workbench.squiggles('error').first().waitFor();
    await workbench.page.locator('.codelens-decoration').first().waitFor();
    await summarise(workbench);
    const panel = workbench.webview;
    expect(await panel.locator('.facts-line').textContent()).toMatch(
      /^5,200 gateway errors in 5,200 lines, 2026-11-22/,
    );
    expect(await panel.locator('tbody h2').first().textContent()).toBe('There is no socket /run/php/php8.1-fpm.sock');
    await panel.locator('figure svg').waitFor();
    await workbench.shot(`summary-${theme}`);
    if (theme !== 'dark') return;

    // It follows: what is added is counted.
    appendFileSync(path.join(workbench.folder, LOG), incident(100));
    await panel.locator('.facts-line').filter({ hasText: '5,300 gateway errors' }).waitFor();
    await panel.getByRole('button', { name: /^Open .*shop\.conf:21/ }).click();
    await workbench.page.locator('.tab.active').filter({ hasText: 'shop.conf' }).waitFor();
    await panel.getByRole('button', { name: /^Explain: There is no socket/ }).click();
    await panel.locator('.status').waitFor();
    expect(await panel.locator('.facts').textContent()).toMatch(/seen 2,\d\d\d times since 13:02/);
  });
}

test('a log too large for extensions is summarised, and its lines are explained and opened', async ({ open }) => {
  const settings = { 'workbench.editorLargeFileConfirmation': 500 };
  const workbench = await open({ folder: 'demo', settings });
  const log = path.join(workbench.folder, LOG);
  const block = incident(5000);
  writeFileSync(log, '');
  for (let size = 0; size < 60e6; size += block.length) appendFileSync(log, block);
  await summarise(workbench);
  const panel = workbench.webview;
  expect(await panel.locator('.facts-line').textContent()).toMatch(/^\d\d\d,000 gateway errors/);
  await panel.getByText('Show', { exact: true }).first().click();
  expect(await panel.locator('details[open] pre').first().textContent()).toContain('php8.1-fpm.sock failed (2');
  await panel.getByRole('button', { name: /^Explain: There is no socket/ }).click();
  await panel.locator('.status').waitFor();
  await panel.getByRole('button', { name: /Open .*shop\.conf:21/ }).waitFor();
  await workbench.page.locator('.tab').filter({ hasText: 'Summary' }).click();
  await panel.getByRole('button', { name: /^Open the last line, .*There is no socket/ }).click();
  await workbench.lines.filter({ hasText: 'php8.1-fpm.sock' }).first().waitFor();
  await workbench.shot('summary-large');
});
