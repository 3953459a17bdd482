/**
 * The directives of php-fpm 8.2 (sapi/fpm/fpm/fpm_conf.c, php-fpm.conf.in, www.conf.in), and how to tell its files from
 * others by them.
 */
import { parse } from './parser';

export interface FpmDirective {
  readonly name: string;
  readonly context: 'global' | 'pool';
  readonly type: FpmType;
  /** What counts when it is not set; null for nothing. */
  readonly default: string | null;
  /** First version of PHP that has it, where it is not as old as php-fpm's current format. */
  readonly since?: string;
}

export type FpmType =
  | 'string'
  | 'path'
  /** Digits, possibly behind a `-`. */
  | 'integer'
  /** A number with `s`, `m`, `h` or `d` behind it; seconds without. */
  | 'time'
  | 'boolean'
  | 'log-level'
  | 'syslog-facility'
  /** A number or `unlimited`. */
  | 'core-limit'
  | 'process-manager'
  | 'address'
  | 'mode'
  /** Separated by commas, without blanks. */
  | 'list'
  /** Set with brackets, `env[PATH]`. */
  | 'array'
  | 'boolean-array';

const global = (name: string, type: FpmType, value: string | null = null, since?: string): FpmDirective =>
  directive('global', name, type, value, since);
const pool = (name: string, type: FpmType, value: string | null = null, since?: string): FpmDirective =>
  directive('pool', name, type, value, since);

/** `include` belongs to no section and is not among them. */
export const FPM_DIRECTIVES: readonly FpmDirective[] = [
  global('pid', 'path'),
  global('error_log', 'path', 'log/php-fpm.log'),
  global('syslog.ident', 'string', 'php-fpm'),
  global('syslog.facility', 'syslog-facility', 'daemon'),
  global('log_buffering', 'boolean', 'yes', '7.3'),
  global('log_level', 'log-level', 'notice'),
  global('log_limit', 'integer', '1024', '7.3'),
  global('emergency_restart_threshold', 'integer', '0'),
  global('emergency_restart_interval', 'time', '0'),
  global('process_control_timeout', 'time', '0'),
  global('process.max', 'integer', '0'),
  global('process.priority', 'integer'),
  global('daemonize', 'boolean', 'yes'),
  global('rlimit_files', 'integer'),
  global('rlimit_core', 'core-limit'),
  global('events.mechanism', 'string'),
  global('systemd_interval', 'time', '10'),
  pool('prefix', 'path'),
  pool('user', 'string'),
  pool('group', 'string'),
  pool('listen', 'address'),
  pool('listen.backlog', 'integer', '-1'),
  pool('listen.acl_users', 'list'),
  pool('listen.acl_groups', 'list'),
  pool('listen.owner', 'string'),
  pool('listen.group', 'string'),
  pool('listen.mode', 'mode', '0660'),
  pool('listen.allowed_clients', 'list'),
  pool('listen.setfib', 'integer', '-1', '8.2'),
  pool('process.priority', 'integer'),
  pool('process.dumpable', 'boolean', 'no'),
  pool('pm', 'process-manager'),
  pool('pm.max_children', 'integer'),
  pool('pm.start_servers', 'integer'),
  pool('pm.min_spare_servers', 'integer'),
  pool('pm.max_spare_servers', 'integer'),
  pool('pm.max_spawn_rate', 'integer', '32'),
  pool('pm.process_idle_timeout', 'time', '10'),
  pool('pm.max_requests', 'integer', '0'),
  pool('pm.status_path', 'string'),
  pool('pm.status_listen', 'address', null, '8.0'),
  pool('ping.path', 'string'),
  pool('ping.response', 'string', 'pong'),
  pool('access.log', 'path'),
  pool('access.format', 'string', '%R - %u %t "%m %r" %s'),
  pool('access.suppress_path', 'array', null, '8.2'),
  pool('slowlog', 'path'),
  pool('request_slowlog_timeout', 'time', '0'),
  pool('request_slowlog_trace_depth', 'integer', '20', '7.2'),
  pool('request_terminate_timeout', 'time', '0'),
  pool('request_terminate_timeout_track_finished', 'boolean', 'no', '7.3'),
  pool('rlimit_files', 'integer'),
  pool('rlimit_core', 'core-limit'),
  pool('chroot', 'path'),
  pool('chdir', 'path'),
  pool('catch_workers_output', 'boolean', 'no'),
  pool('decorate_workers_output', 'boolean', 'yes', '7.3'),
  pool('clear_env', 'boolean', 'yes'),
  pool('security.limit_extensions', 'string', '.php .phar'),
  pool('apparmor_hat', 'string'),
  pool('env', 'array'),
  pool('php_value', 'array'),
  pool('php_flag', 'boolean-array'),
  pool('php_admin_value', 'array'),
  pool('php_admin_flag', 'boolean-array'),
];

