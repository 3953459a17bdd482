// Runs the test suites, all of them or those named on the command line, and ends with one line that counts every test.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { available, installPackages, type Program, titleOf } from './install-packages';
import { onStopSignal, startGroup } from './process-group';
import { installHost, repository, unsupported } from './vscode-host/install';
import { type HostVersion, versions } from './vscode-host/versions';

interface Suite {
  /** `npm test -- NAME…` runs the suites whose names start so. */
  name: string;
  /** Programs without which it is skipped. */
  needs: readonly Program[];
  /** What some of its tests need: installed too, and where it cannot be had these tests say so themselves. */
  parts?: readonly Program[];
  /** The VS Code that it runs in. */
  host?: HostVersion;
  /** Whether it installs the packed extension. */
  vsix?: boolean;
  /** Where its tests are. */
  folder: string;
  counts: 'vitest' | 'mocha';
  command: readonly string[];
  minutes: number;
}

const node = ['--import', 'tsx'];
const vitest = (name: string, config = 'vitest.config.ts') => [
  path.join('node_modules', 'vitest', 'vitest.mjs'),
  ...['run', '--config', config, '--reporter=default', '--reporter=json', `--outputFile.json=${resultFile(name)}`],
];
const resultFile = (name: string) => path.join('out', 'test-results', `${name}.json`);

const suites: readonly Suite[] = [
  {
    name: 'unit',
    needs: [],
    folder: 'test',
    counts: 'vitest',
    // By itself vitest leaves one core free: of two, a half.
    command: [...vitest('unit'), '--project=unit', '--maxWorkers=100%'],
    minutes: 5,
  },
  {
    name: 'oracle',
    needs: ['nginx', 'phpFpm'],
    parts: ['pcre2test', 'streamModule', 'mailModule'],
    folder: 'test/oracle',
    counts: 'vitest',
    command: [...vitest('oracle'), '--project=oracle'],
    minutes: 6,
  },
  {
    name: 'healing',
    needs: ['nginx', 'phpFpm', 'curl', 'openssl'],
    parts: ['streamModule'],
    folder: 'test/healing',
    counts: 'vitest',
    command: [...vitest('healing'), '--project=healing'],
    minutes: 6,
  },
  ...versions.flatMap((host) =>
    (['node', 'web', 'no-remote'] as const).map(
      (kind): Suite => ({
        name: `host-${kind}-${host}`,
        needs: ['chromium'],
        host,
        folder: 'test/host',
        counts: 'mocha',
        command: [...node, 'test/host/run.ts', kind, host],
        minutes: 4,
      }),
    ),
  ),
  ...versions.map(
    (host): Suite => ({
      name: `ui-${host}`,
      needs: ['chromium'],
      host,
      vsix: true,
      folder: 'test/ui',
      counts: 'vitest',
      command: vitest(`ui-${host}`, 'test/ui/vitest.config.ts'),
      minutes: 5,
    }),
  ),
];

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
/** Said again at the end, where it is read. */
const remarks: string[] = [];
const strict = Boolean(process.env.CI);
/** CI gives the whole run 20 minutes. */
const deadline = Date.now() + 18 * 60_000;

async function main(): Promise<void> {
  process.chdir(repository);
  const names = process.argv.slice(2);
  const chosen = suites.filter((suite) => names.length === 0 || names.some((name) => suite.name.startsWith(name)));
  if (chosen.length === 0) {
    throw new Error(
      `No suite is called ${names.join(' or ')}. There are: ${suites.map((suite) => suite.name).join(', ')}.`,
    );
  }
  onStopSignal();
  mkdirSync(path.dirname(resultFile('')), { recursive: true });

  heading('packages');
  installPackages([...new Set(chosen.flatMap(({ needs, parts = [] }) => [...needs, ...parts]))]);
  const ready = chosen.filter((suite) => {
    const why = missingFor(suite);
    if (why) {
      skip(suite.name, why);
    }
    return !why;
  });
  heading('build');
  const steps = [['run', 'build'], ...(ready.some((suite) => suite.vsix) ? [['run', 'package']] : [])];
  let built = true;
  for (const step of steps) {
    if (built && (await run('npm', step, 5).ended) !== 0) {
      built = false;
      total.failed++;
      remarks.push(`FAILED: npm ${step.join(' ')}, so nothing ran in VS Code`);
    }
  }
  for (const suite of ready.filter(({ host }) => built || !host)) {
    await runSuite(suite);
  }
}

