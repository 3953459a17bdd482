// Starts a headless Chromium that shows a workbench.
import { type Browser, chromium } from 'playwright-core';
import { available } from '../install-packages';

export async function startBrowser(): Promise<Browser> {
  const executablePath = available().chromium;
  if (!executablePath) {
    throw new Error('No Chromium was found: run `npm run deps`, or name one in CHROMIUM_PATH.');
  }
  return chromium.launch({
    executablePath,
    headless: true,
    // Root, as in most containers, has no sandbox; the only pages are our own.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    // Playwright would exit on these signals before the server is stopped.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}
