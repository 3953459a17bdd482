/** What the settings of php-fpm mean and accept, for those who write them. */
import { FPM_DIRECTIVES, type FpmDirective, type FpmType, fpmDirective } from '../php-fpm/catalogue';

const MEANING: Readonly<Record<string, string>> = {
  pid: 'File with the process id of the master.',
  error_log:
    'Where php-fpm itself writes, and what workers say when `catch_workers_output` is on; `syslog` for the system’s log.',
  'syslog.ident': 'What stands before each message in the system’s log.',
  'syslog.facility': 'Which facility of the system’s log is written to.',
  log_buffering: 'Collects a message before it is written.',
  log_level: 'The least grave messages that are written.',
  log_limit: 'Longest line of a log, in characters; longer ones are wrapped.',
  emergency_restart_threshold:
    'Restarts php-fpm when so many workers die of a signal within `emergency_restart_interval`; 0 never.',
  emergency_restart_interval: 'The time that `emergency_restart_threshold` looks at.',
  process_control_timeout:
    'How long workers may take to finish after a signal of the master; 0 not at all, so that a reload cuts requests off (502).',
  'process.max': 'The most workers of all pools together; 0 without limit.',
  'process.priority': 'The nice value of the process, -19 (first) to 20 (last).',
  daemonize: 'Runs in the background; `no` under systemd and in containers.',
  rlimit_files: 'Most open files of a process.',
  rlimit_core: 'Largest core dump.',
  'events.mechanism': 'How the master waits for events.',
  systemd_interval: 'How often systemd is told that php-fpm lives; 0 never.',
  prefix: 'Folder that relative paths of this pool start from.',
  user: 'User that the workers run as.',
  group: 'Group that the workers run as; the user’s own when it is not set.',
  listen:
    'Where nginx reaches the pool: a path (`/run/php/www.sock`), a port (`9000`) or address and port (`127.0.0.1:9000`). It is what `fastcgi_pass` must name.',
  'listen.backlog':
    'How many connections may wait for a worker. When the queue is full nginx gets (11: Resource temporarily unavailable) and the client 502.',
  'listen.acl_users': 'Users that may connect to the socket; `listen.owner` and `listen.group` no longer count then.',
  'listen.acl_groups': 'Groups that may connect to the socket; `listen.owner` and `listen.group` no longer count then.',
  'listen.owner':
    'Owner of the socket: the user that nginx runs as, or nginx gets (13: Permission denied) and the client 502.',
  'listen.group': 'Group of the socket.',
  'listen.mode': 'Permissions of the socket, in octal digits.',
  'listen.allowed_clients': 'Addresses that may connect over TCP; all when it is not set.',
  'listen.setfib': 'Routing table of the socket (FreeBSD).',
  'process.dumpable': 'Lets a process be traced although it has changed its user.',
  pm: 'How many workers there are: `static` always `pm.max_children`, `dynamic` as many as are needed and some in reserve, `ondemand` none until a request comes.',
  'pm.max_children': 'The most requests that the pool works on at a time. Further ones wait in the backlog.',
  'pm.start_servers': 'Workers at the start (`pm = dynamic`).',
  'pm.min_spare_servers': 'Least idle workers (`pm = dynamic`).',
  'pm.max_spare_servers': 'Most idle workers (`pm = dynamic`).',
  'pm.max_spawn_rate': 'Most workers started at a time.',
  'pm.process_idle_timeout': 'When an idle worker ends (`pm = ondemand`).',
  'pm.max_requests': 'Requests after which a worker is replaced, against leaks; 0 never.',
  'pm.status_path': 'URI of the status page.',
  'pm.status_listen': 'An address of its own for the status page, so that it answers while all workers are busy.',
  'ping.path': 'URI that answers while the pool lives.',
  'ping.response': 'What `ping.path` answers.',
  'access.log': 'Log of the pool’s requests.',
  'access.format': 'Form of the lines of `access.log`.',
  'access.suppress_path': 'Requests of this URI are not logged.',
  slowlog: 'Where backtraces of slow requests are written.',
  request_slowlog_timeout: 'Writes a backtrace to `slowlog` when a request takes longer; 0 never.',
  request_slowlog_trace_depth: 'Depth of the backtrace.',
  request_terminate_timeout:
    'Ends a worker whose request takes longer: nginx sees the connection closed, the client gets 502. 0 never.',
  request_terminate_timeout_track_finished: 'Counts what runs after `fastcgi_finish_request()` too.',
  chroot: 'Folder that becomes the root of the workers.',
  chdir: 'Folder that the workers start in.',
  catch_workers_output: 'Writes what workers say on stdout and stderr to `error_log`; else it is lost.',
  decorate_workers_output: 'Writes time and pool before what workers say.',
  clear_env: 'Starts workers with no environment but what `env[…]` sets.',
  'security.limit_extensions': 'Endings of scripts that may be run; others get “Access denied” (403).',
  apparmor_hat: 'AppArmor profile of the workers.',
  env: '`env[NAME]`: a variable of the workers’ environment; `$NAME` stands for the master’s.',
  php_value: '`php_value[option]`: an option of php.ini, which scripts may change.',
  php_flag: '`php_flag[option]`: an option of php.ini that is on or off, which scripts may change.',
  php_admin_value: '`php_admin_value[option]`: an option of php.ini that scripts may not change.',
  php_admin_flag: '`php_admin_flag[option]`: an option of php.ini that is on or off and that scripts may not change.',
  include: 'Reads other files at this place: a path or a pattern such as `/etc/php/8.2/fpm/pool.d/*.conf`.',
};

