/** Mistakes that people make in pools: where they are made, and what they make of the text. */
import type { Edit } from '../../../server/src/core/text/edit';
import type { Random } from '../nginx/random';
import type { Site } from './corpus';

export type Change = Omit<Edit, 'file'>;

export interface Kind {
  readonly name: string;
  /** How many are wanted. */
  readonly count: number;
  on(site: Site): boolean;
  /** Null where the site does not lend itself to it. */
  change(site: Site, random: Random, all: readonly Site[]): readonly Change[] | null;
}

const kinds: Kind[] = [];
const kind = (name: string, count: number, on: Kind['on'], change: Kind['change']): void => {
  kinds.push({ name, count, on, change });
};
export const KINDS: readonly Kind[] = kinds;

const header = ({ setting }: Site): boolean => setting === null;
const any = ({ setting }: Site): boolean => setting !== null;
const plain = ({ setting }: Site): boolean => setting !== null && setting.sub === null && setting.key !== 'include';
const named =
  (...names: readonly string[]) =>
  ({ setting }: Site): boolean =>
    setting !== null && names.includes(setting.key.toLowerCase());
const put = (start: number, newText: string, end = start): Change => ({ span: { start, end }, newText });

function line({ text, setting, section }: Site): { start: number; end: number } {
  const at = setting?.span ?? section.headerSpan;
  const feed = text.indexOf('\n', at.end);
  return { start: text.lastIndexOf('\n', at.start - 1) + 1, end: feed < 0 ? text.length : feed + 1 };
}

const cutLine = (site: Site): Change => put(line(site).start, '', line(site).end);
const behind = (site: Site, added: string): Change => put(line(site).end, `${added}\n`);
const value = (site: Site, written: string): Change => {
  const { rawValueSpan, operatorSpan } = site.setting!;
  const empty = rawValueSpan.end === rawValueSpan.start;
  return empty ? put(operatorSpan!.end, ` ${written}`) : put(rawValueSpan.start, written, rawValueSpan.end);
};
const oneOf =
  (...values: readonly string[]) =>
  (site: Site, random: Random): readonly Change[] => [value(site, random.pick(values))];

// --- names ---

kind('slip in a name', 60, any, ({ setting }, random) => {
  const { key, keySpan } = setting!;
  const at = random.below(key.length - 1);
  const [a, b] = [key[at]!, key[at + 1]!];
  const slips = [
    key.slice(0, at) + b + a + key.slice(at + 2),
    key.slice(0, at) + key.slice(at + 1),
    key.slice(0, at) + a + key.slice(at),
  ];
  return [put(keySpan.start, random.pick(slips), keySpan.end)];
});
kind(
  'other separator',
  20,
  ({ setting }) => /[._]/.test(setting?.key ?? ''),
  ({ setting }, random) => [
    put(setting!.keySpan.start, setting!.key.replace(/[._]/, random.pick(['_', '-', ' ', ''])), setting!.keySpan.end),
  ],
);
kind(
  'family dropped',
  15,
  ({ setting }) => /\./.test(setting?.key ?? ''),
  ({ setting }) => [
    put(setting!.keySpan.start, setting!.key.slice(setting!.key.indexOf('.') + 1), setting!.keySpan.end),
  ],
);
kind('other case', 15, any, ({ setting }, random) => [
  put(
    setting!.keySpan.start,
    random.pick([setting!.key.toUpperCase(), setting!.key[0]!.toUpperCase() + setting!.key.slice(1)]),
    setting!.keySpan.end,
  ),
]);
kind('setting of another program', 20, any, (site, random) => [
  behind(
    site,
    random.pick([
      ...['memory_limit = 128M', 'max_execution_time = 30', 'listen 9000;', 'user www-data;', 'worker_processes = 4'],
      ...[
        'listen.user = www-data',
        'pm.max_workers = 5',
        'pm.type = static',
        'php_ini[memory_limit] = 1M',
        'log = /tmp/x',
      ],
      ...['request_timeout = 30', 'slowlog_timeout = 5s', 'max_children = 5', 'backlog = 511', 'php_values[a] = b'],
    ]),
  ),
]);
kind('in the wrong section', 40, any, (site, random, all) => {
  const isGlobal = site.section.name.toLowerCase() === 'global' || site.section.name === '';
  const others = all.filter(
    (one) =>
      one.case === site.case &&
      one.file === site.file &&
      (one.section.name.toLowerCase() === 'global') !== isGlobal &&
      one.section.name !== '',
  );
  if (others.length === 0) return null;
  const { start, end } = line(site);
  const target = random.pick(others);
  return [put(start, '', end), behind(target, site.text.slice(start, end).trimEnd())].sort(
    (a, b) => a.span.start - b.span.start,
  );
});

