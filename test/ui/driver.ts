// Opens a workbench with the packed extension installed, as a user has it, and does in it what a user's hands do.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { test as plainTest } from 'vitest';
import { onStopSignal } from '../../scripts/process-group';
import { startBrowser } from '../../scripts/vscode-host/browser';
import { chosenVersion, type Host, installHost, repository } from '../../scripts/vscode-host/install';
import { remoteUri, type Server, startServer, workbenchAddress, writeSettings } from '../../scripts/vscode-host/server';

const themes = {
  light: 'Default Light Modern',
  dark: 'Default Dark Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
} as const;

export interface WorkbenchOptions {
  /** The folder to open, seen from the repository. The workbench gets a copy, in a place of its own. */
  folder: string;
  /** A file in it to begin with. */
  file?: string;
  theme?: keyof typeof themes;
  /** User settings on top of the usual ones. */
  settings?: Record<string, unknown>;
  size?: { width: number; height: number };
}

/** A test that gets `open`. What it opened is closed after it, and photographed first if it failed (shots/failed-….png). */
export const test = plainTest.extend<{ open: (options: WorkbenchOptions) => Promise<Workbench> }>({
  open: async ({ task }, use) => {
    const opened: Workbench[] = [];
    try {
      await use(async (options) => {
        const workbench = await openWorkbench(options);
        opened.push(workbench);
        return workbench;
      });
    } finally {
      for (const workbench of opened) {
        if (task.result?.state === 'fail') {
          await workbench.shot(`failed-${task.name.replace(/\W+/g, '-')}`).catch(() => undefined);
        }
        await workbench.close();
      }
    }
  },
});

/** What a signal has to undo. */
const closers = new Set<() => Promise<void>>();

export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const host = installHost(chosenVersion());
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'upstream-medic-ui-'));
  const folder = path.join(temporary, path.basename(options.folder));
  cpSync(path.join(repository, options.folder), folder, { recursive: true });
  const userData = path.join(temporary, 'user-data');
  writeSettings(userData, {
    'workbench.colorTheme': themes[options.theme ?? 'light'],
    'workbench.startupEditor': 'none',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    // Without this a picture shows hovers and menus while they fade in.
    'workbench.reduceMotion': 'on',
    'chat.disableAIFeatures': true,
    'editor.minimap.enabled': false,
    'files.autoSave': 'off',
    'telemetry.telemetryLevel': 'off',
    ...options.settings,
  });
  let server: Server | undefined;
  let browser: Browser | undefined;
  const close = async () => {
    closers.delete(close);
    await browser?.close().catch(() => undefined);
    await server?.stop();
    rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
  };
  closers.add(close);
  try {
    server = await startServer(host, { userData, extensions: extensionsFor(host) });
    browser = await startBrowser();
    const page = await browser.newPage({ viewport: options.size ?? { width: 1280, height: 800 } });
    page.setDefaultTimeout(20_000);
    if (process.env.CODE_HOST_DEBUG) {
      page.on('console', (message) => console.error(`[page] ${message.text()}`));
    }
    const file = options.file && path.join(folder, options.file);
    await page.goto(workbenchAddress(server, folder, file ? [['openFile', remoteUri(server, file)]] : []));
    await page.locator('.monaco-workbench .statusbar').waitFor();
    const workbench = new Workbench(page, folder, host.version, close);
    if (file) {
      await workbench.lines.first().waitFor();
    }
    return workbench;
  } catch (error) {
    await close();
    throw error;
  }
}

export class Workbench {
  constructor(
    readonly page: Page,
    /** The copy that is open. */
    readonly folder: string,
    readonly version: Host['version'],
    readonly close: () => Promise<void>,
  ) {}

  /** The lines on screen of the editor that is in front. A blank in their text is a no-break space: match it with \s. */
  get lines(): Locator {
    return this.page.locator('.editor-group-container.active .editor-instance .view-line');
  }

  squiggles(kind: 'error' | 'warning' | 'info' | 'hint'): Locator {
    return this.page.locator(`.editor-group-container.active .squiggly-${kind}`);
  }

