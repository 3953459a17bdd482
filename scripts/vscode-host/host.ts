// Takes the command line of desktop VS Code and runs the tests it names in VS Code's server and a headless Chromium instead:
// `@vscode/test-electron` starts it (through the script `code` beside it) and cannot tell the difference.
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { onStopSignal } from '../process-group';
import { startBrowser } from './browser';
import { chosenVersion, installHost } from './install';
import { remoteUri, type Server, startServer, workbenchAddress } from './server';

interface CommandLine {
  development: string[];
  tests?: string;
  /** Run the extension's `browser` entry in the worker extension host. */
  web: boolean;
  folder?: string;
  userData?: string;
  extensions?: string;
  disableExtensions: boolean;
}

/** Reads desktop VS Code's options; those that mean nothing here (`--no-sandbox`, `--disable-updates`, …) are passed over. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const line: CommandLine = { development: [], web: false, disableExtensions: false };
  for (const arg of args) {
    const [, option, value = ''] = /^--([\w-]+)(?:=(.*))?$/s.exec(arg) ?? [];
    switch (option) {
      case undefined:
        line.folder = path.resolve(arg);
        break;
      case 'extensionDevelopmentPath':
        line.development.push(path.resolve(value));
        break;
      case 'extensionTestsPath':
        line.tests = path.resolve(value);
        break;
      case 'extensionDevelopmentKind':
        line.web = value === 'web';
        break;
      case 'folder-uri':
        line.folder = fileURLToPath(value);
        break;
      case 'user-data-dir':
        line.userData = path.resolve(value);
        break;
      case 'extensions-dir':
        line.extensions = path.resolve(value);
        break;
      case 'disable-extensions':
        line.disableExtensions = true;
        break;
    }
  }
  return line;
}

async function main(): Promise<void> {
  const line = readCommandLine(process.argv.slice(2));
  const verbose = Boolean(process.env.CODE_HOST_DEBUG);
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'upstream-medic-host-'));
  let server: Server | undefined;
  let browser: Browser | undefined;
  /** What the workbench says besides the tests: shown only when a run breaks. */
  const aside: string[] = [];
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      await browser?.close().catch(() => undefined);
      await server?.stop();
      if (verbose && server) {
        console.error(server.log());
      }
      rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
    })();
    return stopping;
  };
  const end = async (code: number) => {
    await stop();
    process.exit(code);
  };
  const fail = (reason: string) => {
    if (!stopping) {
      console.error(`VS Code host: ${reason}`);
      console.error(['--- workbench', ...aside.slice(-20), '--- server', server?.log()].join('\n'));
      void end(1);
    }
  };
  onStopSignal(stop);
  const patience = Number(process.env.CODE_HOST_TIMEOUT_MS ?? 240_000);
  setTimeout(() => fail(`the tests did not end within ${patience / 1000} s.`), patience);

  try {
    const userData = line.userData ?? path.join(temporary, 'user-data');
    const extensions = line.extensions ?? path.join(temporary, 'extensions');
    server = await startServer(installHost(chosenVersion()), { userData, extensions, testDriver: true });
    void server.ended.then(() => fail('the server ended.'));
    browser = await startBrowser();
    browser.on('disconnected', () => fail('Chromium ended.'));
    // A worker extension's files come from a second port, which the workbench's content policy does not know.
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, bypassCSP: line.web });
    page.on('crash', () => fail('the page crashed.'));
    page.on('pageerror', (error) => aside.push(error.stack ?? String(error)));
    if (verbose) {
      page.on('console', (message) => console.error(`[page] ${message.text()}`));
    }

    // The workbench hands over what the tests print, and the exit status, through two functions that it looks for in the page.
    let summary = false;
    await page.exposeFunction('codeAutomationLog', (level: string, args: unknown[]) => {
      const text = format(...args);
      // A host that dies early ends with status 0 as well, so a run counts only when mocha has printed its result.
      summary ||= /^\s*[1-9]\d* passing\b/m.test(text);
      if (verbose || !isChatter(text)) {
        (level === 'error' || level === 'warn' ? console.error : console.log)(text);
      } else {
        aside.push(text);
      }
    });
    await page.exposeFunction('codeAutomationExit', (code: number) => {
      if (code === 0 && !summary) {
        fail('the extension host ended without a result from mocha.');
      } else {
        void end(code);
      }
    });
    await page.goto(await prepare(page, line, server));
  } catch (error) {
    fail(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

/** Sets the page up for the kind of extension host that the command line asks for. Returns the address to open. */
async function prepare(page: Page, line: CommandLine, server: Server): Promise<string> {
  const payload: [string, string][] = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  if (line.disableExtensions) {
    payload.push(['disableExtensions', 'true']);
  }
  if (line.web) {
    await developInWorker(page, line.development, line.tests);
    if (!line.folder) {
      await withoutRemote(page);
    }
  } else {
    payload.push(
      ...line.development.map((folder): [string, string] => ['extensionDevelopmentPath', remoteUri(server, folder)]),
    );
    if (line.tests) {
      payload.push(['extensionTestsPath', remoteUri(server, line.tests)]);
    }
  }
  return workbenchAddress(server, line.folder, payload);
}

/**
 * Names the extension in the configuration that the workbench reads from its page, as hosts for web extensions do. It has to come
 * over http: the worker extension host lets an extension start workers of its own only then.
 */
async function developInWorker(page: Page, development: readonly string[], tests: string | undefined): Promise<void> {
  const served = await Promise.all(development.map(serveFolder));
  const uriOf = (file: string) => {
    for (const { folder, authority } of served) {
      const relative = path.relative(folder, file);
      if (!relative.startsWith('..')) {
        return { scheme: 'http', authority, path: `/${relative}` };
      }
    }
    throw new Error(`${file} is in none of the extensions under development: ${development.join(', ')}`);
  };
  const options = { extensions: development.map(uriOf), extensionTestsPath: tests && uriOf(tests) };
  await page.addInitScript((developmentOptions) => {
    const original = Element.prototype.getAttribute;
    Element.prototype.getAttribute = function (name: string) {
      const value = original.call(this, name);
      if (value === null || name !== 'data-settings' || this.id !== 'vscode-workbench-web-configuration') {
        return value;
      }
      const settings = JSON.parse(value);
      settings.developmentOptions = { ...settings.developmentOptions, ...developmentOptions };
      return JSON.stringify(settings);
    };
  }, options);
}

/**
 * As on vscode.dev: no server behind the workbench. The page always names the server it comes from, in its main script.
 * (Replacing the page itself would make Chromium refuse its requests to this machine.)
 */
async function withoutRemote(page: Page): Promise<void> {
  await page.route('**/workbench/workbench.js', async (route) => {
    const response = await route.fetch();
    const script = await response.text();
    await route.fulfill({
      response,
      body: script.replaceAll('remoteAuthority:location.host', 'remoteAuthority:undefined'),
    });
  });
}

const contentTypes: Record<string, string> = {
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.map': 'application/json',
  '.wasm': 'application/wasm',
};

async function serveFolder(folder: string): Promise<{ folder: string; authority: string }> {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    const file = path.join(folder, path.normalize(decodeURIComponent(pathname)));
    const found = statSync(file, { throwIfNoEntry: false })?.isFile();
    response.writeHead(found ? 200 : 404, {
      'Access-Control-Allow-Origin': '*',
      'Content-Type': contentTypes[path.extname(file)] ?? 'application/octet-stream',
    });
    if (found) {
      createReadStream(file).pipe(response);
    } else {
      response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return { folder, authority: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** What a workbench logs at every start, and what has nothing to do with the tests. */
function isChatter(text: string): boolean {
  return chatter.some((start) => text.startsWith(start)) || /^Request to .*package\.nls\.json' failed/.test(text);
}

const chatter = [
  'Resolving connection token',
  'Resolved connection token',
  'Creating a socket',
  'Updating additional builtin',
  'Ignoring fetching additional builtin',
  'ChatSessionStore',
  '[ChatModelSelection',
  '[AgentHost',
  '[AccountPolicyGate]',
  '[RemoteAgentHostProtocol]',
  '[reconnection-grace-time]',
  '[Service Worker] registration',
  '[File Watcher',
  'CodeExpectedError',
  'Canceled: ',
  'Timed out waiting for authentication provider',
  "ENOPRO: No file system provider found for resource 'vscode-remote:/",
];

if (process.argv[1] === import.meta.filename) {
  void main();
}
