/** What php-fpm's own log tells: which event, of which pool, and what to look at. */
import type { LogRecord } from '../error-log/record';
import { shellWord } from '../text/shell';
import type { Check, Evidence, Incident } from './cause';

export type FpmEvent =
  | 'fpm-max-children'
  | 'fpm-child-crashed'
  | 'fpm-execution-timed-out'
  | 'fpm-slow-request'
  | 'fpm-listen-failed'
  | 'fpm-client-refused'
  | 'fpm-startup-failed';

/** Messages of php-fpm 5.3 to 8.4, without their pool; the first that fits counts. */
const EVENTS: readonly (readonly [FpmEvent, RegExp])[] = [
  [
    'fpm-max-children',
    /^(?:server reached (?:pm\.)?max_children setting|The maximum number of processes has been reached|seems busy \(you may need)/,
  ],
  [
    'fpm-child-crashed',
    /^(?:child \d{1,10} exited (?:on signal \d|with code [1-9])|failed processes threshold \(|fork\(\) failed)/,
  ],
  ['fpm-execution-timed-out', /^child \d{1,10}, script '.{0,2000}?' \(request: ".{0,2000}?\) execution timed out \(/s],
  ['fpm-slow-request', /^child \d{1,10}, script '.{0,2000}?' \(request: ".{0,2000}?\) executing too slow \(/s],
  [
    'fpm-listen-failed',
    /^(?:unable to bind listening socket for address|another FPM instance already listen|unable to set listen address as it's already used|Cannot bind\/listen socket|failed to chown\(\) the socket|failed to (?:read|write) the ACL of the socket|failed to add entry to the ACL)/,
  ],
  ['fpm-client-refused', /^Connection disallowed: IP address /],
  [
    'fpm-startup-failed',
    /^(?:FPM initialization failed|failed to (?:load|open|post process) (?:the )?configuration|No pool defined|\[[^\]]{1,400}:\d{1,7}\] |(?:cannot|Unable to) (?:get|find) [ug]id for |(?:user|no listen address|pm\.[a-z_]{1,30}(?:\(-?\d{1,12}\))?) (?:has not been|have been|must)|please specify user and group other than root|the process manager is missing|the (?:chroot|chdir|prefix|status|ping) (?:path )?'|'[a-z_]{1,40}' must be specified|child failed to initialize|failed to (?:chroot|chdir|setgid|setuid|initgroups)\(|failed to include more than|Unable to create the PID file|failed to open access log|[Uu]nable to (?:create or )?open (?:slowlog|error_log))/,
  ],
];

/** The pool, and the child that said it: children have no log of their own (catch_workers_output). */
const BEFORE = /^(?:\[pool [^\]\s]{1,100}\] )?(?:child \d{1,10} said into stderr: "(?:ERROR|WARNING): )?/;

/** Null for what is normal, and for what is no entry of php-fpm's log. */
export function fpmEvent({ message, fpm, level }: LogRecord): FpmEvent | null {
  if (!fpm && level !== null) return null;
  // A child that ended as it should, or was told to (SIGQUIT), is a notice.
  if (level === 'notice' || level === 'debug') return null;
  const text = message.slice(BEFORE.exec(message)![0].length);
  return EVENTS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

/** How the settings of the pool stand that bear on the event; what is not set is passed over. */
export function settingEvidence(incident: Incident, keys: readonly string[]): Evidence[] {
  const { pool } = incident.backend;
  return keys.flatMap((key) => {
    const value = pool?.get(key);
    return pool && value
      ? [{ message: `Pool "${pool.name}" has ${key} = ${value.value}.`, file: value.file, span: value.setting.span }]
      : [];
  });
}

/** The script that php-fpm names in an entry. */
export function scriptIn({ message }: LogRecord): string | null {
  return /script '(.{1,1000}?)' \(request: "/s.exec(message.slice(0, 1200))?.[1] ?? null;
}

export function fpmChecks(incident: Incident): Check[] {
  const name = shellWord(incident.backend.name ?? 'php-fpm');
  return [
    { title: 'Is php-fpm running, and what did it say last?', command: `systemctl status ${name} --no-pager` },
    { title: 'What did it log?', command: `journalctl -u ${name} -n 50 --no-pager` },
  ];
}
