/** The demo as a person meets it: squiggles, light bulb, the log's context menu, the panel; pictures go to shots/. */
import { expect } from 'vitest';
import { test, type Workbench } from './driver';

const SITE = 'nginx/sites-enabled/shop.conf';
const HEALED = '/run/php/php8.2-fpm.sock;';

/** Right-click, Explain 502 Log Line. */
async function explain(workbench: Workbench, line: number): Promise<void> {
  const items = await workbench.contextMenu(line);
  await workbench.choose(items, 'Explain 502 Log Line');
  await workbench.webview.locator('h1').waitFor();
}

test('squiggles and the light bulb', async ({ open }) => {
  const workbench = await open({ folder: 'demo', file: SITE, theme: 'dark' });
  await workbench.squiggles('error').nth(1).waitFor();
  expect(await workbench.squiggles('error').count()).toBe(2);
  const hover = await workbench.hover(21, 30);
  await hover.filter({ hasText: 'Nothing in this project listens on unix:/run/php/php8.1-fpm.sock' }).waitFor();
  await workbench.shot('squiggles');
  await workbench.page.keyboard.press('Escape');
  await workbench.goto(21, 30);
  const rows = await workbench.quickFixes();
  expect(await rows.first().textContent()).toContain('Point fastcgi_pass at pool "www"');
  await workbench.shot('light-bulb');
  await workbench.page.keyboard.press('Escape');
  await workbench.quickFix('Point fastcgi_pass at pool "www"');
  await workbench.lines.filter({ hasText: HEALED }).waitFor();
  await expect.poll(() => workbench.squiggles('error').count()).toBe(1);
  await workbench.save();
  expect(workbench.read(SITE)).toContain(`fastcgi_pass unix:${HEALED}`);
});

for (const theme of ['dark', 'light', 'high-contrast'] as const) {
  test(`Explain opens the panel beside the log (${theme})`, async ({ open }) => {
    const workbench = await open({
      folder: 'demo',
      file: 'nginx/error.log',
      theme,
      size: { width: 1480, height: 860 },
    });
    await workbench.squiggles('error').first().waitFor();
    if (theme === 'dark') {
      const items = await workbench.contextMenu(1);
      await items.filter({ hasText: 'Explain 502 Log Line' }).waitFor();
      await workbench.shot('context-menu');
      await workbench.page.keyboard.press('Escape');
    }
    await explain(workbench, 1);
    const panel = workbench.webview;
    expect(await panel.locator('.status').textContent()).toMatch(/502\s*Bad Gateway/);
    expect(await panel.locator('h1').textContent()).toBe('There is no socket /run/php/php8.1-fpm.sock');
    await panel.getByRole('button', { name: /Open .*shop\.conf:21/ }).waitFor();
    await panel.getByRole('button', { name: /Open .*www\.conf:6/ }).waitFor();
    await workbench.shot(`explain-${theme}`);
  });
}

test('the panel previews and applies the fix, leads to the line, and copies', async ({ open }) => {
  const workbench = await open({ folder: 'demo', file: 'nginx/error.log', size: { width: 1480, height: 860 } });
  await workbench.squiggles('error').first().waitFor();
  await explain(workbench, 1);
  const panel = workbench.webview;
  await panel.getByRole('button', { name: /^Preview: Point fastcgi_pass/ }).click();
  await workbench.page.locator('.diff-editor, .monaco-diff-editor').first().waitFor();
  await workbench.shot('preview');
  await workbench.command('View: Close Editor');
  await panel.getByRole('button', { name: /^Apply: Point fastcgi_pass/ }).click();
  await workbench.notification(/shop\.conf/).waitFor();
  await workbench.shot('applied');
  await workbench.open(SITE);
  await workbench.lines.filter({ hasText: HEALED }).waitFor();
});

test('a log pasted into an empty tab is recognised', async ({ open }) => {
  const workbench = await open({ folder: 'demo' });
  await workbench.command('File: New Untitled Text File');
  await workbench.lines.first().waitFor();
  await workbench.page.keyboard.insertText(
    '2026/11/22 14:44:44 [error] 10696#10696: *19 upstream timed out (110: Connection timed out) while reading response header from upstream, client: 127.0.0.1, server: api.example.com, request: "GET /reports/march?token=s3cret HTTP/1.1", upstream: "http://127.0.0.1:8001/reports/march?token=s3cret", host: "api.example.com"\n',
  );
  await workbench.page
    .locator('[id="status.editor.mode"]')
    .filter({ hasText: /nginx error log/i })
    .waitFor();
  await workbench.squiggles('error').first().waitFor();
  await explain(workbench, 1);
  expect(await workbench.webview.locator('.status').textContent()).toMatch(/504\s*Gateway Time-?out/i);
  await workbench.shot('pasted');
});
