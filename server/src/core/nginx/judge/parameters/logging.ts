/** `access_log`, `error_log`, `log_format`. */
import { closest } from '../../../text/spelling';
import type { Directive, Word } from '../../tree';
import { isSize, isTime } from '../values';
import { hostProblem, readUrl } from './address';
import {
  bytes,
  type Check,
  checkVariables,
  first,
  integer,
  isUnknown,
  noParameter,
  refuse,
  replaceWord,
  shown,
  type Wrong,
} from './check';

const PARAMETERS = ['buffer=SIZE', 'flush=TIME', 'gzip', 'gzip=LEVEL', 'if=CONDITION'];

export const checkAccessLog: Check = (directive, _setting, { type }) => {
  const [target, format, ...parameters] = directive.args;
  if (!target || isUnknown(target)) return null;
  if (target.value === 'off') {
    return format && !isUnknown(format) ? noParameter(directive, format, [], 'nothing follows off') : null;
  }
  const isSyslog = target.value.startsWith('syslog:');
  const wrong = isSyslog ? checkSyslog(target) : checkVariables(target);
  if (wrong) return wrong;
  if (!format) {
    return type === 'stream'
      ? refuse(target, 'The name of a log_format must follow: access_log in stream has none of its own')
      : null;
  }
  return (
    first(parameters, (word) => checkAccessParameter(directive, word)) ?? checkBuffer(directive, target, parameters)
  );
};

function checkAccessParameter(directive: Directive, word: Word): Wrong | null {
  if (isUnknown(word)) return null;
  const { value } = word;
  if (value === 'gzip') return null;
  const [, key, rest] = /^(buffer|flush|gzip|if)=([\s\S]*)$/.exec(value) ?? [];
  const refused = (accepts: string): Wrong =>
    refuse(word, `${shown(rest!)} is no value for the parameter ${key} of access_log: write ${accepts}`);
  switch (key) {
    case 'buffer':
      return isSize(rest!, 'km') && /[1-9]/.test(rest!) ? null : refused('a size such as 32k');
    case 'flush':
      return isTime(rest!, false) && /[1-9]/.test(rest!) ? null : refused('a time such as 5s');
    case 'gzip':
      return /^0*[1-9]$/.test(rest!) ? null : refused('a level from 1 to 9');
    case 'if':
      return checkVariables(word, 3);
    default:
      return noParameter(directive, word, PARAMETERS);
  }
}

function checkBuffer(directive: Directive, target: Word, parameters: readonly Word[]): Wrong | null {
  if (parameters.some(isUnknown)) return null;
  const flush = parameters.find(({ value }) => value.startsWith('flush='));
  const buffered = parameters.find(({ value }) => value.startsWith('buffer=') || /^gzip(?:=|$)/.test(value));
  if (flush && !buffered) {
    return refuse(flush, '"flush" needs a buffer to write out: add buffer=32k');
  }
  if (!buffered) return null;
  if (target.value.startsWith('syslog:')) return refuse(buffered, 'What goes to syslog cannot be buffered');
  return target.value.includes('$')
    ? refuse(
        buffered,
        `A log with variables in its name cannot be buffered: ${directive.called} opens it anew for each line`,
      )
    : null;
}

const LEVELS = ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg'];
const DEBUG = new Set(['core', 'alloc', 'mutex', 'event', 'http', 'mail', 'stream'].map((part) => `debug_${part}`));

export const checkErrorLog: Check = ({ args }) => {
  const [target, ...levels] = args;
  if (!target || isUnknown(target)) return null;
  if (target.value.startsWith('syslog:')) {
    const wrong = checkSyslog(target);
    if (wrong) return wrong;
  } else if (target.value.startsWith('memory:')) {
    const size = target.value.slice(7);
    if (!isSize(size, 'km')) return refuse(target, `${shown(size)} is no size of a buffer: write memory:32m`);
    // One message alone takes 2048 bytes.
    if (bytes(size) < 2100) return refuse(target, `A buffer of ${shown(size)} holds no message: write memory:32m`);
  }
  let seen: Word | null = null;
  for (const word of levels) {
    if (isUnknown(word)) return null;
    const isDebug = DEBUG.has(word.value);
    if (!isDebug && !LEVELS.includes(word.value)) {
      const meant =
        { warning: 'warn', err: 'error', critical: 'crit', emergency: 'emerg' }[word.value] ??
        closest(word.value, LEVELS);
      return refuse(
        word,
        `${shown(word.value)} is no level of error_log: ${LEVELS.join(', ')}`,
        meant ? replaceWord(word, meant) : undefined,
      );
    }
    if (seen && !(isDebug && DEBUG.has(seen.value))) {
      return refuse(word, `error_log takes one level, and has ${shown(seen.value)} already`);
    }
    seen = word;
  }
  return null;
};