/** The directive of that name, looked up without case; arrays (`env`) are matched with case, as php-fpm does. */
export function fpmDirective(name: string, context: 'global' | 'pool'): FpmDirective | undefined {
  const found = BY_NAME[context].get(name.toLowerCase());
  return found?.type.endsWith('array') && found.name !== name ? undefined : found;
}

/** `location = /path` is nginx's. */
const SETTING = /^[ \t]{0,100}(?!location[ \t])[A-Za-z_][\w.]{0,100}(?:\[|[ \t]{0,100}=)/m;

/** Does the text read as a file of php-fpm, rather than of nginx, php.ini, systemd or another program? */
export function looksLikeFpm(text: string): boolean {
  // Nearly all files are somebody else's: a glance tells.
  if (!SETTING.test(text.slice(0, ENOUGH))) return false;
  const { preamble, sections } = parse(text.slice(0, ENOUGH));
  let known = 0;
  let unknown = 0;
  let telling = 0;
  let listen = 0;
  let includes = 0;
  let hasGlobal = false;
  for (const section of [preamble, ...sections]) {
    const isGlobal = section === preamble || section.name.toLowerCase() === 'global';
    hasGlobal ||= isGlobal && section !== preamble;
    for (const { key, operatorSpan, value } of section.settings) {
      const directive = operatorSpan && (fpmDirective(key, 'pool') ?? fpmDirective(key, 'global'));
      if (key === 'include' && operatorSpan) {
        known++;
        if (/fpm|pool/.test(value)) includes++;
      } else if (!directive || fpmDirective(key, isGlobal && section !== preamble ? 'global' : 'pool') === undefined) {
        // A fragment's settings, before any header, may be of either kind.
        if (directive && section === preamble) known++;
        else unknown++;
      } else {
        known++;
        if (TELLING.test(key)) telling++;
        if (key === 'listen' && section.name !== '') listen++;
      }
    }
  }
  if (known === 0 || unknown > known) return false;
  return telling > 0 || (unknown === 0 && (listen > 0 || includes > 0 || (hasGlobal && known > 0)));
}

/** Files are told apart by their first part: the rest cannot make them something else. */
const ENOUGH = 65_536;

/** Names that no other program uses; `user`, `listen`, `pid`, `chdir` are everywhere. */
const TELLING =
  /^(?:pm|pm\.\w+|php_(?:admin_)?(?:value|flag)|listen\.(?:owner|group|mode|allowed_clients|acl_\w+)|request_(?:slowlog|terminate)_\w+|security\.limit_extensions|(?:catch|decorate)_workers_output|process_control_timeout|emergency_restart_\w+)$/i;

const BY_NAME = {
  global: new Map(FPM_DIRECTIVES.filter((one) => one.context === 'global').map((one) => [one.name, one])),
  pool: new Map(FPM_DIRECTIVES.filter((one) => one.context === 'pool').map((one) => [one.name, one])),
};

function directive(
  context: 'global' | 'pool',
  name: string,
  type: FpmType,
  value: string | null,
  since: string | undefined,
): FpmDirective {
  return { name, context, type, default: value, ...(since === undefined ? {} : { since }) };
}
