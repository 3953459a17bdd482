/** What php-fpm says of a pool, and of [global], once all lines are read: fpm_conf_process_all_pools() and …_post_process(). */
import type { Edit } from '../../text/edit';
import type { Place, Span } from '../../text/span';
import { setSettings } from '../edit';
import { toInteger } from '../expression';
import type { FpmSection, Pool, Value } from '../model';
import type { FpmTree } from '../tree';
import { checkAccessFormat, checkUri, isPlaceholder, MECHANISMS, toSeconds, type WrongValue } from './value';

export interface PoolVerdict extends Place {
  readonly about: 'value' | 'missing' | 'process-counts' | 'slowlog';
  readonly message: string;
  readonly severity?: 'warning';
  readonly related?: readonly (Place & { readonly message: string })[];
  readonly fix?: { readonly title: string; readonly edits: readonly Edit[] };
}

/** What is known of a pool beside its settings. */
export interface PoolView {
  /** All its settings are in view: what it has not got, it has not got. */
  readonly whole: boolean;
  /**
   * `root`: another pool of the same process says which user its workers run as. `other`: an image of the project is started
   * by a user of its own. Null: not known.
   */
  readonly startedBy: 'root' | 'other' | null;
  /** `events.mechanism` in [global]. */
  readonly mechanism: Value | undefined;
  tree(file: string): FpmTree | null;
}

export function judgeGlobal(global: FpmSection): PoolVerdict[] {
  const found: PoolVerdict[] = [];
  const wrong = (key: string, is: (value: Value) => string | null): void => {
    const value = global.get(key);
    const message = value && isSaid(value) ? is(value) : null;
    if (value && message !== null) found.push({ about: 'value', ...placeOf(value), message: `${message} ${REFUSES}` });
  };
  wrong('log_limit', ({ value }) =>
    toInteger(value) < 512 ? `log_limit is ${value}: it must be at least 512.` : null,
  );
  wrong('process.max', ({ value }) =>
    toInteger(value) < 0 ? `process.max is ${value}: it cannot be negative; 0 means no limit.` : null,
  );
  wrong('process.priority', priority);
  wrong('error_log', ({ value }) => (value === '' ? 'error_log is empty: name a file, or "syslog".' : null));
  wrong('events.mechanism', ({ value }) =>
    MECHANISMS.includes(value.toLowerCase())
      ? null
      : `events.mechanism is "${value}": only ${MECHANISMS.join(', ')} are known. Leave it out and php-fpm takes the best.`,
  );
  return found;
}

export function judgePool(pool: Pool, view: PoolView): PoolVerdict[] {
  return [...values(pool), ...required(pool, view), ...counts(pool, view), ...slowlog(pool, view)];
}

/** Values that are looked at when all is read: only the last of each counts. */
function* values(pool: Pool): Generator<PoolVerdict> {
  const wrong = (value: Value, message: string, meant?: string): PoolVerdict => ({
    about: 'value',
    ...placeOf(value),
    message: `${message} ${REFUSES}`,
    ...(meant === undefined
      ? {}
      : {
          fix: {
            title: `Write ${meant}`,
            edits: [{ file: value.file, span: value.setting.rawValueSpan, newText: meant }],
          },
        }),
  });
  const said = (key: string): Value | null => {
    const value = pool.get(key);
    return value && isSaid(value) ? value : null;
  };
  const nice = said('process.priority');
  const tooNice = nice && priority(nice);
  if (nice && tooNice) yield wrong(nice, tooNice);
  const uri = (key: string, shortest: number): { value: Value; found: WrongValue } | null => {
    const value = said(key);
    const found = value && value.value !== '' ? checkUri(value.value, shortest) : null;
    return value && found ? { value, found } : null;
  };
  for (const bad of [uri('pm.status_path', pool.get('pm.status_listen') ? 1 : 2), uri('ping.path', 2)]) {
    if (bad)
      yield wrong(
        bad.value,
        `${bad.value.setting.key}: "${bad.value.value}" is ${bad.found.message}.`,
        bad.found.meant,
      );
  }
  const response = said('ping.response');
  if (response?.value === '' && said('ping.path')?.value)
    yield wrong(response, 'ping.response is empty: ping.path must answer something.');
  const depth = said('request_slowlog_trace_depth');
  if (depth && toInteger(depth.value) < 0)
    yield wrong(depth, `request_slowlog_trace_depth is ${depth.value}: it cannot be negative.`);
  const format = said('access.format');
  if (format && pool.get('access.log')?.value) {
    const bad = checkAccessFormat(format.value);
    if (bad) yield wrong(format, `access.format is ${bad.message}.`);
  }
  const status = pool.get('pm.status_listen');
  if (status?.known && status.value === '')
    yield wrong(status, 'pm.status_listen is empty: it needs an address, or must be left out.');
  const chroot = said('chroot');
  if (chroot && !chroot.value.startsWith('/') && chroot.value.indexOf('$prefix') > 0)
    yield wrong(chroot, '"$prefix" can only stand at the beginning of chroot.');
}

