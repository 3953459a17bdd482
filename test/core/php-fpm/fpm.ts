/** The real php-fpm, asked with `-tt`: what it says of a file, and the values it reads from it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Verdict {
  /** Lines that php's INI grammar, or php-fpm's for a key without a value, rejects. */
  readonly rejects: boolean;
  /** `[section, key, value]` in the order of the dump; empty when the test of the configuration fails. */
  readonly values: readonly (readonly [string, string, string])[];
  /** What it complains about. */
  readonly output: string;
}

export const fpmBinary: string | undefined = (existsSync('/usr/sbin') ? readdirSync('/usr/sbin') : [])
  .filter((name) => /^php-fpm/.test(name))
  .map((name) => join('/usr/sbin', name))
  .sort()
  .at(-1);

if (fpmBinary === undefined) {
  const message = 'No /usr/sbin/php-fpm*: nothing compares the php-fpm parser with the real one';
  if (process.env.CI === 'true') throw new Error(message);
  console.warn(`\n!!! ${message} !!!\n`);
}

/** Runs `body` with a folder that is gone afterwards. */
export function withFolder<T>(body: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'fpm-'));
  try {
    return body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function askFpm(text: string, args: readonly string[] = []): Verdict {
  return withFolder((folder) => {
    const file = join(folder, 'fpm.conf');
    writeFileSync(file, text);
    return askFpmAbout(file, args);
  });
}

export function askFpmAbout(file: string, args: readonly string[] = []): Verdict {
  const { stderr } = spawnSync(fpmBinary!, ['-n', '-tt', '-R', '-y', file, ...args], {
    encoding: 'utf8',
    env: { ...process.env, FPM_TEST: 'from-environment' },
  });
  const rejects = /PHP:\s+syntax error|value is NULL for a ZEND_INI_PARSER_ENTRY|unknown entry '#/.test(stderr);
  const values: [string, string, string][] = [];
  if (/test is successful/.test(stderr)) {
    let section = '';
    for (const line of stderr.split('\n')) {
      const notice = /^\[[^\]]*\] NOTICE: (.*)$/.exec(line)?.[1];
      const header = notice !== undefined && /^\[(.*)\]$/.exec(notice);
      const value = notice !== undefined && /^\t(\S.*?) = (.*)$/.exec(notice);
      if (header) section = header[1]!;
      else if (value) values.push([section, value[1]!, value[2]!]);
    }
  }
  const output = stderr
    .split('\n')
    .filter((line) => /PHP: |ERROR|ALERT|WARNING/.test(line))
    .join('\n');
  return { rejects, values, output };
}
