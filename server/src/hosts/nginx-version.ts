/** Asks the nginx of this machine for its version, as `nginx -v` tells it. */

import { constants, promises } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

const WAIT = 2000;

/** `1.22.1`; null where there is no nginx on the PATH, or its answer does not tell. Never fails. */
export async function askNginxVersion(): Promise<string | null> {
  const program = await find(process.platform === 'win32' ? 'nginx.exe' : 'nginx');
  if (program === null) return null;
  // Seldom wanted, and slow to load.
  const [{ execFile }, { tmpdir }] = await Promise.all([import('node:child_process'), import('node:os')]);
  return new Promise((done) => {
    // From a folder that has nothing to do with the configuration, and without a shell.
    const options = {
      cwd: tmpdir(),
      timeout: WAIT,
      killSignal: 'SIGKILL',
      maxBuffer: 8192,
      windowsHide: true,
    } as const;
    try {
      execFile(program, ['-v'], options, (error, stdout, stderr) => done(error ? null : versionIn(stderr + stdout)));
    } catch {
      done(null);
    }
  });
}

/**
 * OpenResty counts on from the nginx that it is made of, Tengine names that nginx too. What else is made of nginx (Angie,
 * freenginx) has numbers of its own, which say nothing about nginx's directives.
 */
export function versionIn(answer: string): string | null {
  const [, version] =
    /(?:^|[\s(])nginx\/(\d{1,4}\.\d{1,4}\.\d{1,4})(?![\d.])/.exec(answer) ??
    /(?:^|[\s(])openresty\/(\d{1,4}\.\d{1,4}\.\d{1,4})\.\d/.exec(answer) ??
    [];
  return version ?? null;
}

/** The PATH is walked here: a system may look in the current folder first, which is the workspace. */
async function find(name: string): Promise<string | null> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const program = join(folder, name);
    try {
      await promises.access(program, constants.X_OK);
      if ((await promises.stat(program)).isFile()) return program;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