/** Why a suite cannot run here. What a machine lacks is installed first, as far as it can be. */
function missingFor({ needs, host, folder }: Suite): string | undefined {
  const found = available();
  const missing = needs.filter((program) => !found[program]);
  if (missing.length > 0) {
    return `${missing.map(titleOf).join(', ')} not found`;
  }
  if (!existsSync(folder)) {
    return `there is no folder ${folder}`;
  }
  if (!host) {
    return undefined;
  }
  try {
    // Elsewhere @vscode/test-electron downloads desktop VS Code by itself, which the interface suite cannot drive.
    if (folder === 'test/ui' || !unsupported()) {
      installHost(host);
    }
    return undefined;
  } catch (error) {
    return `VS Code ${host} cannot be installed: ${error instanceof Error ? error.message : error}`;
  }
}

function skip(name: string, why: string): void {
  remarks.push(`SKIPPED: ${name}: ${why}`);
  total[strict ? 'failed' : 'skipped']++;
}

async function runSuite(suite: Suite): Promise<void> {
  const { name, command, counts: by, minutes } = suite;
  heading(name);
  rmSync(resultFile(name), { force: true });
  const env = suite.host ? { CODE_HOST_VERSION: suite.host } : {};
  const { ended, output } = run(process.execPath, command, minutes, { env, capture: by === 'mocha' });
  const status = await ended;
  const counts = by === 'mocha' ? countMocha(output()) : countVitest(name);
  if (counts.passed + counts.failed === 0) {
    counts.failed++;
    remarks.push(`FAILED: ${name}: it ran no test (exit status ${status})`);
  } else if (status !== 0) {
    // A suite can break outside of its tests: in a file that does not load, or when the host dies.
    counts.failed ||= 1;
    remarks.push(`FAILED: ${name}${status === 'timeout' ? ': it did not end in time' : ''}`);
  }
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}

interface RunOptions {
  env?: NodeJS.ProcessEnv;
  /** Keep what it prints, besides printing it. */
  capture?: boolean;
}

function run(command: string, args: readonly string[], minutes: number, { env, capture = false }: RunOptions = {}) {
  const group = startGroup(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', capture ? 'pipe' : 'inherit', 'inherit'],
    shell: process.platform === 'win32' && command === 'npm',
  });
  let text = '';
  const decoder = new StringDecoder('utf8');
  group.child.stdout?.on('data', (data: Buffer) => {
    process.stdout.write(data);
    text += decoder.write(data);
  });
  const ended = new Promise<number | 'timeout'>((resolve) => {
    const patience = Math.max(0, Math.min(minutes * 60_000, deadline - Date.now()));
    const timer = setTimeout(() => group.stop().then(() => resolve('timeout')), patience);
    const end = (code: number | null) => {
      clearTimeout(timer);
      // Nothing of one suite may run on into the next.
      void group.stop().then(() => resolve(code ?? 1));
    };
    group.child.once('error', () => end(1));
    group.child.once(capture ? 'close' : 'exit', end);
  });
  return { ended, output: () => text };
}

function countMocha(output: string): Counts {
  const count = (word: string) => Number(new RegExp(`^\\s*(\\d+) ${word}\\b`, 'm').exec(output)?.[1] ?? 0);
  return { passed: count('passing'), failed: count('failing'), skipped: count('pending') };
}

function countVitest(name: string): Counts {
  try {
    const result = JSON.parse(readFileSync(resultFile(name), 'utf8')) as Record<string, number>;
    const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = result;
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

const heading = (text: string) => console.log(`\n=== ${text}`);

main()
  .catch((error) => {
    total.failed++;
    remarks.push(`FAILED: ${error instanceof Error ? error.message : error}`);
  })
  .finally(() => {
    console.log(['', ...remarks].join('\n'));
    console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
    process.exitCode = total.failed > 0 ? 1 : 0;
  });
