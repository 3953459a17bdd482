// The packed extension works where it is installed: VS Code knows its language, and shows it in every theme.
import { expect } from 'vitest';
import { test } from './driver';

for (const theme of ['light', 'dark', 'high-contrast'] as const) {
  test(`nginx.conf opens as nginx (${theme})`, async ({ open }) => {
    const workbench = await open({ folder: 'test/host/workspace', file: 'nginx.conf', theme });
    const mode = workbench.page.locator('[id="status.editor.mode"]');
    await mode.filter({ hasText: /^nginx$/i }).waitFor();
    expect(await workbench.lines.nth(5).textContent()).toContain('proxy_pass');
    await workbench.shot(`nginx-${theme}`);
  });
}