const ACCEPTED: Readonly<Record<FpmType, string>> = {
  string: 'text',
  path: 'a path',
  integer: 'a number',
  time: 'a time: `30`, `30s`, `5m`, `1h`, `1d`',
  boolean: '`yes` or `no`',
  'log-level': '`alert`, `error`, `warning`, `notice` or `debug`',
  'syslog-facility': 'a facility: `daemon`, `local0` …',
  'core-limit': 'a number or `unlimited`',
  'process-manager': '`static`, `dynamic` or `ondemand`',
  address: 'a path, a port, or address and port',
  mode: 'octal digits: `0660`',
  list: 'names or addresses, separated by commas',
  array: 'text',
  'boolean-array': '`on` or `off`',
};

/** What the editor offers behind the `=`. */
const WORDS: Readonly<Partial<Record<FpmType, readonly string[]>>> = {
  boolean: ['yes', 'no'],
  'log-level': ['alert', 'error', 'warning', 'notice', 'debug'],
  'syslog-facility': ['daemon', 'user', 'local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'],
  'core-limit': ['unlimited'],
  'process-manager': ['static', 'dynamic', 'ondemand'],
  mode: ['0660', '0666'],
  'boolean-array': ['on', 'off'],
};

/** Null for what php-fpm does not know. `section`: the name in the header, empty before the first. */
export function settingMarkdown(key: string, section: string): string | null {
  const found = settingOf(key, section);
  const meaning = MEANING[found?.name ?? key];
  if (!found) return key === 'include' ? meaning! : null;
  const facts = [
    found.context === 'global' ? 'In `[global]`' : 'In a pool',
    `accepts ${ACCEPTED[found.type]}`,
    found.default === null ? null : `default \`${found.default}\``,
    found.since === undefined ? null : `since PHP ${found.since}`,
  ];
  return [`**${found.name}**`, facts.filter((fact) => fact !== null).join(' · '), meaning ?? '']
    .filter((part) => part !== '')
    .join('\n\n');
}

/** What may be set in the section. A fragment's settings, before any header, may be of either kind. */
export function settingsOf(section: string): readonly FpmDirective[] {
  const context = contextOf(section);
  return context === null ? FPM_DIRECTIVES : FPM_DIRECTIVES.filter((one) => one.context === context);
}

export function wordsOf(key: string, section: string): readonly string[] {
  const found = settingOf(key, section);
  if (found?.name === 'events.mechanism') return ['epoll', 'kqueue', '/dev/poll', 'port', 'poll', 'select'];
  return (found && WORDS[found.type]) ?? [];
}

function settingOf(key: string, section: string): FpmDirective | undefined {
  const context = contextOf(section);
  return context === null ? (fpmDirective(key, 'pool') ?? fpmDirective(key, 'global')) : fpmDirective(key, context);
}

function contextOf(section: string): 'global' | 'pool' | null {
  if (section === '') return null;
  return section.toLowerCase() === 'global' ? 'global' : 'pool';
}