// --- how a line is written ---

kind('no "="', 15, any, ({ setting }, random) => [
  put(setting!.operatorSpan!.start, random.pick(['', ':', '->']), setting!.operatorSpan!.end),
]);
kind('two "="', 8, any, ({ setting }) => [put(setting!.operatorSpan!.end, '=')]);
kind('no value', 40, any, (site) => [value(site, '')]);
kind('comment of another language', 12, any, (site, random) => [
  behind(site, random.pick(['# more', '// more', '#pm = static', '/* more */', '-- more'])),
]);
kind('comment behind a value', 12, any, ({ setting }, random) => [
  put(setting!.span.end, random.pick([' # why', ' // why', ' ; why', ' (why)'])),
]);
kind('quote', 25, any, (site, random) => {
  const raw = site.text.slice(site.setting!.rawValueSpan.start, site.setting!.rawValueSpan.end);
  return [
    value(
      site,
      random.pick([
        `"${raw}`,
        `${raw}"`,
        `'${raw}`,
        `"${raw}'`,
        `'${raw}'`,
        `"${raw}"`,
        "''",
        `"${raw}" x`,
        `"${raw}"x`,
      ]),
    ),
  ];
});
kind('character with a meaning', 25, any, (site, random) => {
  const raw = site.text.slice(site.setting!.rawValueSpan.start, site.setting!.rawValueSpan.end);
  return [
    value(
      site,
      random.pick([
        `${raw} (x)`,
        `(${raw}`,
        `${raw}!`,
        `${raw}&`,
        `a|${raw}`,
        `${raw}~`,
        `${raw}{`,
        `${raw}}`,
        `${raw}=`,
        `a=${raw}`,
        `${raw}^2`,
        `${raw}?`,
        `yes ${raw}`,
        `${raw} no`,
        '${X}',
        '${X',
        `${raw};`,
        `${raw}$`,
      ]),
    ),
  ];
});
kind('nginx style', 10, plain, (site) => [
  put(site.setting!.keySpan.end, ` ${site.setting!.value};`, site.setting!.span.end),
]);

// --- headers ---

kind('broken header', 25, header, ({ section }, random) => {
  const { start, end } = section.headerSpan;
  return [
    put(
      start,
      random.pick([
        `[${section.name}`,
        `${section.name}]`,
        ` [${section.name}]`,
        `[[${section.name}]]`,
        `(${section.name})`,
        `<${section.name}>`,
        `[${section.name}];`,
        `[${section.name}]x`,
        `[]`,
        section.name,
        `[${section.name} ]`,
        `["${section.name}"]`,
      ]),
      end,
    ),
  ];
});
kind('header removed', 12, header, (site) => [cutLine(site)]);
kind('header renamed', 15, header, ({ section, case: each }, random, all) => {
  const names = [
    ...new Set(all.filter((one) => one.case === each && one.setting === null).map((one) => one.section.name)),
  ];
  return [
    put(section.nameSpan.start, random.pick([...names, 'GLOBAL', 'global', 'globals', 'pool']), section.nameSpan.end),
  ];
});
kind('everything commented', 6, header, (site) => [put(line(site).start, ';')]);

// --- values by type ---

const NUMBERS = named(
  'pm.max_children',
  'pm.start_servers',
  'pm.min_spare_servers',
  'pm.max_spare_servers',
  'pm.max_requests',
  'listen.backlog',
  'log_limit',
  'process.max',
  'process.priority',
  'rlimit_files',
  'emergency_restart_threshold',
  'request_slowlog_trace_depth',
  'pm.max_spawn_rate',
  'rlimit_core',
);
kind(
  'wrong number',
  60,
  NUMBERS,
  oneOf(
    'ten',
    '5.5',
    '1k',
    '10M',
    '+5',
    '-',
    '-1',
    '-5',
    '0',
    '99999999999',
    '5,000',
    '0x10',
    "'5'",
    '"5"',
    '5 children',
    '5%',
    '"5 "',
    'unlimited',
    'auto',
    '07',
    '5-10',
    '1e3',
    '64',
    '-20',
    '21',
    '512',
    '511',
  ),
);
const TIMES = named(
  'process_control_timeout',
  'emergency_restart_interval',
  'pm.process_idle_timeout',
  'request_slowlog_timeout',
  'request_terminate_timeout',
  'systemd_interval',
);
kind(
  'wrong time',
  45,
  TIMES,
  oneOf(
    '10sec',
    '5min',
    '1w',
    '500ms',
    '1m30s',
    '10 s',
    'off',
    '0',
    '0s',
    'never',
    'unlimited',
    '10S',
    '1H',
    '-5',
    '-5s',
    's',
    '1.5m',
    '2 minutes',
    '30,',
    '1y',
    '"10s"',
    '10s ; c',
    'abc5',
    '3600',
    '2d',
  ),
);
const BOOLEANS = ({ setting }: Site): boolean =>
  named(
    'daemonize',
    'log_buffering',
    'catch_workers_output',
    'decorate_workers_output',
    'clear_env',
    'process.dumpable',
    'request_terminate_timeout_track_finished',
    'php_flag',
    'php_admin_flag',
  )({ setting } as Site);
