/** The topology as a person meets it: what is broken is seen at once, and everything leads to its place. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { test } from './driver';

const SHOP = 'nginx/sites-enabled/shop.conf';

for (const theme of ['dark', 'light', 'high-contrast'] as const) {
  test(`Show Topology (${theme})`, async ({ open }) => {
    const workbench = await open({ folder: 'demo', theme, size: { width: 1480, height: 900 } });
    await workbench.open(SHOP);
    await workbench.squiggles('error').first().waitFor();
    await workbench.command('Upstream Medic: Show Topology');
    const panel = workbench.webview;
    await panel.locator('.wire.broken').first().waitFor({ state: 'attached' });
    expect(await panel.locator('.facts-line').textContent()).toMatch(/2 servers.*2 pools.*2 broken/);
    expect(await panel.locator('.cell.address .missing').textContent()).toBe('nothing in this workspace listens here');
    await workbench.shot(`topology-${theme}`);
    if (theme !== 'dark') return;

    // What is wrong is said in full, and found among what is not.
    await panel.getByRole('button', { name: 'No pool listens on this address' }).click();
    await panel.getByText('pool "www" listens on /run/php/php8.2-fpm.sock').waitFor();
    await panel.getByRole('button', { name: 'Problems only' }).click();
    expect(await panel.locator('.cell.location').count()).toBe(4);
    await panel.getByRole('searchbox').fill('8.1-fpm');
    await panel.locator('.cell.location').nth(1).waitFor({ state: 'detached' });
    expect(await panel.locator('.cell.location').count()).toBe(1);

    // By keys to a place, and back.
    await panel.locator('.cell.location button.node').focus();
    await workbench.page.keyboard.press('ArrowRight');
    expect(await panel.locator('.cell.address button.node').evaluate((node) => node === document.activeElement)).toBe(
      true,
    );
    await workbench.page.keyboard.press('Enter');
    await workbench.page
      .locator('.editor-group-container.active .tab.active')
      .filter({ hasText: 'shop.conf' })
      .waitFor();
    await workbench.lines.filter({ hasText: 'fastcgi_pass' }).first().waitFor();

    // It follows the files.
    const text = workbench.read(SHOP);
    writeFileSync(path.join(workbench.folder, SHOP), text.replace('php8.1-fpm.sock', 'php8.2-fpm.sock'));
    await panel.getByText('Nothing fits the filter').waitFor();
    await panel.getByRole('searchbox').fill('');
    await panel.getByRole('button', { name: 'Problems only' }).click();
    await panel.locator('.reached').filter({ hasText: 'pool www' }).waitFor();
    await workbench.shot('topology-healed');
  });
}

test('hints behind passes and lenses above upstreams lead on', async ({ open }) => {
  const workbench = await open({ folder: 'demo', file: 'nginx/sites-enabled/api.conf' });
  const hint = workbench.page.locator('.editor-group-container.active .view-line').filter({ hasText: '→' });
  await hint.first().waitFor();
  expect((await hint.first().textContent())!.replace(/\s/g, ' ')).toContain('→ 127.0.0.1:8001, 127.0.0.1:8002, 1 more');
  const lens = workbench.page.locator('.codelens-decoration a').filter({ hasText: 'used by 1 location' });
  await lens.waitFor();
  await workbench.shot('hints');
  await lens.click();
  await workbench.page.locator('.statusbar-item').filter({ hasText: /Ln 16/ }).waitFor();
});