const FACILITIES = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'intern', 'lpr', 'news', 'uucp', 'clock', 'authpriv', 'ftp', 'ntp'],
  ...['audit', 'alert', 'cron', 'local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'],
];
const SYSLOG = ['server=ADDRESS', 'facility=local7', 'severity=info', 'tag=nginx', 'nohostname'];

/** `syslog:server=127.0.0.1,tag=nginx`. */
function checkSyslog(word: Word): Wrong | null {
  const keys = new Set<string>();
  for (const part of word.value.slice('syslog:'.length).split(',')) {
    const [, key = part, value = ''] = /^([a-z]+)=([\s\S]*)$/.exec(part) ?? [];
    const refused = (problem: string): Wrong => refuse(word, `${shown(part)} is wrong for syslog: ${problem}`);
    if (!SYSLOG.some((each) => (part === key ? each === key : each.startsWith(`${key}=`)))) {
      return refuse(
        word,
        `${shown(part)} is no parameter of syslog: ${SYSLOG.join(', ')}, with commas and without blanks between`,
      );
    }
    if (keys.has(key) && key !== 'nohostname') return refused(`${key} stands twice`);
    keys.add(key);
    if (key === 'server') {
      const url = readUrl(value);
      const problem = typeof url === 'string' ? url : url.kind === 'tcp' ? hostProblem(url.host) : null;
      if (problem) return refused(problem);
    } else if (key === 'facility' && !FACILITIES.includes(value)) {
      return refused(`the facilities are ${FACILITIES.join(', ')}`);
    } else if (key === 'severity' && !LEVELS.includes(value)) {
      return refused(`the severities are ${LEVELS.join(', ')}`);
    } else if (key === 'tag' && !/^\w{0,32}$/.test(value)) {
      return refused('a tag is at most 32 letters, digits and "_"');
    }
  }
  return keys.has('server') ? null : refuse(word, 'The server is missing: write syslog:server=127.0.0.1');
}

export const checkLogFormat: Check = ({ args }) => {
  const [, escaping, ...rest] = args;
  if (!escaping) return null;
  if (escaping.value.startsWith('escape=') && !isUnknown(escaping)) {
    const way = escaping.value.slice(7);
    if (!['default', 'json', 'none'].includes(way)) {
      const meant = closest(way, ['default', 'json', 'none']);
      return refuse(
        escaping,
        `${shown(way)} is no way to escape: write escape=default, escape=json or escape=none`,
        meant ? replaceWord(escaping, `escape=${meant}`) : undefined,
      );
    }
    return first(rest, (word) => checkVariables(word));
  }
  return first([escaping, ...rest], (word) => checkVariables(word));
};

const OPEN_LOG = ['max=N', 'inactive=TIME', 'valid=TIME', 'min_uses=N', 'off'];

/** `open_log_file_cache`, `open_file_cache` and the caches of certificates, which take some of the same words. */
export function fileCache(accepted: readonly string[] = OPEN_LOG): Check {
  return (directive) => {
    let max = false;
    for (const word of directive.args) {
      if (isUnknown(word)) return null;
      if (word.value === 'off') return checkRest(directive, accepted);
      const wrong = checkCacheParameter(directive, word, accepted);
      if (wrong) return wrong;
      if (/^max=0*[1-9]/.test(word.value)) max = true;
    }
    return max ? null : refuse(directive.args[0]!, `${directive.called} must have a "max" above 0: write max=1000`);
  };
}

/** Beside `off` no "max" is asked for. */
function checkRest(directive: Directive, accepted: readonly string[]): Wrong | null {
  return first(directive.args, (word) =>
    word.value === 'off' || isUnknown(word) ? null : checkCacheParameter(directive, word, accepted),
  );
}

function checkCacheParameter(directive: Directive, word: Word, accepted: readonly string[]): Wrong | null {
  const [, key, value] = /^(\w+)=([\s\S]*)$/.exec(word.value) ?? [];
  if (key === undefined || !accepted.some((each) => each.startsWith(`${key}=`))) {
    return noParameter(directive, word, accepted);
  }
  const isNumber = key === 'max' || key === 'min_uses';
  if (isNumber ? integer(value!) !== null : isTime(value!, true)) return null;
  return refuse(
    word,
    `${shown(value!)} is no value for the parameter ${key} of ${directive.called}: write ${isNumber ? 'a whole number' : 'a time such as 60s'}`,
  );
}
