/** Reads lines of the access log about requests that ended as a gateway error. */
import { accessValues, listOf, type Value, type Values } from './access-formats';
import { NO_RECORD } from './read';
import type { Field, LogRecord } from './record';

/** One attempt at an upstream server; what the format does not have is null. */
export interface Try {
  /** `127.0.0.1:9000`, `unix:/run/x.sock`, or the name of a group where no server of it was left. */
  readonly addr: string | null;
  readonly status: number | null;
  /** Seconds; null also where nginx wrote `-`: it never came so far. */
  readonly connectTime: number | null;
  readonly headerTime: number | null;
  readonly responseTime: number | null;
  /** Bytes of its answer: more than none when the status is its own. */
  readonly length: number | null;
}

export interface Access {
  readonly status: number;
  /** Of the body. */
  readonly bytes: number | null;
  /** Seconds. */
  readonly requestTime: number | null;
  readonly tries: readonly Try[];
  /** What the format has at all: a dash in it says something, a missing field does not. */
  readonly has: {
    readonly upstream: boolean;
    readonly connectTime: boolean;
    readonly headerTime: boolean;
  };
}

/** What the client of a gateway error finds in `$status`. */
const GATEWAY = new Set([499, 500, 502, 503, 504]);
const SAYS_STATUS = /(?<!\d)(?:499|50[0234])(?!\d)/;

const LONGEST = 32 * 1024;

/** Null when the text is no access-log line, or its request ended well. */
export function readAccess(whole: string): LogRecord | null {
  if (!SAYS_STATUS.test(whole)) return null;
  const text = whole.length > LONGEST ? whole.slice(0, LONGEST) : whole;
  const values = accessValues(text);
  if (!values) return null;
  const status = Number(values.status?.text);
  if (!GATEWAY.has(status)) return null;
  const access = accessOf(status, values);
  if (status === 500 && !isOwn500(access)) return null;
  const request = requestOf(values);
  const time = values.time ? timeOf(values.time.text) : null;
  const upstream = access.tries.findLast(({ addr }) => addr !== null)?.addr ?? null;
  const given = (value: Value | undefined): string | null => (value && !isDash(value.text) ? value.text : null);
  const fields: Field[] = [{ name: 'message', span: { start: 0, end: text.length } }];
  const field = (name: Field['name'], value: Value | undefined, text = value?.text): void => {
    if (value && text !== undefined && !isDash(text)) fields.push({ name, span: value.span });
  };
  field('time', values.time);
  field('client', values.client);
  field('server', values.server);
  if (values.request) field('request', values.request);
  field('host', values.host);
  field('referrer', values.referrer);
  if (values.upstream && upstream !== null) {
    const at = values.upstream.span.start + Math.max(0, values.upstream.text.lastIndexOf(upstream));
    const isVerbatim = text.startsWith(upstream, at);
    fields.push({
      name: 'upstream',
      span: isVerbatim ? { start: at, end: at + upstream.length } : values.upstream.span,
    });
  }
  return {
    ...NO_RECORD,
    time,
    message: text,
    client: given(values.client),
    server: given(values.server),
    request,
    upstream,
    host: given(values.host),
    referrer: given(values.referrer),
    fields: fields.sort((a, b) => a.span.start - b.span.start),
    access,
  };
}

/** The application's own 500s are no business of nginx; its own page or an untouched upstream tells that this one is. */
function isOwn500({ tries, has, bytes }: Access): boolean {
  return (has.upstream && tries.every(({ status }) => status === null)) || isOwnPage(500, bytes);
}

const TITLES: Readonly<Record<number, string>> = {
  500: '500 Internal Server Error',
  502: '502 Bad Gateway',
  503: '503 Service Temporarily Unavailable',
  504: '504 Gateway Time-out',
};

/**
 * Is the body as long as the page that nginx makes itself (ngx_http_special_response.c): the title twice and `nginx`, which
 * `server_tokens on` follows by `/1.22.1` and perhaps ` (Ubuntu)`? Old browsers get 402 bytes of comments more.
 */
export function isOwnPage(status: number, bytes: number | null): boolean {
  const title = TITLES[status];
  if (!title || bytes === null) return false;
  const extra = bytes - (120 + 2 * title.length);
  return [extra, extra - 402].some((more) => [0, 6, 7, 8, 15, 16, 17].includes(more));
}

function requestOf({ request, method, uri, protocol }: Values): string | null {
  if (request && !isDash(request.text)) return request.text;
  if (!method || !uri) return null;
  return [method.text, uri.text, ...(protocol && !isDash(protocol.text) ? [protocol.text] : [])].join(' ');
}

function accessOf(status: number, values: Values): Access {
  const list = (key: keyof Values): string[] => (values[key] ? listOf(values[key].text) : []);
  const columns = {
    addr: list('upstream'),
    status: list('upstreamStatus'),
    connect: list('connectTime'),
    header: list('headerTime'),
    response: list('responseTime'),
    length: list('length'),
  };
  const count = Math.max(...Object.values(columns).map((column) => column.length));
  const tries: Try[] = [];
  for (let i = 0; i < count; i++) {
    const addr = columns.addr[i];
    const one: Try = {
      addr: addr === undefined || isDash(addr) ? null : addr,
      status: number(columns.status[i]),
      connectTime: number(columns.connect[i]),
      headerTime: number(columns.header[i]),
      responseTime: number(columns.response[i]),
      length: number(columns.length[i]),
    };
    if (Object.values(one).some((value) => value !== null)) tries.push(one);
  }
  return {
    status,
    bytes: number(values.bytes?.text),
    requestTime: number(values.requestTime?.text),
    tries,
    has: {
      upstream: values.upstream !== undefined || values.upstreamStatus !== undefined,
      connectTime: values.connectTime !== undefined,
      headerTime: values.headerTime !== undefined,
    },
  };
}

function number(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}(?:\.\d{1,9})?$/.test(text) ? Number(text) : null;
}

function isDash(text: string): boolean {
  return text === '-' || text === '';
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `$time_local` and `$time_iso8601` are the host's time, as in the error log; `$msec` is not, but most containers run in UTC. */
function timeOf(text: string): string | null {
  const [, day, month, year, clock] = /(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d)/.exec(text.slice(0, 60)) ?? [];
  if (month && MONTHS.includes(month)) {
    return `${year}-${String(MONTHS.indexOf(month) + 1).padStart(2, '0')}-${day}T${clock}`;
  }
  const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)/.exec(text);
  if (iso) return `${iso[1]}T${iso[2]}`;
  if (!/^1\d{9}(?:\.\d{1,6}|\d{3})?$/.test(text)) return null;
  const seconds = Number(text) > 1e12 ? Number(text) / 1000 : Number(text);
  return new Date(seconds * 1000).toISOString().slice(0, 19);
}