/** What php-fpm insists on. */
function* required(pool: Pool, view: PoolView): Generator<PoolVerdict> {
  const { whole } = view;
  const listen = pool.get('listen');
  if (!listen ? whole : listen.known && listen.value === '') {
    yield missing(
      pool,
      view,
      listen,
      'listen',
      `has no "listen": nginx has nothing to connect to, and php-fpm refuses to start.`,
    );
  }
  if (!whole) return;
  if (!pool.get('pm')) {
    yield missing(
      pool,
      view,
      undefined,
      'pm',
      'has no "pm": it must be static, dynamic or ondemand, or php-fpm refuses to start.',
    );
  }
  if (!pool.get('pm.max_children')) {
    yield missing(
      pool,
      view,
      undefined,
      'pm.max_children',
      'has no "pm.max_children": it must be at least 1, or php-fpm refuses to start.',
    );
  }
  if (!pool.get('user') && view.startedBy !== 'other') {
    // Who is not root needs no user: php-fpm says so itself, and goes on.
    const certain = view.startedBy === 'root' || ['group', 'chroot', 'process.priority'].some((key) => pool.get(key));
    const verdict = missing(pool, view, undefined, 'user', 'has no "user": php-fpm refuses to start as root.');
    yield certain ? verdict : { ...verdict, severity: 'warning' };
  }
}

function missing(pool: Pool, view: PoolView, empty: Value | undefined, key: string, what: string): PoolVerdict {
  const at = empty ? placeOf(empty) : headerOf(pool);
  const place = empty ? undefined : pool.places[pool.places.length - 1];
  const tree = place && view.tree(place.file);
  const sample = SAMPLES[key];
  return {
    about: 'missing',
    ...at,
    message: `Pool "${pool.name}" ${what}`,
    ...(sample && place && tree && tree.entries.length < MOST_MENDED
      ? {
          fix: {
            title: `Add ${key} = ${sample}`,
            edits: setSettings(tree, place.section, [{ key, value: sample }]).map((edit) => ({
              file: place.file,
              ...edit,
            })),
          },
        }
      : {}),
  };
}

/** In entries of the file: each mend looks at all of them. */
const MOST_MENDED = 2000;

/** Of what can be added without knowing the machine. */
const SAMPLES: Readonly<Record<string, string>> = { pm: 'ondemand', 'pm.max_children': '5' };

