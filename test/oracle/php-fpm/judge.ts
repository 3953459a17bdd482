/** Two verdicts on one configuration: the real `php-fpm -t`, and ours. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findings, load, mapFiles } from '../../../server/src/core';
import { fpmBinary } from '../../core/php-fpm/fpm';
import type { Case } from './corpus';

export interface RealVerdict {
  readonly accepted: boolean;
  /** Refused for something that is not in the files: a user, a folder, a log, what the program was built with. */
  readonly host: boolean;
  /** What it says first; empty when accepted. */
  readonly message: string;
  /** Places of which one has to be flagged, as `file:line`; empty where any will do. */
  readonly places: ReadonlySet<string>;
}

export interface OurError {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

/** A configuration with one file changed, or as it is. */
export interface Subject {
  readonly case: Case;
  readonly file: string;
  readonly text: string;
}

/** Where our paths start; the files on disk say the folder that they lie in instead. */
const HOME = '/etc/php/8.2/fpm';

const filesOf = ({ case: { files }, file, text }: Subject): Map<string, string> => new Map(files).set(file, text);

/** Asks php-fpm about every subject, several at a time; answers are in the order of the subjects. */
export async function askAll(subjects: readonly Subject[]): Promise<RealVerdict[]> {
  const root = mkdtempSync(join(tmpdir(), 'fpm-oracle-'));
  const verdicts = new Array<RealVerdict>(subjects.length);
  let next = 0;
  const worker = async (id: number): Promise<void> => {
    for (let index = next++; index < subjects.length; index = next++) {
      const folder = join(root, `${id}`);
      rmSync(folder, { recursive: true, force: true });
      for (const name of ['log', 'run']) mkdirSync(join(folder, name), { recursive: true });
      verdicts[index] = await ask(subjects[index]!, folder);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, (_, id) => worker(id)));
  } finally {
    rmSync(root, { recursive: true });
  }
  return verdicts;
}

async function ask(subject: Subject, folder: string): Promise<RealVerdict> {
  const files = filesOf(subject);
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text.replaceAll(HOME, folder));
  };
  for (const [name, text] of files) write(name, text);
  const { passes, text } = await test(folder);
  if (passes) return { accepted: true, host: false, message: '', places: new Set() };
  const said = text.replaceAll(`${folder}/`, '');
  const lines = said.split('\n').map((line) => line.replace(/^\[[^\]]*\] /, ''));
  const message = lines.find((line) => /PHP: {2}syntax error|^(?:ERROR|ALERT): /.test(line)) ?? said.trim();
  const host = HOST.some((pattern) => pattern.test(message)) || isElsewhere(subject);
  return { accepted: false, host, message, places: await places() };

  async function places(): Promise<Set<string>> {
    const named = /^ERROR: \[([^\]]+):(\d+)\]/.exec(message);
    // Behind an include php-fpm goes on counting from the lines of what it has read there.
    if (named && !/^\s*include\s*=/m.test(files.get(named[1]!) ?? '')) return new Set([`${named[1]}:${named[2]}`]);
    if (named) return new Set([`${named[1]}:${await lastReadable(named[1]!)}`]);
    if (/syntax error/.test(message)) {
      const inside = lines.map((line) => /^ERROR: Unable to include (\S+) from/.exec(line)?.[1]).find(Boolean);
      const file = inside ?? 'php-fpm.conf';
      return new Set([`${file}:${await lastReadable(file)}`]);
    }
    const including = /'? from (\S+) at line \d+\.?$/.exec(lines.find((line) => / at line \d+/.test(line)) ?? '')?.[1];
    if (/recursively/.test(message)) return new Set();
    if (including && /globalize/.test(message)) return new Set([`${including}:${await lastReadable(including)}`]);
    const [, name, rest] = /^\w+: \[pool ([^\]]*)\] (.*)/.exec(message) ?? [];
    const keys = KEYS.find(([pattern]) => pattern.test(rest ?? message))?.[1] ?? [];
    return name === undefined ? linesOf(files, 'global', keys) : linesOf(files, name.replace(/_status$/, ''), keys);
  }

  /** Where php-fpm gives no line, or a wrong one: the first line up to which the file cannot be read. */
  async function lastReadable(file: string): Promise<number> {
    const all = files.get(file)!.split('\n');
    let good = 0;
    let bad = all.length;
    while (bad - good > 1) {
      const middle = (good + bad) >> 1;
      write(file, all.slice(0, middle).join('\n'));
      if (/PHP: {2}syntax error|ERROR: \[|globalize/.test((await test(folder)).text)) bad = middle;
      else good = middle;
    }
    return bad;
  }
}