  /** The content of the webview panel that is in front. */
  get webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-toast').filter({ hasText: text });
  }

  /** Opens a file of the folder. */
  async open(file: string): Promise<void> {
    await this.#quickInput(file, path.basename(file));
    await this.page
      .locator('.editor-group-container.active .tab.active')
      .filter({ hasText: path.basename(file) })
      .waitFor();
    await this.lines.first().waitFor();
  }

  /** Runs a command by its title in the palette, for example "Upstream Medic: Explain This Line". */
  command(title: string): Promise<void> {
    return this.#quickInput(`>${title}`, title);
  }

  /** Puts the cursor at a line and column, counted from 1. */
  goto(line: number, column = 1): Promise<void> {
    return this.#quickInput(`:${line}:${column}`);
  }

  /** Shows the hover at a place, and returns it. */
  async hover(line: number, column: number): Promise<Locator> {
    await this.goto(line, column);
    await this.page.keyboard.press('Control+k');
    await this.page.keyboard.press('Control+i');
    const hover = this.page.locator('.monaco-hover:not(.hidden) .monaco-hover-content').first();
    await hover.waitFor();
    return hover;
  }

  /** Opens the list of quick fixes at the cursor, and returns its rows. */
  async quickFixes(): Promise<Locator> {
    const rows = this.page.locator('.action-widget .monaco-list-row.action');
    // Asked before the findings have arrived, the editor says that there are none, so it is asked again.
    for (let attempt = 0; attempt < 5 && (await rows.count()) === 0; attempt++) {
      await this.page.keyboard.press('Control+.');
      await rows
        .first()
        .waitFor({ timeout: 2000 })
        .catch(() => undefined);
    }
    await rows.first().waitFor({ timeout: 2000 });
    return rows;
  }

  /** Applies the quick fix at the cursor that has this title. */
  async quickFix(title: string | RegExp): Promise<void> {
    const row = (await this.quickFixes()).filter({ hasText: title }).first();
    // The list ignores clicks until the mouse has moved over it.
    const box = await row.boundingBox();
    if (!box) {
      throw new Error(`No quick fix ${title} at the cursor.`);
    }
    await this.page.mouse.move(box.x + 5, box.y + 5);
    await this.page.mouse.move(box.x + 10, box.y + 8);
    await row.click();
    await row.waitFor({ state: 'hidden' });
  }

  /** Opens the context menu on a line, counted from 1, and returns its items. */
  async contextMenu(line: number): Promise<Locator> {
    await this.goto(line);
    await this.page.keyboard.press('Shift+F10');
    const items = this.page.locator('.monaco-menu .action-item:not(.disabled)');
    await items.first().waitFor();
    return items;
  }

  /** Chooses an item of a menu that is open. A menu takes no click until it has stood open for a moment. */
  async choose(items: Locator, text: string): Promise<void> {
    const item = items.filter({ hasText: text }).first();
    for (let attempt = 0; attempt < 5 && (await item.isVisible()); attempt++) {
      await item.hover();
      await item.click({ delay: 100, timeout: 2000 }).catch(() => undefined);
      await item.waitFor({ state: 'hidden', timeout: 1000 }).catch(() => undefined);
    }
  }

  async save(): Promise<void> {
    await this.page.keyboard.press('Control+s');
    await this.page.locator('.tab.active:not(.dirty)').waitFor();
  }

  /** What a file of the folder holds on disk. */
  read(file: string): string {
    return readFileSync(path.join(this.folder, file), 'utf8');
  }

  /** Takes a picture: shots/NAME.png with the default VS Code, shots/NAME-VERSION.png with another one. */
  async shot(name: string): Promise<void> {
    const suffix = this.version === chosenVersion('') ? '' : `-${this.version}`;
    const folder = path.join(repository, 'shots');
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, `${name}${suffix}.png`) });
  }

  /** One box serves for files, commands and lines; F1 opens it from anywhere, also from a webview. */
  async #quickInput(text: string, row?: string): Promise<void> {
    const box = this.page.locator('.quick-input-widget');
    for (let attempt = 1; ; attempt++) {
      await this.page.keyboard.press('F1');
      await box.locator('input[type=text]').first().fill(text);
      if (!row) {
        await this.page.keyboard.press('Enter');
        break;
      }
      // Chosen by its whole text: the first row is whatever resembles it and was used last.
      const exact = box.locator('.monaco-list-row').filter({ has: this.page.getByText(row, { exact: true }) });
      try {
        await exact.first().click({ timeout: 5000 });
        break;
      } catch (error) {
        // The list shows the commands that there were when it opened; those of terminals come a while after the start.
        if (attempt === 6) throw error;
        await this.page.keyboard.press('Escape');
        await box.waitFor({ state: 'hidden' });
      }
    }
    await box.waitFor({ state: 'hidden' });
  }
}

const installed = new Map<string, string>();

/** Installs upstream-medic.vsix the way a user does. Returns the folder it is in, one for all workbenches of this process. */
function extensionsFor(host: Host): string {
  let extensions = installed.get(host.version);
  if (!extensions) {
    const vsix = path.join(repository, 'upstream-medic.vsix');
    if (!existsSync(vsix)) {
      throw new Error('There is no upstream-medic.vsix: run `npm run package` first.');
    }
    const temporary = mkdtempSync(path.join(os.tmpdir(), 'upstream-medic-vsix-'));
    process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));
    closers.add(async () => rmSync(temporary, { recursive: true, force: true }));
    extensions = path.join(temporary, 'extensions');
    const folders = ['--extensions-dir', extensions, '--user-data-dir', temporary, '--server-data-dir', temporary];
    const args = [host.server, '--install-extension', vsix, '--force', '--accept-server-license-terms', ...folders];
    execFileSync(host.node, args, { stdio: ['ignore', process.env.CODE_HOST_DEBUG ? 'inherit' : 'ignore', 'inherit'] });
    installed.set(host.version, extensions);
  }
  return extensions;
}

onStopSignal(async () => void (await Promise.all([...closers].map((close) => close()))));
