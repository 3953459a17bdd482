/** Takes apart lines of the access log: combined and its many extensions, Nginx Proxy Manager's, JSON, LTSV, key=value. */
import type { Span } from '../text/span';
import { unescaped } from './unwrap';

export interface Value {
  readonly text: string;
  readonly span: Span;
}
type Key =
  | 'status'
  | 'bytes'
  | 'requestTime'
  | 'upstream'
  | 'upstreamStatus'
  | 'connectTime'
  | 'headerTime'
  | 'responseTime'
  | 'length'
  | 'time'
  | 'client'
  | 'request'
  | 'method'
  | 'uri'
  | 'protocol'
  | 'host'
  | 'server'
  | 'referrer';
export type Values = Partial<Record<Key, Value>>;

const TIME_LOCAL = /\[(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d)(?: [+-]\d{4})?\] /;
const HEAD = 2000;

/** Does an access-log line begin here, and where? For telling it from error entries that it quotes. */
export function accessStart(text: string): number {
  const head = text.slice(0, HEAD);
  const time = TIME_LOCAL.exec(head);
  return time && /^(?:"|- (?:\d{3}|-) |\d{3} |- {1,2}")/.test(head.slice(time.index + time[0].length))
    ? time.index
    : -1;
}

/** The values of a line, where it is of the access log. */
export function accessValues(text: string): Values | null {
  return combined(text) ?? pairs(text);
}

/** `a, b : c`: several servers, and after ` : ` those of the next upstream that an internal redirect led to. */
export function listOf(text: string): string[] {
  return text.split(/, ?| : /).slice(0, 100);
}

function combined(text: string): Values | null {
  const head = text.slice(0, HEAD);
  const time = TIME_LOCAL.exec(head);
  if (!time) return null;
  const at = time.index + time[0].length;
  const stamp = valueAt(text, time.index + 1, time.index + 1 + time[1]!.length);
  return proxyManager(text, at, stamp) ?? quoted(text, time.index, at, stamp);
}

/** `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"` and what people add. */
function quoted(text: string, start: number, after: number, time: Value): Values | null {
  const before = text.slice(Math.max(0, start - 400), start);
  const who = /(\S{1,100}) \S{1,100} \S{0,200} $/.exec(before);
  const word = who?.[1] ?? '';
  // grep puts the file's name in front, and perhaps the number of the line.
  const client = isAddress(word) ? word : (/:((?:\d{1,3}\.){3}\d{1,3})$/.exec(word)?.[1] ?? '');
  if (!who || client === '') return null;
  const open = text.startsWith('"', after) ? after : -1;
  const close = open < 0 ? -1 : text.indexOf('"', open + 1);
  const [, status, bytes] =
    close < 0 ? [] : (/^ (\d{3})(?: (\d{1,15}|-))?(?![\w.])/.exec(text.slice(close + 1, close + 24)) ?? []);
  if (status === undefined) return null;
  const clientAt = start - before.length + who.index + word.length - client.length;
  const statusAt = close + 2;
  const values: Values = {
    time,
    client: valueAt(text, clientAt, clientAt + client.length),
    request: valueAt(text, open + 1, close),
    status: valueAt(text, statusAt, statusAt + 3),
    ...(bytes === undefined ? {} : { bytes: valueAt(text, statusAt + 4, statusAt + 4 + bytes.length) }),
  };
  let rest = statusAt + 3 + (bytes === undefined ? 0 : bytes.length + 1);
  // A virtual host in front, as nginx-proxy and Apache's vhost_combined write it.
  const vhost = / ?([\w.-]{1,200}(?::\d{1,5})?) $/.exec(text.slice(Math.max(0, clientAt - 220), clientAt));
  if (vhost?.[1]?.includes('.') && !isAddress(vhost[1])) {
    values.host = valueAt(text, clientAt - 1 - vhost[1].length, clientAt - 1);
  }
  const names: readonly (Key | null)[] = ['referrer', null];
  for (const name of names) {
    if (!text.startsWith(' "', rest)) break;
    const end = text.indexOf('"', rest + 2);
    if (end < 0) break;
    if (name) values[name] = valueAt(text, rest + 2, end);
    rest = end + 1;
  }
  return { ...positional(text, rest), ...namedIn(text, rest), ...values };
}

