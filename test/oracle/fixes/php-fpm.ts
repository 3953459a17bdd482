/** What the real `php-fpm -t` says of fixtures: pools under a main file, and something in place of what lies on other machines. */
import type { Project } from '../../../server/src/core';
import { HOME as FIXTURES } from '../../core/world';
import { worker } from '../../real/programs';
import type { Case } from '../php-fpm/corpus';
import { askAll, type RealVerdict } from '../php-fpm/judge';

/** The answers of php-fpm, in the order of the cases. */
export async function askFpm(cases: readonly Case[]): Promise<RealVerdict[]> {
  const current = [...cases];
  const verdicts = new Array<RealVerdict>(cases.length);
  let open = cases.map((_, index) => index);
  for (let round = 0; round < ROUNDS && open.length > 0; round++) {
    const answers = await askAll(
      open.map((index) => ({ case: current[index]!, file: MAIN, text: current[index]!.files.get(MAIN)! })),
    );
    open = open.filter((index, i) => {
      verdicts[index] = answers[i]!;
      const next = withStandIn(current[index]!, answers[i]!);
      if (next) current[index] = next;
      return next !== null;
    });
  }
  return verdicts;
}

/** The files of the php-fpm that reads `file`, below its main file; one that names its pools where none is in view. */
export function staged(project: Project, file: string): Case {
  const root = project.fpmRoots.find(({ files }) => files.includes(file)) ?? project.fpmRoots[0]!;
  const files = new Map(project.fpmSources.map((source) => [named(source.file), moved(source.text)]));
  const [first] = root.files;
  const isMain = root.files.length === 1 && /^\s*(?:\[global\]|include\s*=)/m.test(files.get(named(first!))!);
  const includes = root.files.map((each) => `include = ${HOME}/${named(each)}\n`).join('');
  const text = isMain ? files.get(named(first!))! : `[global]\nerror_log = ${HOME}/log/fpm.log\n${includes}`;
  return { name: first!, files: files.set(MAIN, text) };
}

const MAIN = 'php-fpm.conf';
const ROUNDS = 12;
/** What the folder on disk stands for, in the oracle's words. */
const HOME = '/etc/php/8.2/fpm';
const FOLDERS = [HOME, FIXTURES, '/etc'];

function named(file: string): string {
  const folder = FOLDERS.find((each) => file.startsWith(`${each}/`))!;
  return file.slice(folder.length + 1);
}

/** Names of folders on other machines become those of the folder on disk. */
function moved(text: string): string {
  return text.replaceAll(`${FIXTURES}/`, `${HOME}/`).replace(/\/etc\/(?=php-fpm\.(?:d\/|conf\b))/g, `${HOME}/`);
}

const STAND_INS: readonly (readonly [RegExp, string])[] = [
  [/cannot get uid for user '([^']+)'/, worker.user],
  [/cannot get gid for group '([^']+)'/, worker.group],
  [/the ch(?:root|dir) path '([^']+)' .*does not exist or is not a directory/, '/'],
  [/Unable to create or open slowlog\(([^)]+)\)/, `${HOME}/log/slow.log`],
  [/failed to open (?:error_log|access log) \(([^)]+)\)/, `${HOME}/log/made.log`],
];

/** What pools of fixtures leave out because it is not what they are about. */
const LEFT_OUT: readonly (readonly [RegExp, string])[] = [
  [/\[pool ([^\]]+)\] user has not been defined/, `user = ${worker.user}`],
  [/\[pool ([^\]]+)\] the process manager is missing/, 'pm = static'],
  [/\[pool ([^\]]+)\] pm\.max_children must be a positive value/, 'pm.max_children = 2'],
];

function withStandIn(each: Case, { accepted, message }: RealVerdict): Case | null {
  if (accepted) return null;
  for (const [pattern, setting] of LEFT_OUT) {
    const pool = pattern.exec(message)?.[1];
    if (pool !== undefined)
      return changed(each, (line) => (line.trim() === `[${pool}]` ? `${line}\n${setting}` : line));
  }
  for (const [pattern, standIn] of STAND_INS) {
    const what = pattern.exec(message)?.[1];
    if (what === undefined) continue;
    return changed(each, (line) => {
      const [key, value] = line.split('=');
      return value?.trim() === what ? `${key}= ${standIn}` : line;
    });
  }
  return null;
}

/** Null where no line changes. */
function changed(each: Case, change: (line: string) => string): Case | null {
  const files = new Map([...each.files].map(([name, text]) => [name, text.split('\n').map(change).join('\n')]));
  return [...files].some(([name, text]) => text !== each.files.get(name)) ? { ...each, files } : null;
}
