/** `listen` of http, stream and mail. */
import type { Directive, Word } from '../../tree';
import { isSize, isTime } from '../values';
import { hostProblem, readUrl, type Url } from './address';
import {
  type Check,
  first,
  integer,
  isUnknown,
  knows,
  noParameter,
  refuse,
  type Setting,
  shown,
  tooNew,
  type Wrong,
} from './check';

const SOCKET = ['bind', 'backlog=N', 'rcvbuf=SIZE', 'sndbuf=SIZE', 'ipv6only=on|off', 'so_keepalive=on|off|30m::10'];
const TCP = ['reuseport', 'deferred', 'fastopen=N', 'setfib=N', 'accept_filter=NAME'];

const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  http: ['default_server', 'ssl', 'http2', 'quic', 'proxy_protocol', ...SOCKET, ...TCP, 'multipath', 'default'],
  stream: ['ssl', 'udp', 'proxy_protocol', ...SOCKET, ...TCP, 'default_server', 'multipath'],
  mail: ['ssl', 'proxy_protocol', ...SOCKET, 'multipath'],
};

/** Before these versions nginx refuses the parameter. */
const SINCE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  http: { quic: '1.25.0', multipath: '1.29.7' },
  stream: {
    default_server: '1.25.5',
    deferred: '1.25.5',
    setfib: '1.25.5',
    accept_filter: '1.25.5',
    multipath: '1.29.7',
  },
  mail: { multipath: '1.29.7' },
};

export const checkListen: Check = (directive, setting, { type }) => {
  const [address, ...parameters] = directive.args;
  if (!address) return null;
  return (
    checkAddress(address) ??
    first(parameters, (word) => checkParameter(directive, word, type, setting)) ??
    checkTogether(parameters, type)
  );
};

function checkAddress(word: Word): Wrong | null {
  // nginx knows no variables here: "${port}" is a template's, "$port" more likely a mistake.
  if (isUnknown(word) || word.value.includes('${')) return null;
  const url = readUrl(word.value, { listen: true });
  const problem = typeof url === 'string' ? url : url.kind === 'tcp' ? (hostProblem(url.host) ?? slip(url)) : null;
  if (problem === null) return null;
  return refuse(
    word,
    `${shown(word.value)} is nothing to listen on, ${problem}: write 80, 127.0.0.1:8080, [::]:80 or unix:/run/nginx.sock`,
  );
}

/** Names that only a slip makes: nginx would ask a name server for them. */
function slip({ host, port }: Url): string | null {
  if (port !== null) return null;
  if (PARAMETERS.http!.includes(host) || host === 'udp')
    return `"${host}" is a parameter, and the port is missing before it`;
  return /^\d+[a-z-]?\d*$/i.test(host) && !/^\d+$/.test(host) ? 'the port is no number' : null;
}

function checkParameter(directive: Directive, word: Word, type: string, setting: Setting): Wrong | null {
  if (isUnknown(word)) return null;
  const accepted = PARAMETERS[type] ?? PARAMETERS.http!;
  const equals = word.value.indexOf('=');
  const key = equals < 0 ? word.value : word.value.slice(0, equals);
  if (!accepted.some((each) => (equals < 0 ? each === key : each.startsWith(`${key}=`)))) {
    return noParameter(directive, word, accepted, type === 'http' ? accepted.slice(0, -1).join(', ') : '');
  }
  const since = SINCE[type]?.[key];
  if (since && !knows(setting, since)) return tooNew(word, since, setting);
  const value = word.value.slice(equals + 1);
  const wrong = (accepts: string): Wrong =>
    refuse(word, `${shown(value)} is no value for the parameter ${key} of listen: write ${accepts}`);
  switch (equals < 0 ? '' : key) {
    case 'backlog':
      return integer(value) ? null : wrong('a whole number above 0');
    case 'fastopen':
    case 'setfib':
      return integer(value) === null ? wrong('a whole number') : null;
    case 'rcvbuf':
    case 'sndbuf':
      return isSize(value, 'km') ? null : wrong('a size such as 64k');
    case 'ipv6only':
      return value === 'on' || value === 'off' ? null : wrong('on or off');
    case 'so_keepalive':
      return isKeepalive(value) ? null : wrong('on, off or idle:interval:count such as 30m::10');
    default:
      return null;
  }
}

function isKeepalive(value: string): boolean {
  if (value === 'on' || value === 'off') return true;
  const [, idle, interval = '', count = ''] = /^([^:]*)(?::([^:]*)(?::([\s\S]*))?)?$/.exec(value) ?? [];
  if (idle === undefined) return false;
  if ((idle !== '' && !isTime(idle, true)) || (interval !== '' && !isTime(interval, true))) return false;
  if (count !== '' && integer(count) === null) return false;
  return /[1-9]/.test(idle + interval + count);
}

/** Datagrams have none of what these ask for. */
function checkTogether(parameters: readonly Word[], type: string): Wrong | null {
  const datagram = parameters.find(({ value }) => value === (type === 'stream' ? 'udp' : 'quic'));
  if (!datagram || type === 'mail') return null;
  const barred =
    type === 'stream'
      ? /^(?:ssl|proxy_protocol|(?:backlog|so_keepalive|fastopen)=[\s\S]*)$/
      : /^(?:ssl|http2|proxy_protocol|so_keepalive=[\s\S]*)$/;
  const word = parameters.find(({ value }) => barred.test(value));
  if (!word) return null;
  const name = word.value.split('=')[0]!;
  return refuse(
    word,
    `"${name}" and "${datagram.value}" exclude each other in one listen: give each a listen of its own`,
  );
}
