// `npm start`: builds the extension and opens VS Code on demo/ with it; desktop VS Code where there is one, else in the browser.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { onStopSignal, stopGroups } from './process-group';
import { chosenVersion, installHost, repository } from './vscode-host/install';
import { linkExtension, startServer, workbenchAddress, writeSettings } from './vscode-host/server';

const usage = `npm start -- [options]
  --web          use the embedded VS Code, also where there is a desktop one
  --host VERSION the embedded VS Code's version
  --port N       the port it listens on (default: any free one)
  --no-open      only print its address`;

const demo = path.join(repository, 'demo');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      web: { type: 'boolean', default: false },
      host: { type: 'string' },
      port: { type: 'string', default: '0' },
      'no-open': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port ${values.port} is no port number`);
  }
  const version = chosenVersion(values.host);
  build();
  const asked = values.web || values.host !== undefined || port !== 0 || values['no-open'];
  const desktop = asked ? undefined : desktopCode();
  if (desktop) {
    openDesktop(desktop);
  } else {
    await serve(version, port, !values['no-open']);
  }
}

function build(): void {
  const { status } = spawnSync('npm', ['run', 'build', '--silent'], {
    cwd: repository,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    throw new Error('The build failed.');
  }
}

/** Desktop VS Code's command on PATH. The `code` of a remote terminal or of code-server only talks to a window that is open. */
function desktopCode(): string | undefined {
  if (process.platform === 'linux' && !hasDisplay()) {
    return undefined;
  }
  const names = process.platform === 'win32' ? ['code.cmd'] : ['code', 'code-insiders'];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const file of names.map((name) => path.join(folder, name)).filter((candidate) => existsSync(candidate))) {
      // Under /mnt, Windows' own VS Code is seen from WSL: it cannot load an extension from a Linux folder this way.
      const elsewhere = /remote-cli|code-server|^\/mnt\//.test(realpathSync(file));
      if (!elsewhere && !/remote-cli|code-server/.test(readFileSync(file, 'latin1').slice(0, 20_000))) {
        return file;
      }
    }
  }
  return undefined;
}

const hasDisplay = () => process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);

function openDesktop(code: string): void {
  const args = [`--extensionDevelopmentPath=${repository}`, demo];
  if (process.getuid?.() === 0) {
    // VS Code refuses to run as root without these two.
    args.push('--no-sandbox', `--user-data-dir=${path.join(os.tmpdir(), 'upstream-medic-desktop')}`);
  }
  console.log(`Opening ${demo} in desktop VS Code (${code}). For one in the browser: npm start -- --web`);
  const quote = process.platform === 'win32';
  spawn(quote ? `"${code}"` : code, quote ? args.map((arg) => `"${arg}"`) : args, {
    stdio: 'inherit',
    shell: quote,
  }).on('exit', (status) => {
    process.exitCode = status ?? 1;
  });
}

async function serve(version: ReturnType<typeof chosenVersion>, port: number, open: boolean): Promise<void> {
  const host = installHost(version);
  const userData = mkdtempSync(path.join(os.tmpdir(), 'upstream-medic-start-'));
  const stop = async () => {
    await stopGroups();
    rmSync(userData, { recursive: true, force: true, maxRetries: 5 });
  };
  onStopSignal(stop);
  const extensions = path.join(userData, 'extensions');
  writeSettings(userData, {
    'workbench.startupEditor': 'readme',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'chat.disableAIFeatures': true,
    'telemetry.telemetryLevel': 'off',
  });
  linkExtension(extensions, repository);
  const server = await startServer(host, { userData, extensions, port });
  const address = workbenchAddress(server, demo);
  console.log(
    `VS Code ${version} with Upstream Medic is open on demo/ at\n\n  ${address}\n\nAfter a change: npm run build, then reload the page. Ctrl-C stops it.`,
  );
  if (open) {
    openBrowser(address);
  }
  await server.ended;
  await stop();
}

/** Opens the address in the user's browser, where there is a screen to show it on. */
function openBrowser(address: string): void {
  if (!hasDisplay()) {
    return;
  }
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const opener = spawn(command, [address], { stdio: 'ignore', detached: true });
  // Without an opener the printed address has to do.
  opener.on('error', () => undefined);
  opener.unref();
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
