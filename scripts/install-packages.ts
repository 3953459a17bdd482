// Finds the programs that the test suites run (nginx, php-fpm, a browser, …) and installs the missing ones on Debian and Ubuntu.
import { spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import path from 'node:path';

/** Absolute paths of the programs that are there. */
export interface Programs {
  nginx?: string;
  phpFpm?: string;
  chromium?: string;
  curl?: string;
  openssl?: string;
  pcre2test?: string;
  /** A module's file, or nginx itself where it is built in. */
  streamModule?: string;
  mailModule?: string;
}

export type Program = keyof Programs;

interface Wanted {
  /** How people call it. */
  title: string;
  /** What the executable is called, best first. */
  names: readonly RegExp[];
  /** An environment variable that names another executable. */
  variable?: string;
  /** Places outside of PATH. */
  places?: readonly string[];
  /** For a module of nginx, which is no program: its file, and the option of nginx's build that has it in nginx itself. */
  module?: { file: string; option: string };
  /** Debian packages, best first: the first one that the machine's package lists know is installed. */
  packages: readonly string[];
  /** What does not run without it. */
  neededFor: string;
}

const wanted: Readonly<Record<Program, Wanted>> = {
  nginx: {
    title: 'nginx',
    names: [/^nginx$/],
    variable: 'NGINX_PATH',
    packages: ['nginx-full', 'nginx'],
    neededFor: 'oracle and healing tests',
  },
  phpFpm: {
    title: 'php-fpm 8',
    names: [/^php-fpm(8(\.\d+)?)?$/],
    variable: 'PHP_FPM_PATH',
    packages: ['php-fpm'],
    neededFor: 'oracle and healing tests',
  },
  chromium: {
    title: 'Chromium',
    names: [/^chromium$/, /^google-chrome(-stable)?$/, /^chromium-browser$/],
    variable: 'CHROMIUM_PATH',
    places: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ],
    packages: ['chromium', 'chromium-browser'],
    neededFor: 'VS Code host and interface tests',
  },
  curl: { title: 'curl', names: [/^curl$/], packages: ['curl'], neededFor: 'healing tests' },
  openssl: { title: 'openssl', names: [/^openssl$/], packages: ['openssl'], neededFor: 'healing tests' },
  pcre2test: { title: 'pcre2test', names: [/^pcre2test$/], packages: ['pcre2-utils'], neededFor: 'oracle tests' },
  streamModule: {
    title: "nginx's stream module",
    names: [],
    module: { file: 'ngx_stream_module.so', option: '--with-stream' },
    packages: ['libnginx-mod-stream'],
    neededFor: 'oracle and healing tests of stream',
  },
  mailModule: {
    title: "nginx's mail module",
    names: [],
    module: { file: 'ngx_mail_module.so', option: '--with-mail' },
    packages: ['libnginx-mod-mail'],
    neededFor: 'oracle tests of mail',
  },
};

/** Which of the programs are there, and where. Suites use it to decide whether they can run. */
export function available(): Programs {
  const found: Programs = {};
  for (const program of everything) {
    const place = find(wanted[program]);
    if (place) {
      found[program] = place;
    }
  }
  return found;
}

export const titleOf = (program: Program): string => wanted[program].title;

const everything = Object.keys(wanted) as Program[];

/** Installs what is missing where it can, says what to do where it cannot, and returns what is still missing. */
export function installPackages(programs: readonly Program[] = everything): Program[] {
  const missing = missingOf(programs);
  if (missing.length === 0) {
    return [];
  }
  console.log(`Missing: ${missing.map(titleOf).join(', ')}.`);
  const root = asRoot();
  if (!existsSync('/etc/debian_version') || !onPath('apt-get')) {
    console.log('Packages are installed by themselves on Debian and Ubuntu only.');
  } else if (!root) {
    console.log('Packages need root or a password-less sudo, and neither is here.');
  } else {
    aptInstall(root, missing);
  }
  const left = missingOf(programs);
  for (const program of left) {
    const { title, packages, neededFor, variable } = wanted[program];
    const orName = variable ? `, or name its executable in ${variable}` : '';
    console.log(
      `Still missing: ${title}. Install it (Debian: ${packages[0]})${orName}. Skipped without it: ${neededFor}.`,
    );
  }
  if (left.includes('chromium') && looksLikeSnap('/usr/bin/chromium-browser')) {
    console.log(
      "Ubuntu's chromium-browser only starts a snap, which tests cannot drive: install Google Chrome or a Chromium from elsewhere.",
    );
  }
  return left;
}