/** `[time] - 502 502 - GET https example.com "/path" [Client 10.0.0.1] [Length 150] [Gzip -] [Sent-to app] "agent" "referrer"`. */
function proxyManager(text: string, at: number, time: Value): Values | null {
  const rest = text.slice(at, at + HEAD);
  const found =
    /^(?:\S{1,20} (\d{3}|-) )?(\d{3}) - ([A-Z]{3,12}) (https?) (\S{1,255}) "([^"]*)" \[Client ([0-9A-Fa-f.:]{3,60})\](?: \[Length (\d{1,15}|-)\])?/d.exec(
      rest,
    );
  if (!found?.indices) return null;
  const group = (i: number): Value | undefined => {
    const place = found.indices![i];
    return place && valueAt(text, at + place[0], at + place[1]);
  };
  const values: Values = { time };
  const keys: readonly (readonly [Key, number])[] = [
    ['upstreamStatus', 1],
    ['status', 2],
    ['method', 3],
    ['host', 5],
    ['uri', 6],
    ['client', 7],
    ['bytes', 8],
  ];
  for (const [key, i] of keys) {
    const value = group(i);
    if (value) values[key] = value;
  }
  return values;
}

const ADDRESS_LIST = /^(?:unix:\/\S+|\[[0-9A-Fa-f:.]+\]:\d{1,5}|[\w.-]{1,253}:\d{1,5})$/;

/** Unnamed values behind the quoted ones: told by their looks, which the order of ingress-nginx and of most others agrees with. */
function positional(text: string, from: number): Values {
  const words: Value[] = [];
  const pattern = /"([^"]*)"|\[[^\]]{0,300}\]|[^\s"[\]]+/g;
  pattern.lastIndex = from;
  for (let found = pattern.exec(text); found && words.length < 60; found = pattern.exec(text)) {
    const isQuoted = found[1] !== undefined;
    const start = found.index + (isQuoted ? 1 : 0);
    const word = valueAt(text, start, start + (isQuoted ? found[1]!.length : found[0].length));
    const last = words[words.length - 1];
    const isList = last && !isQuoted && (/,$/.test(last.text) || word.text === ':' || last.text.endsWith(' :'));
    if (isList) words[words.length - 1] = valueAt(text, last.span.start, word.span.end);
    else words.push(word);
  }
  const values: Values = {};
  const isTimes = (value: Value): boolean =>
    listOf(value.text).every((each) => /^(?:\d{1,9}\.\d{3}|-)$/.test(each)) && /\d/.test(value.text);
  const isStatuses = (value: Value): boolean =>
    listOf(value.text).every((each) => /^(?:[1-5]\d\d|-)$/.test(each)) && /\d/.test(value.text);
  const address = words.findIndex(({ text }) => listOf(text).every((each) => ADDRESS_LIST.test(each)));
  const times = words.flatMap((word, i) => (isTimes(word) ? [i] : []));
  if (address >= 0) {
    values.upstream = words[address]!;
    const status = words.slice(address + 1, address + 5).findLast(isStatuses);
    if (status) values.upstreamStatus = status;
    const response = times.find((i) => i > address);
    if (response !== undefined) values.responseTime = words[response]!;
    if (response === address + 2) values.length = words[address + 1]!;
    const request = times.find((i) => i < address);
    if (request !== undefined) values.requestTime = words[request]!;
  } else {
    if (times[0] !== undefined) values.requestTime = words[times[0]]!;
    if (times[1] !== undefined) values.responseTime = words[times[1]]!;
  }
  return values;
}

/** Names that people give to nginx's variables, without case, `_`, `-`, `.` and `$`. */
const NAMES = new Map<string, Key>(
  Object.entries({
    status: 'status statuscode httpstatus responsestatus responsecode responsestatuscode httpresponsestatuscode',
    bytes: 'bytes bodybytessent bytessent bodybytes size httpresponsebodybytes',
    requestTime: 'requesttime rt reqtime duration durationseconds',
    upstream: 'upstream upstreamaddr upstreamaddress upstreamhost uaddr ua backend',
    upstreamStatus: 'upstreamstatus upstreamstatuscode ustatus us',
    connectTime: 'upstreamconnecttime upstreamconnect uct',
    headerTime: 'upstreamheadertime upstreamheader uht',
    responseTime: 'upstreamresponsetime upstreamresponse upstreamtime upstreamrt urt uprt',
    length: 'upstreamresponselength upstreambytesreceived',
    time: 'time timelocal timeiso8601 timestamp @timestamp ts msec datetime date',
    client:
      'client remoteaddr clientip clientaddress remoteip remotehost remote ip realip sourceip sourceaddress httprequestremoteip',
    request: 'request requestline req',
    method: 'method requestmethod httpmethod verb httprequestmethod httprequestrequestmethod',
    uri: 'uri requesturi requestpath path url urloriginal urlpath httprequestrequesturl',
    protocol: 'protocol serverprotocol httprequestprotocol',
    host: 'host httphost vhost requesthost domain urldomain',
    server: 'servername',
    referrer: 'referrer referer httpreferer httpreferrer httprequestreferrer',
  } satisfies Record<Key, string>).flatMap(([key, names]) =>
    names.split(' ').map((name) => [name, key as Key] as const),
  ),
);