kind(
  'wrong switch',
  40,
  BOOLEANS,
  oneOf(
    'maybe',
    'enable',
    'enabled',
    '2',
    'Y',
    'n',
    '"Yes"',
    'YES',
    '"on"',
    'tru',
    'disabled',
    '-1',
    '1',
    '0',
    '"0"',
    'False',
    'NONE',
    'null',
    'yes;',
    'onn',
    '"no"',
    '"OFF"',
  ),
);
kind(
  'wrong word',
  30,
  named('pm', 'log_level', 'syslog.facility'),
  oneOf(
    'auto',
    'dynamc',
    'on-demand',
    'on demand',
    'Static',
    'ondemand',
    'dynamic',
    'verbose',
    'info',
    'none',
    'warn',
    'emerg',
    'local8',
    'crit',
    'LOCAL0',
    'err',
    '"static"',
  ),
);
kind(
  'wrong uri',
  24,
  named('pm.status_path', 'ping.path'),
  oneOf(
    'status',
    '/',
    '/a b',
    '/status?full',
    '/st@tus',
    '"/x y"',
    '/a/b.c~d-e_f',
    '//',
    'http://x/status',
    '/%20',
    '/é',
    '/a,b',
    '/a:b',
    '/status$',
    '/$pool',
  ),
);
kind(
  'wrong format',
  30,
  named('access.format'),
  oneOf(
    '"%R %z"',
    '"%{x"',
    '"%{milli}d"',
    '"%{mega}M%"',
    '"%e"',
    '"%{REQ}e"',
    '"%o"',
    '"%{Content-Type}o %s"',
    '"%{foo}d %s"',
    '"%{x}f %s"',
    '"%T %t %{%Y}t %s"',
    '%R %s',
    '%R "%s"',
    '"%C %{user}C %{idle}C "',
    '"%%"',
    '%{milli}d',
    '"%{}d %s"',
    '"%a"',
    '"%h %l %u"',
    '"$remote_addr"',
    '"%{}e %s"',
    '"%{KILO}M %s"',
    '"%"',
    '"%{milliseconds}d %s"',
    '"%{microsec}d %s"',
    '"%D"',
    '"%v:%p %h"',
  ),
);
kind(
  'wrong brackets',
  30,
  ({ setting }) => setting?.sub !== null && setting !== null,
  ({ setting, text }, random) => {
    const end = setting!.subSpan!.end + 1;
    const { key, sub } = setting!;
    const forms = [
      key,
      `${key}[]`,
      `${key}.${sub}`,
      `${key}[${sub}`,
      `${key}{${sub}}`,
      `${key}(${sub})`,
      `${key.toUpperCase()}[${sub}]`,
      `${key}[${sub}][x]`,
      `${key} [${sub}]`,
      `${key}["${sub}"]`,
      `${key}[0]`,
      `${sub}`,
    ];
    return [put(setting!.keySpan.start, random.pick(forms), text[end - 1] === ']' ? end : end)];
  },
);
kind('brackets on a plain name', 15, plain, ({ setting }, random) => [
  put(setting!.keySpan.end, random.pick(['[]', '[0]', '[x]'])),
]);
kind(
  'value of a list',
  12,
  named('access.suppress_path', 'env'),
  oneOf('ping', '""', '/a b', '$HOSTNAME', '"/x"', '/ping;', 'no', 'none', '"no"'),
);
kind(
  'value of [global]',
  25,
  named('error_log', 'pid', 'syslog.ident', 'events.mechanism'),
  oneOf('""', '$pool.log', 'syslog', 'poll', 'select', 'kqueue', 'auto', 'epol', 'EPOLL', 'log/$pool', 'run/x'),
);