function missingOf(programs: readonly Program[]): Program[] {
  const found = available();
  return programs.filter((program) => !found[program]);
}

function find({ names, variable, places = [], module }: Wanted): string | undefined {
  if (module) {
    return moduleFile(module.file) ?? builtInto(find(wanted.nginx), module.option);
  }
  const named = variable && process.env[variable];
  if (named) {
    return isExecutable(named) ? path.resolve(named) : undefined;
  }
  for (const name of names) {
    for (const folder of searchFolders()) {
      // The newest first, as php-fpm8.10 is newer than php-fpm8.2.
      const matches = listing(folder)
        .filter((entry) => name.test(entry))
        .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
      const hit = matches
        .map((entry) => path.join(folder, entry))
        .find((file) => isExecutable(file) && !looksLikeSnap(file));
      if (hit) {
        return hit;
      }
    }
  }
  return places.find(isExecutable);
}

/** Path of one of nginx's dynamic modules by its file name. */
export function moduleFile(name: string): string | undefined {
  return ['/usr/lib/nginx/modules', '/usr/lib64/nginx/modules', '/usr/share/nginx/modules']
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file));
}

/** nginx itself, where it was built with the option and not with a module of its own for it. */
function builtInto(nginx: string | undefined, option: string): string | undefined {
  const told = nginx ? spawnSync(nginx, ['-V'], { encoding: 'utf8' }).stderr : '';
  return told.split(/\s+/).includes(option) ? nginx : undefined;
}

/** A user's PATH on Debian has no sbin, where nginx and php-fpm live. */
function searchFolders(): string[] {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return [...new Set([...folders, '/usr/local/sbin', '/usr/sbin', '/sbin'])];
}

const listings = new Map<string, string[]>();

function listing(folder: string): string[] {
  let names = listings.get(folder);
  if (!names) {
    try {
      names = readdirSync(folder);
    } catch {
      names = [];
    }
    listings.set(folder, names);
  }
  return names;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Ubuntu's chromium-browser is a script that starts (or asks for) a snap. Real Chromium on Debian is a script too. */
function looksLikeSnap(file: string): boolean {
  if (!file.endsWith('chromium-browser') && !file.endsWith('chromium')) {
    return false;
  }
  const head = Buffer.alloc(4096);
  try {
    const descriptor = openSync(file, 'r');
    const length = readSync(descriptor, head, 0, head.length, 0);
    closeSync(descriptor);
    return head.toString('latin1', 0, length).includes('/snap/bin/');
  } catch {
    return false;
  }
}

const onPath = (name: string) => searchFolders().some((folder) => isExecutable(path.join(folder, name)));

/** The command that runs another one as root, empty for root itself; undefined where there is no way without a password. */
function asRoot(): string[] | undefined {
  if (process.getuid?.() === 0) {
    return [];
  }
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
}

// A package that brings a service starts and enables it. Tests start their own nginx and php-fpm on ports of their own, and a
// developer's machine must not grow a web server: policy-rc.d (101 = "not allowed") keeps services from starting, and what
// systemd was told to start at boot is taken back. A policy that is already there stays as it is.
const aptScript = String.raw`
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
apt() { apt-get -q -o DPkg::Lock::Timeout=120 "$@"; }
apt update
packages=
for choice in "$@"; do
  for package in $(echo "$choice" | tr '|' ' '); do
    if apt-cache policy "$package" | grep -q 'Candidate: [^(]'; then packages="$packages $package"; break; fi
  done
done
units_before=$(ls /lib/systemd/system 2>/dev/null || true)
apt install -y --no-install-recommends $packages
if [ -d /run/systemd/system ]; then
  for unit in $(ls /lib/systemd/system | grep -E '^(nginx|php[0-9.]*-fpm)\.service$' || true); do
    echo "$units_before" | grep -qx "$unit" || systemctl disable "$unit" || true
  done
fi
`;

function aptInstall(root: string[], missing: Program[]): void {
  const choices = missing.map((program) => wanted[program].packages.join('|'));
  const [command = 'sh', ...args] = [...root, 'sh', '-c', aptScript, 'install-packages', ...choices];
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) {
    console.log(`apt-get did not succeed (exit status ${status}).`);
  }
  listings.clear();
}

if (process.argv[1] === import.meta.filename) {
  const left = installPackages();
  if (left.length === 0) {
    const found = available();
    console.log(`Programs for the tests: ${Object.values(found).join(', ')}`);
  } else if (process.env.CI) {
    process.exitCode = 1;
  }
}