/** Objects that group the keys of an access line in one word more. */
const GROUPS = new Set([
  'http',
  'request',
  'response',
  'url',
  'upstream',
  'httprequest',
  'client',
  'source',
  'remote',
  'body',
]);

function keyOf(name: string): Key | null {
  return NAMES.get(name.toLowerCase().replace(/[^a-z0-9@]/g, '')) ?? null;
}

/** A JSON object or key=value line: nothing else has a status, a request and something that only a proxy knows. */
function pairs(text: string): Values | null {
  const json = text.indexOf('{');
  const values =
    json >= 0 && /^\{\s{0,100}"/.test(text.slice(json, json + 110)) ? jsonIn(text, json) : namedIn(text, 0);
  const isRequest = values.request
    ? /^[A-Z_-]{3,20} \S/.test(values.request.text)
    : values.method !== undefined && values.uri !== undefined;
  const isServed = values.client !== undefined || values.upstream !== undefined || values.upstreamStatus !== undefined;
  return values.status && isRequest && isServed ? values : null;
}

/** Key and value pairs of JSON at any depth; the names of objects count as the beginning of their keys' names. */
function jsonIn(text: string, from: number): Values {
  const values: Values = {};
  const path: string[] = [];
  const pattern = /"((?:[^"\\]|\\.)*)(?:"|\\?$)(\s{0,20}:)?|(-?\d[\d.eE+-]{0,40}|true|false|null)|([{}[\],])/g;
  pattern.lastIndex = from;
  let key: string | null = null;
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    const [, string, colon, bare, mark] = found;
    if (mark === '{' || mark === '[') {
      if (path.length < 32) path.push(mark === '{' && key !== null ? key : '');
      key = null;
    } else if (mark === '}' || mark === ']') path.pop();
    else if (mark === ',') key = null;
    else if (string !== undefined && colon !== undefined) key = string;
    else if (key !== null) {
      const start = found.index + (string === undefined ? 0 : 1);
      const raw = valueAt(text, start, start + (string ?? bare ?? '').length);
      const value = { ...raw, text: unescaped(raw.text) };
      const groups = path.filter((name) => GROUPS.has(name.toLowerCase()));
      const name =
        keyOf([...groups, key].join('')) ??
        (groups.length > 0 ? keyOf([groups.at(-1), key].join('')) : null) ??
        keyOf(key);
      if (name === 'upstream' && !isUpstreamList(value.text)) continue;
      if (name && !values[name] && bare !== 'null') values[name] = value;
      key = null;
    }
  }
  return values;
}

/** `urt="0.000, 0.001"`, `upstream_status=502`, LTSV's `status:502`. */
function namedIn(text: string, from: number): Values {
  const values: Values = {};
  const pattern = /(?<![\w$./-])\$?([A-Za-z@][\w.-]{1,40})(?:=|:(?=\S))/g;
  pattern.lastIndex = from;
  for (let found = pattern.exec(text), count = 0; found && count < 200; found = pattern.exec(text), count++) {
    const name = keyOf(found[1]!);
    if (!name || values[name]) continue;
    const value = valueFrom(text, pattern.lastIndex);
    if (name === 'upstream' && !isUpstreamList(value.text)) continue;
    values[name] = value;
    pattern.lastIndex = value.span.end;
  }
  return values;
}

/** Quoted, up to the tab of LTSV, or a word; `a, b` and `a : b` are one value unless the next word has a name of its own. */
function valueFrom(text: string, start: number): Value {
  const quote = text[start];
  if (quote === '"' || quote === "'") {
    const end = text.indexOf(quote, start + 1);
    return valueAt(text, start + 1, end < 0 ? text.length : end);
  }
  const tab = text.slice(start, start + 2000).indexOf('\t');
  if (tab >= 0) return valueAt(text, start, start + tab);
  const word = /[^\s",;\]|]{1,1000}/y;
  let at = start;
  let end = start;
  for (let words = 0; words < 20; words++) {
    word.lastIndex = at;
    const found = word.exec(text)?.[0];
    if (found === undefined || (words > 0 && (found.includes('=') || !/^[\d.:-]/.test(found)))) break;
    end = at + found.length;
    const gap = GAPS.find((each) => text.startsWith(each, end));
    if (gap === undefined) break;
    at = end + gap.length;
  }
  return valueAt(text, start, end);
}

const GAPS = [', ', ',', ' : '];

function isUpstreamList(text: string): boolean {
  return listOf(text).every((each) => /^(?:unix:\/\S+|[\w.:[\]-]+)$/.test(each) && !/^\d+\.\d+$/.test(each));
}

function valueAt(text: string, start: number, end: number): Value {
  return { text: text.slice(start, end), span: { start, end } };
}

function isAddress(word: string): boolean {
  return word === 'unix:' || (/^[0-9A-Fa-f.:]{3,60}$/.test(word) && /[.:]/.test(word));
}
