/** The `upstream` block: `server` and the ways to balance. */
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
  knows,
  noParameter,
  refuse,
  shown,
  tooNew,
  type Wrong,
  zoneProblem,
} from './check';

const PARAMETERS = ['weight=N', 'max_fails=N', 'fail_timeout=TIME', 'max_conns=N', 'backup', 'down', 'resolve'];
const SINCE: Readonly<Record<string, string>> = { resolve: '1.27.3', service: '1.27.3' };
/** Of NGINX Plus, and the newest releases know some of them: certain only where the version is told. */
const PLUS = new Set(['slow_start', 'route', 'drain']);

/** What nearly every line is: an address, and one word at most that can stand behind any. */
function isOrdinary({ values }: Directive): boolean {
  const [, address, word] = values;
  if (address === undefined || values.length > 3 || address.length > 100) return false;
  if (!ORDINARY.test(address) || DOUBTFUL.test(address)) return false;
  return word === undefined || word === 'backup' || word === 'down';
}

export const checkServer: Check = (directive, setting) => {
  if (setting.context !== 'upstream' && setting.context !== 'stream-upstream') return null;
  if (isOrdinary(directive)) return null;
  const [address, ...parameters] = directive.args;
  if (!address) return null;
  const wrong = first(parameters, (word) => {
    if (isUnknown(word)) return null;
    const [key, value] = split(word);
    const refused = (accepts: string): Wrong =>
      refuse(word, `${shown(value ?? '')} is no value for the parameter ${key} of server: write ${accepts}`);
    if (value === null ? key === 'backup' || key === 'down' : false) return null;
    switch (value === null ? '' : key) {
      case 'weight':
        return integer(value!) ? null : refused('a whole number above 0');
      case 'max_fails':
      case 'max_conns':
        return integer(value!) === null ? refused('a whole number') : null;
      case 'fail_timeout':
        return isTime(value!, true) ? null : refused('a time such as 10s');
    }
    const since = (value === null) === (key === 'resolve') ? SINCE[key] : undefined;
    if (since) return knows(setting, since) ? null : tooNew(word, since, setting);
    if (PLUS.has(key) && knows(setting, '1.29.6')) return null;
    return noParameter(directive, word, PARAMETERS);
  });
  return wrong ?? checkAddress(address, setting.context === 'stream-upstream');
};

/** An IPv4 address or a name, and a port, or a socket; `DOUBTFUL`: of these, what must be looked at more closely. */
const ORDINARY = /^(?:\d+\.\d+\.\d+\.\d+|[A-Za-z][\w.-]*):[1-9]\d*$|^unix:\/[\w./-]+$/;
const DOUBTFUL = /(?:[3-9]\d\d|2[6-9]\d|25[6-9]|\d{4})[.:]|\.\.|:\d{5}/;

function checkAddress(word: Word, needsPort: boolean): Wrong | null {
  if (isUnknown(word) || word.value.includes('${')) return null;
  const url = readUrl(word.value);
  const problem =
    typeof url === 'string'
      ? url
      : url.kind === 'unix'
        ? null
        : (hostProblem(url.host) ?? (needsPort && url.port === null ? 'its port is missing' : null));
  if (problem === null) return null;
  const [, scheme, rest] = /^(https?:\/\/)([^/?]+)\/?$/i.exec(word.value) ?? [];
  return refuse(
    word,
    `${shown(word.value)} is no address of a server, ${problem}: write 127.0.0.1:8080, app.example.com:8080 or unix:/run/app.sock`,
    scheme && rest && !word.quote
      ? { title: `Write ${rest}`, span: { start: word.start, end: word.end }, newText: rest }
      : word.value.startsWith('/') && !word.quote
        ? { title: `Write unix:${word.value}`, span: { start: word.start, end: word.start }, newText: 'unix:' }
        : undefined,
  );
}

function split({ value }: Word): [string, string | null] {
  const equals = value.indexOf('=');
  return equals < 0 ? [value, null] : [value.slice(0, equals), value.slice(equals + 1)];
}

export const checkUpstreamHash: Check = (directive) => {
  const [key, how] = directive.args;
  if (how && !isUnknown(how) && how.value !== 'consistent') return noParameter(directive, how, ['consistent']);
  return key ? checkVariables(key) : null;
};

export const checkRandom: Check = (directive, setting) => {
  const [two, method] = directive.args;
  if (two && !isUnknown(two) && two.value !== 'two') return noParameter(directive, two, ['two']);
  if (!method || isUnknown(method) || method.value === 'least_conn') return null;
  // NGINX Plus.
  if (setting.version === null && method.value.startsWith('least_time')) return null;
  return noParameter(directive, method, ['least_conn']);
};

export const checkUpstreamKeepalive: Check = (directive, setting) => {
  const [count, local] = directive.args;
  if (count && !isUnknown(count)) {
    const number = integer(count.value);
    if (number === null || (number === 0 && setting.version !== null && !knows(setting, '1.29.7'))) {
      return refuse(count, `${shown(count.value)} is no value for keepalive: write a whole number above 0`);
    }
  }
  return local && !isUnknown(local) && local.value !== 'local' ? noParameter(directive, local, ['local']) : null;
};

export const checkUpstreamZone: Check = (directive) => {
  const [name, size] = directive.args;
  if (name?.value === '') return refuse(name, 'The zone needs a name: write zone app 64k');
  if (!size || isUnknown(size)) return null;
  if (!isSize(size.value, 'km')) return refuse(size, `${shown(size.value)} is no size: write 64k or 1m`);
  return bytes(size.value) < 8 * 4096
    ? refuse(size, `${shown(size.value)} is too small for a zone: at least 32k`)
    : null;
};

const COOKIE = ['expires=TIME', 'domain=NAME', 'path=PATH', 'httponly', 'secure', 'samesite=strict|lax|none'];

/** In open source since 1.29; before that of NGINX Plus. */
export const checkSticky: Check = (directive) => {
  const [how, ...rest] = directive.args;
  if (!how || isUnknown(how)) return null;
  switch (how.value) {
    case 'cookie':
      return first(rest.slice(1), (word) => {
        const [key, value] = split(word);
        if (isUnknown(word)) return null;
        if (!COOKIE.some((each) => (value === null ? each === key : each.startsWith(`${key}=`)))) {
          return noParameter(directive, word, COOKIE);
        }
        return key === 'expires' && value !== 'max' && !isTime(value!, true)
          ? refuse(
              word,
              `${shown(value!)} is no value for the parameter expires of sticky: write a time such as 1h, or max`,
            )
          : null;
      });
    case 'route':
      return first(rest, (word) =>
        word.value.startsWith('$') || isUnknown(word)
          ? null
          : refuse(word, `${shown(word.value)} is no variable: sticky route takes variables such as $cookie_route`),
      );
    case 'learn':
      return first(rest, (word) => {
        const [key, value] = split(word);
        if (isUnknown(word) || key !== 'zone' || value === null) return null;
        const problem = zoneProblem(value, 8);
        return problem === null ? null : refuse(word, `${shown(word.value)} is no zone for sticky learn: ${problem}`);
      });
    default:
      return noParameter(directive, how, ['cookie', 'route', 'learn']);
  }
};
