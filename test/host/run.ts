// Bundles the host tests and runs them through @vscode/test-electron: `node --import tsx test/host/run.ts node|web|no-remote [version]`.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runTests } from '@vscode/test-electron';
import { type BuildOptions, build } from 'esbuild';
import { onStopSignal } from '../../scripts/process-group';
import { chosenVersion, repository, unsupported } from '../../scripts/vscode-host/install';

/** The node extension host, the web worker extension host with a folder on a server, and the same with no server at all. */
const kinds = ['node', 'web', 'no-remote'] as const;
type Kind = (typeof kinds)[number];

/** A file's name says where its tests run: `x.test.ts` in node and web, `x.node.test.ts`, `x.web.test.ts`, `x.no-remote.test.ts` only there. */
const filesFor = (kind: Kind) =>
  readdirSync(import.meta.dirname).filter((name) => {
    const [, only] = /\.(node|web|no-remote)\.test\.ts$/.exec(name) ?? [];
    return name.endsWith('.test.ts') && (only === undefined ? kind !== 'no-remote' : only === kind);
  });

/** Writes the bundles of one kind, and returns the one that the extension host loads. */
async function bundle(kind: Kind): Promise<string> {
  const outdir = path.join(repository, 'out', 'test-host', kind);
  rmSync(outdir, { recursive: true, force: true });
  const files = filesFor(kind);
  if (files.length === 0) {
    throw new Error(`No test files for ${kind} in test/host.`);
  }
  const common: BuildOptions = {
    bundle: true,
    format: 'cjs',
    sourcemap: 'inline',
    logLevel: 'warning',
    external: ['vscode'],
  };
  if (kind === 'node') {
    await build({
      ...common,
      entryPoints: ['index.ts', ...files].map((name) => path.join(import.meta.dirname, name)),
      outdir,
      platform: 'node',
      target: 'node20',
      external: ['vscode', 'mocha'],
    });
  } else {
    // A worker loads one file, so all tests go into it.
    const contents = ["export { run } from './web-index';", ...files.map((name) => `import './${name}';`)].join('\n');
    await build({
      ...common,
      stdin: { contents, resolveDir: import.meta.dirname, sourcefile: 'entry.ts' },
      outfile: path.join(outdir, 'index.js'),
      platform: 'browser',
      target: 'es2022',
      define: { global: 'globalThis' },
    });
  }
  return path.join(outdir, 'index.js');
}

async function main(): Promise<number> {
  const kind = kinds.find((name) => name === process.argv[2]);
  if (!kind) {
    throw new Error(`Name the kind of host: ${kinds.join(', ')}.`);
  }
  const version = chosenVersion(process.argv[3]);
  // Tests change files, so they get a copy.
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'upstream-medic-tests-'));
  const workspace = path.join(temporary, 'workspace');
  cpSync(path.join(import.meta.dirname, 'workspace'), workspace, { recursive: true });
  const extensions = path.join(temporary, 'extensions');
  mkdirSync(extensions);
  // Desktop VS Code is downloaded by @vscode/test-electron, where it may be; the embedded host comes from npm.
  const desktop = process.env.VSCODE_DESKTOP !== undefined || unsupported() !== undefined;
  const executable = desktop
    ? { version }
    : { vscodeExecutablePath: path.join(repository, 'scripts', 'vscode-host', 'code') };
  process.env.CODE_HOST_VERSION = version;
  const { promise: finished, resolve: finish } = latch();
  // The host gets the same signal. What it leaves is removed when it has ended.
  onStopSignal(() => Promise.race([finished, sleep(6000)]));
  try {
    return await runTests({
      ...executable,
      extensionDevelopmentPath: repository,
      extensionTestsPath: await bundle(kind),
      launchArgs: [
        ...(kind === 'no-remote' ? [] : [workspace]),
        ...(kind === 'node' ? ['--disable-extensions'] : ['--extensionDevelopmentKind=web']),
        `--user-data-dir=${path.join(temporary, 'user-data')}`,
        `--extensions-dir=${extensions}`,
      ],
    });
  } finally {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
    finish();
  }
}

function latch() {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