function test(folder: string): Promise<{ passes: boolean; text: string }> {
  return new Promise((done, fail) => {
    const args = ['-n', '-t', '-p', folder, '-y', join(folder, 'php-fpm.conf')];
    const child = spawn(fpmBinary!, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 30_000 });
    let text = '';
    child.stderr.on('data', (part) => {
      text += part;
    });
    child.on('error', fail);
    child.on('close', (status, signal) =>
      signal ? fail(new Error(`php-fpm ended by ${signal}\n${text}`)) : done({ passes: status === 0, text }),
    );
  });
}

const HOST = [
  /cannot get [ug]id for/,
  /does not exist or is not a directory/,
  /Unable to create or open slowlog|failed to open (?:error_log|access log)(?!.*Is a directory)/,
  /event mechanism '(?:kqueue|port|\/dev\/poll)' is not available/,
  /unknown entry 'listen\.setfib'/,
];

/** Of a variable the files do not tell the value, and of an include that starts from php-fpm's prefix, or lies on another machine, the files do not tell what it brings. */
function isElsewhere({ file, text, case: { files } }: Subject): boolean {
  const before = new Set(files.get(file)!.split('\n'));
  return text
    .split('\n')
    .some((line) => !before.has(line) && /\$\{|^\s*include\s*=\s*["']?(?!\/etc\/php\/8\.2\/fpm\/)[^"'\s;]/.test(line));
}

/** What a message about a pool is about: one of these has to be changed. */
const KEYS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/no listen address|unable to set listen address/, ['listen', 'pm.status_listen']],
  [/user has not been defined/, ['user']],
  [/process\.priority/, ['process.priority']],
  [/process manager is missing/, ['pm']],
  [/pm\.max_children must be/, ['pm.max_children']],
  [/pm\.min_spare_servers\(.* must be a positive/, ['pm.min_spare_servers']],
  [/pm\.max_spare_servers\(.* must be a positive/, ['pm.max_spare_servers']],
  [/cannot be greater than pm\.max_children/, ['pm.min_spare_servers', 'pm.max_spare_servers', 'pm.max_children']],
  [/pm\.max_spare_servers\(.* must not be less/, ['pm.min_spare_servers', 'pm.max_spare_servers']],
  [/pm\.start_servers\(/, ['pm.start_servers', 'pm.min_spare_servers', 'pm.max_spare_servers']],
  [/pm\.max_spawn_rate/, ['pm.max_spawn_rate']],
  [/ondemand process manager can ONLY/, ['pm']],
  [/pm\.process_idle_timeout/, ['pm.process_idle_timeout']],
  [/the status path/, ['pm.status_path']],
  [/the ping path/, ['ping.path']],
  [/the ping response/, ['ping.response']],
  [/'slowlog' must be/, ['request_slowlog_timeout', 'request_slowlog_trace_depth', 'slowlog']],
  [/can't be greater than 'request_terminate/, ['request_slowlog_timeout', 'request_terminate_timeout']],
  [/request_slowlog_trace_depth/, ['request_slowlog_trace_depth']],
  [/access\.format/, ['access.format']],
  [/log_limit/, ['log_limit']],
  [/process_max/, ['process.max']],
  [/error_log/, ['error_log']],
  [/event mechanism/, ['events.mechanism']],
];

/** Lines of the section that set one of the keys, or its headers where none does; read without our parser. */
function linesOf(files: ReadonlyMap<string, string>, name: string, keys: readonly string[]): Set<string> {
  const headers = new Set<string>();
  const found = new Set<string>();
  /** Before the first header of a file, which may be of any section. */
  const loose = new Set<string>();
  if (keys.length === 0) return found;
  for (const [file, text] of files) {
    let section = '';
    text.split('\n').forEach((line, index) => {
      const header = /^\[(.*)\]/.exec(line);
      if (header) section = header[1]!;
      const place = `${file}:${index + 1}`;
      const isHere = section.toLowerCase() === name.toLowerCase();
      if (header && isHere) headers.add(place);
      if (!isHere && section !== '') return;
      const key = /^\s*([\w.]+)\s*=/.exec(line)?.[1];
      if (key !== undefined && keys.includes(key.toLowerCase())) (isHere ? found : loose).add(place);
    });
  }
  return new Set([...(found.size > 0 ? found : headers), ...loose]);
}

/** Our errors, in all files of the subject. */
export async function ourErrors(subject: Subject): Promise<OurError[]> {
  const files = new Map([...filesOf(subject)].map(([name, text]) => [`${HOME}/${name}`, text]));
  for (const name of ['log', 'run']) files.set(`${HOME}/${name}/.keep`, '');
  const { project } = await load(mapFiles(files), { nginx: [], fpm: [[`${HOME}/php-fpm.conf`]] });
  return [...project.sources.values()].flatMap(({ file, text }) =>
    findings(project, file).flatMap(({ severity, span, code, message }) =>
      severity === 'error'
        ? [{ file: file.slice(HOME.length + 1), line: text.slice(0, span.start).split('\n').length, code, message }]
        : [],
    ),
  );
}

export const hasFpm = fpmBinary !== undefined && existsSync(fpmBinary);