/** How many workers there may be, and do the numbers fit together? */
function* counts(pool: Pool, { whole, mechanism }: PoolView): Generator<PoolVerdict> {
  const read = (key: string): Count => countOf(pool.get(key), whole);
  const wrong = (counted: Value | undefined, message: string, others: readonly Value[] = []): PoolVerdict => ({
    about: 'process-counts',
    ...(counted ? placeOf(counted) : headerOf(pool)),
    message: `${message} ${REFUSES}`,
    related: others.map((other) => ({ ...placeOf(other), message: `${other.setting.key} is ${other.value} here.` })),
  });
  const pm = pool.get('pm');
  const style = pm && isSaid(pm) ? pm.value.toLowerCase() : null;
  const max = read('pm.max_children');
  if (max.at && max.number !== null && max.number < 1) {
    yield wrong(max.at, `pm.max_children is ${max.at.value || 'empty'}: it must be at least 1.`);
    return;
  }
  if (style === 'ondemand') {
    const idle = pool.get('pm.process_idle_timeout');
    if (idle && isSaid(idle) && toSeconds(idle.value) < 1)
      yield wrong(idle, `pm.process_idle_timeout is ${idle.value}: with pm = ondemand it must be more than 0s.`);
    if (
      mechanism &&
      isSaid(mechanism) &&
      ['poll', 'select', 'port', '/dev/poll'].includes(mechanism.value.toLowerCase())
    )
      yield wrong(pm, `pm = ondemand needs epoll or kqueue, but events.mechanism is ${mechanism.value}.`, [mechanism]);
  }
  if (style !== 'dynamic') return;
  const low = read('pm.min_spare_servers');
  const high = read('pm.max_spare_servers');
  const start = read('pm.start_servers');
  for (const [key, spare] of [
    ['pm.min_spare_servers', low],
    ['pm.max_spare_servers', high],
  ] as const) {
    if (spare.number === null || spare.number > 0) continue;
    yield wrong(
      spare.at,
      spare.at
        ? `${key} is ${spare.at.value || 'empty'}: with pm = dynamic it must be at least 1.`
        : `Pool "${pool.name}" has pm = dynamic and no ${key}: it must be at least 1.`,
      spare.at || !pm ? [] : [pm],
    );
    return;
  }
  for (const [key, spare] of [
    ['pm.min_spare_servers', low],
    ['pm.max_spare_servers', high],
  ] as const) {
    if (spare.number === null || max.number === null || !spare.at || !max.at || spare.number <= max.number) continue;
    yield wrong(spare.at, `${key} is ${spare.number}, more than pm.max_children (${max.number}).`, [max.at]);
    return;
  }
  if (low.number === null || high.number === null || !low.at || !high.at) return;
  if (high.number < low.number) {
    yield wrong(high.at, `pm.max_spare_servers is ${high.number}, less than pm.min_spare_servers (${low.number}).`, [
      low.at,
    ]);
  } else if (
    start.at &&
    start.number !== null &&
    start.number > 0 &&
    (start.number < low.number || start.number > high.number)
  ) {
    yield wrong(
      start.at,
      `pm.start_servers is ${start.number}: it must lie between pm.min_spare_servers (${low.number}) and pm.max_spare_servers (${high.number}).`,
      [low.at, high.at],
    );
  }
  const rate = read('pm.max_spawn_rate');
  if (rate.at && rate.number !== null && rate.number < 1)
    yield wrong(rate.at, `pm.max_spawn_rate is ${rate.at.value || 'empty'}: it must be at least 1.`);
}

interface Count {
  /** Null where the files do not tell. */
  readonly number: number | null;
  readonly at: Value | undefined;
}

function countOf(at: Value | undefined, whole: boolean): Count {
  if (!at) return { number: whole ? 0 : null, at };
  return { number: isSaid(at) ? toInteger(at.value) : null, at };
}

/** The slow log and the times that go with it. */
function* slowlog(pool: Pool, { whole }: PoolView): Generator<PoolVerdict> {
  const time = pool.get('request_slowlog_timeout');
  const log = pool.get('slowlog');
  const depth = pool.get('request_slowlog_trace_depth');
  const isOn = time && isSaid(time) && toSeconds(time.value) !== 0;
  const needs = isOn ? time : depth && isSaid(depth) && toInteger(depth.value) > 0 ? depth : null;
  if (needs && (log ? log.known && log.value === '' : whole)) {
    yield {
      about: 'slowlog',
      ...placeOf(needs),
      message: `${needs.setting.key} is set, but slowlog is not: there is nowhere to write to. ${REFUSES}`,
    };
    return;
  }
  const end = pool.get('request_terminate_timeout');
  if (!isOn || !end || !isSaid(end) || toSeconds(end.value) === 0 || toSeconds(time.value) <= toSeconds(end.value))
    return;
  yield {
    about: 'slowlog',
    ...placeOf(time),
    message: `request_slowlog_timeout (${time.value}) is longer than request_terminate_timeout (${end.value}). ${REFUSES}`,
    related: [{ ...placeOf(end), message: `Requests end after ${end.value}.` }],
  };
}

const REFUSES = 'php-fpm refuses to start.';

function priority({ value }: Value): string | null {
  const number = toInteger(value);
  // 64 is php-fpm's own mark for "not set".
  return number === 64 || (number >= -19 && number <= 20)
    ? null
    : `process.priority is ${value}: it must lie between -19 and 20.`;
}

/** The files say the value, and no template fills it in. */
export function isSaid({ known, value, setting }: Value): boolean {
  return known && !(isPlaceholder(value) && setting.key !== 'access.format');
}

export function placeOf({ file, setting }: Value): { file: string; span: Span } {
  return { file, span: setting.span };
}

/** The first header of the pool. */
export function headerOf(pool: Pool): { file: string; span: Span } {
  const first = pool.places.find(({ section }) => section.headerSpan.end > section.headerSpan.start) ?? pool.places[0]!;
  return { file: first.file, span: first.section.headerSpan };
}