// --- what belongs together ---

kind('setting removed', 60, any, (site) => [cutLine(site)]);
kind('setting commented', 25, any, (site) => [put(line(site).start, ';')]);
kind(
  'numbers of workers',
  60,
  named('pm.max_children', 'pm.start_servers', 'pm.min_spare_servers', 'pm.max_spare_servers', 'pm.max_spawn_rate'),
  (site, random) => [value(site, `${random.pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 50, 100])}`)],
);
kind('other process manager', 20, named('pm'), (site, random) => [
  value(site, random.pick(['static', 'dynamic', 'ondemand'])),
]);
kind(
  'setting added',
  40,
  ({ setting, section }) => setting !== null && section.name.toLowerCase() !== 'global' && section.name !== '',
  (site, random) => [
    behind(
      site,
      random.pick([
        ...[
          'request_slowlog_timeout = 10s',
          'request_slowlog_timeout = 1h',
          'request_slowlog_trace_depth = 10',
          'request_slowlog_trace_depth = -1',
        ],
        ...[
          'request_terminate_timeout = 1s',
          'process.priority = -20',
          'process.priority = 19',
          'pm.status_path = status',
          'ping.path = ping',
        ],
        ...[
          'pm.max_children = 1',
          'pm.max_children = 0',
          'pm.min_spare_servers = 30',
          'pm.process_idle_timeout = 0',
          'pm = ondemand',
          'pm = dynamic',
        ],
        ...[
          'pm.max_spawn_rate = 0',
          'ping.response =',
          'pm.status_listen = 9000',
          'pm.status_listen =',
          'listen =',
          'slowlog =',
          'user =',
          'env[X] =',
          'error_log = /tmp/x',
        ],
        ...[
          'daemonize = no',
          'log_level = debug',
          'include = none.conf',
          'rlimit_core = -1',
          'access.suppress_path[] = ping',
          'listen.mode = rw',
          'env = X',
          'listen.setfib = 1',
        ],
      ]),
    ),
  ],
);
kind('address of another pool', 25, named('listen', 'pm.status_listen'), (site, random, all) => {
  const others = all.filter(
    (one) => one.case === site.case && one.setting !== site.setting && named('listen', 'pm.status_listen')(one),
  );
  if (others.length === 0) return null;
  return [value(site, random.pick(others).setting!.value.replaceAll('$pool', others[0]!.section.name))];
});
kind(
  'other address',
  15,
  named('listen'),
  oneOf(
    'unix:/run/x.sock',
    '127.0.0.1',
    '9000;',
    ':9000',
    '*:9000',
    '0',
    '99999',
    '"/run/a b.sock"',
    '[::]:9000',
    'localhost:9000',
    '${LISTEN}',
    '/run/php/php8.2-fpm.sock',
  ),
);
kind(
  'include',
  20,
  named('include'),
  oneOf(
    '/etc/php/8.2/fpm/pool.d',
    '/etc/php/8.2/fpm/pools/',
    '/etc/php/8.2/fpm/nothing/*.conf',
    '/etc/php/8.2/fpm/pool.d/*.con',
    '/etc/php/8.2/fpm/php-fpm.conf',
    '/etc/php/8.2/fpm/*.conf',
    '/etc/php/8.2/fpm/php-fpm.d',
    '"/etc/php/8.2/fpm/pool.d/*.conf"',
    '/etc/php/8.2/fpm/log/*.conf',
    '/etc/php/8.2/fpm/none.conf',
    '/nowhere/*.conf',
    '',
    'pool.d/*.conf',
    '${X}/*.conf',
  ),
);
kind('two lines in one', 12, any, (site) => [put(line(site).end - 1, ' ', line(site).end)]);
kind('line cut short', 20, any, (site, random) => {
  const { span } = site.setting!;
  return [put(span.start + 1 + random.below(span.end - span.start - 1), '', span.end)];
});
kind('lines swapped', 15, any, (site, random, all) => {
  const other = random.pick(all.filter((one) => one.file === site.file && one.case === site.case));
  const [a, b] = [line(site), line(other)].sort((one, two) => one.start - two.start) as [
    { start: number; end: number },
    { start: number; end: number },
  ];
  if (a.end > b.start) return null;
  return [put(a.start, site.text.slice(b.start, b.end), a.end), put(b.start, site.text.slice(a.start, a.end), b.end)];
});
kind('said twice', 15, any, (site) => [put(line(site).end, site.text.slice(line(site).start, line(site).end))]);
