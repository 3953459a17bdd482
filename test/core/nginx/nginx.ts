/** The real nginx, asked with `-t`: does it take these files, and if not, where does it stop? */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Verdict {
  readonly accepted: boolean;
  /** The message it stops with, without level and place; empty when it accepts. */
  readonly message: string;
  /** 1-based, as nginx counts; null when it names none. */
  readonly line: number | null;
  /** Base name of the file that holds the line. */
  readonly file: string | null;
}

const program = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx'].find((path) => existsSync(path));

/** Undefined, after a word about it, where nginx is not installed; in CI that is an error. */
export const nginxBinary: string | undefined = program;

if (program === undefined) {
  const message = 'No nginx: nothing compares the parser and the fixes with the real one';
  if (process.env.CI) throw new Error(message);
  console.warn(`\n!!! ${message} !!!\n`);
}

/** What a package installs beside nginx.conf, which fixtures include without showing it. */
const PACKAGED = ['fastcgi.conf', 'fastcgi_params', 'proxy_params', 'scgi_params', 'uwsgi_params', 'mime.types'];

/** Tests `files` (relative path to text or bytes) starting from `main`. The folder is gone afterwards. */
export function askNginx(files: ReadonlyMap<string, string | Uint8Array>, main = 'nginx.conf'): Verdict {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  try {
    for (const name of [...PACKAGED, 'snippets/fastcgi-php.conf']) {
      if (files.has(name) || !existsSync(`/etc/nginx/${name}`)) continue;
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      copyFileSync(`/etc/nginx/${name}`, join(folder, name));
    }
    for (const [name, text] of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    // Modules that Debian keeps apart, such as stream, are loaded only when the folder says so; fixtures need none of them.
    const { stderr, status, error } = spawnSync(
      program!,
      ['-t', '-p', folder, '-c', join(folder, main), '-e', '/dev/null', '-g', `pid ${folder}/pid;`],
      { encoding: 'utf8', timeout: 20_000 },
    );
    if (error) throw error;
    const stop = stderr.split('\n').find((line) => /\[(?:emerg|alert)\]/.test(line)) ?? '';
    // Without root, folders and ports are refused after the files have been read.
    const accepted = status === 0 || (stop !== '' && / failed \(13: Permission denied\)$/.test(stop));
    const place = / in (\S+):(\d+)$/.exec(stop);
    return {
      accepted,
      message: accepted ? '' : stop.replace(/^nginx: \[\w+\] /, '').replace(/ in \S+:\d+$/, ''),
      line: place ? Number(place[2]) : null,
      file: place ? place[1]!.slice(place[1]!.lastIndexOf('/') + 1) : null,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every regular file below a folder, as absolute paths. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (!existsSync(path)) return []; // a link that leads nowhere
      return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
}
