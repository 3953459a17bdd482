/** Which values php-fpm takes for a setting: the functions fpm_conf_set_*() of fpm_conf.c, and paths and log formats. */
import { closest } from '../../text/spelling';
import type { FpmDirective } from '../catalogue';
import { toInteger } from '../expression';

export interface WrongValue {
  /** What is accepted, to stand behind `"value" is …`. */
  readonly message: string;
  /** What is likely meant, where that is plain. */
  readonly meant?: string;
}

/** Text that something else fills in before php-fpm reads it: `__MAX__`, `@USER@`, `%max%`, `$MAX`, `<max>`, `{max}`, `|USER|`. */
export function isPlaceholder(text: string): boolean {
  return /\$[A-Za-z_({]|\{[^}]{1,100}\}|<[^>]{1,100}>|\|\w{1,60}\||@\w{1,60}@|__[A-Za-z]|%[A-Za-z_]{1,60}%|#[A-Za-z_]{1,60}#|[A-Z]_[A-Z]/.test(
    text,
  );
}

/** Null where php-fpm takes the value. */
export function checkValue({ name, type }: FpmDirective, value: string): WrongValue | null {
  switch (type) {
    case 'integer':
      return isInteger(value) ? null : { message: 'no whole number: only digits are accepted', ...digits(value) };
    case 'time':
      return checkTime(value);
    case 'boolean':
    case 'boolean-array':
      return YES.includes(value) || NO.includes(value) ? null : wrongBoolean(value);
    case 'core-limit':
      if (value.toLowerCase() === 'unlimited') return null;
      return isInteger(value) && toInteger(value) >= 0 ? null : { message: 'no number of bytes and not "unlimited"' };
    case 'log-level':
      return oneOf(value, LEVELS, 'alert, error, warning, notice or debug');
    case 'syslog-facility':
      return oneOf(
        value,
        FACILITIES,
        'a facility of syslog: daemon, user, local0 to local7 …',
        'no facility of syslog',
      );
    case 'process-manager':
      return oneOf(value, ['static', 'dynamic', 'ondemand'], 'static, dynamic or ondemand');
    default:
      return name === 'env' && value === '' ? { message: 'no value: a variable cannot be empty' } : null;
  }
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** As fpm_conf_set_time() counts: whatever stands between the first digits and the last letter is passed over. */
export function toSeconds(value: string): number {
  const unit = SECONDS[value.slice(-1)];
  return unit === undefined ? toInteger(value) : Math.imul(unit, toInteger(value.slice(0, -1)));
}

/** What a time should look like, for those that php-fpm takes and reads otherwise than meant. */
export function isPlainTime(value: string): boolean {
  return /^-?\d{1,9}\s?[smhd]?$/.test(value);
}

/** `pm.status_path` and `ping.path`. */
export function checkUri(value: string, shortest: number): WrongValue | null {
  if (!value.startsWith('/')) return { message: 'no path: it must start with "/"', meant: `/${value}` };
  if (value.length < shortest) return { message: 'too short: it must be longer than "/"' };
  const bad = /[^A-Za-z0-9/_.~-]/.exec(value);
  return bad ? { message: `no path that php-fpm takes: "${bad[0]}" is not among letters, digits and "/_-.~"` } : null;
}

/** `access.format`, as fpm_log_write() tests it. */
export function checkAccessFormat(value: string): WrongValue | null {
  let modifier = '';
  for (let at = 0; at < value.length; at++) {
    if (value[at] !== '%') continue;
    at++;
    modifier = '';
    if (value[at] === '{') {
      const close = value.indexOf('}', at);
      if (close < 0 || close === value.length - 1) return { message: 'a format that breaks off behind "%{"' };
      // The name is cut as php-fpm cuts it.
      modifier = value.slice(at + 1, close).slice(0, 128);
      at = close + 1;
    }
    const token = value[at];
    if (token === undefined) return null;
    if (token === '{') return null;
    const wrong = checkToken(token, modifier);
    if (wrong) return { message: wrong };
  }
  return null;
}

const MODIFIERS: Readonly<Record<string, readonly string[]>> = {
  C: ['total', 'user', 'system'],
  d: ['seconds', ...['milliseconds', 'milli', 'miliseconds', 'mili'], ...['microseconds', 'micro']],
  M: ['bytes', 'kilobytes', 'kilo', 'megabytes', 'mega'],
};

function checkToken(token: string, modifier: string): string | null {
  if (!/[%CdeflmMnopPqQrRsTtu]/.test(token)) return `a format with "%${token}", which php-fpm does not know`;
  if ('eo'.includes(token)) {
    return modifier === '' ? `a format that names nothing for "%${token}": write %{NAME}${token}` : null;
  }
  const known = MODIFIERS[token];
  if (modifier === '' || token === 't' || token === 'T') return null;
  if (!known) return `a format with "{${modifier}}" before "${token}", which takes no modifier`;
  return known.includes(modifier.toLowerCase())
    ? null
    : `a format with "%{${modifier}}${token}": "${token}" takes ${known.join(', ')}`;
}

export const MECHANISMS = ['epoll', 'kqueue', 'port', 'poll', 'select', '/dev/poll'];

const YES = ['1', 'yes', 'true', 'on'];
const NO = ['', '0', 'no', 'none', 'false', 'off'];
const LEVELS = ['alert', 'error', 'warning', 'warn', 'notice', 'debug'];
const FACILITIES = [
  ...['auth', 'authpriv', 'cron', 'daemon', 'ftp', 'kern', 'lpr', 'mail', 'news', 'syslog', 'user', 'uucp'],
  ...['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'],
];

function isInteger(value: string): boolean {
  return /^-?\d*$/.test(value);
}

function digits(value: string): { readonly meant?: string } {
  const found = /^\+?(\d{1,9})(?:\.0*)?$/.exec(value.trim());
  return found ? { meant: found[1]! } : {};
}

function checkTime(value: string): WrongValue | null {
  if (value !== '' && /[0-9smhd]$/.test(value)) return null;
  const words = /^(\d{1,9})\s{0,3}(s|m|h|d)[a-z]{0,8}\.?$/i.exec(value);
  return {
    message:
      value === ''
        ? 'no time: write a number, with s, m, h or d behind it'
        : 'no time: it must end in a digit, s, m, h or d',
    ...(words ? { meant: `${words[1]}${words[2]!.toLowerCase()}` } : {}),
  };
}

function wrongBoolean(value: string): WrongValue {
  const lower = value.toLowerCase();
  const meant =
    YES.includes(lower) || /^(?:y|t|enabled?|active)$/.test(lower)
      ? 'yes'
      : NO.includes(lower) || /^(?:n|f|disabled?|inactive)$/.test(lower)
        ? 'no'
        : null;
  return {
    message: 'neither yes nor no (on, off, true, false, 1 and 0 are accepted too)',
    ...(meant ? { meant } : {}),
  };
}

function oneOf(value: string, words: readonly string[], accepted: string, not = `not ${accepted}`): WrongValue | null {
  if (words.includes(value.toLowerCase())) return null;
  const meant = closest(value, words);
  return { message: not, ...(meant ? { meant } : {}) };
}
