/** Lines in a terminal and many lines in a log, explained with the right mouse button. */
import { expect } from 'vitest';
import { test } from './driver';

test('what is selected in the terminal is explained', async ({ open }) => {
  // Drawn as text, which a test can wait for.
  const settings = { 'terminal.integrated.gpuAcceleration': 'off' };
  const workbench = await open({ folder: 'demo', settings, size: { width: 1480, height: 860 } });
  const { page } = workbench;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await workbench.command('Terminal: Create New Terminal');
  const terminal = page.locator('.terminal-wrapper.active .xterm-screen').first();
  const rows = terminal.locator('.xterm-rows');
  await rows.filter({ hasText: /[#$]/ }).waitFor();
  await terminal.click();
  await page.keyboard.type('cat nginx/error.log\n');
  await rows.filter({ hasText: 'GET /checkout' }).waitFor();
  await workbench.command('Terminal: Select All');
  await terminal.click({ button: 'right' });
  const items = page.locator('.monaco-menu .action-item:not(.disabled)');
  await items.first().waitFor();
  await workbench.shot('terminal-menu');
  await workbench.choose(items, 'Explain 502 Log Lines');
  await workbench.webview.locator('nav.causes').waitFor();
  expect(await workbench.webview.locator('nav.causes .cause').count()).toBe(6);
  await workbench.shot('terminal');
});

test('the lines that are selected are explained together', async ({ open }) => {
  const workbench = await open({ folder: 'demo', file: 'nginx/error.log', size: { width: 1480, height: 860 } });
  await workbench.squiggles('error').first().waitFor();
  await workbench.goto(1);
  await workbench.page.keyboard.press('Control+a');
  await workbench.command('Upstream Medic: Explain 502 Log Line');
  const causes = workbench.webview.locator('nav.causes .cause');
  await causes.first().waitFor();
  expect(await causes.count()).toBe(6);
  expect(await causes.first().textContent()).toMatch(/3×\s*502\s*There is no socket/);
  await workbench.shot('selection');
});
