/**
 * Finds the fields behind a message: `, client: …, server: …, request: "…", …`.
 *
 * nginx escapes nothing, so a URI, a Referer or a line from PHP may hold what looks like fields. Written are (`[]`: may miss)
 *   http     , client: C, server: S[, request: "R"][, subrequest: "U"][, upstream: "X"][, host: "H"][, referrer: "F"]
 *   stream   , [udp ]client: C, server: L[, upstream: "A"], bytes from/to client:N/N, bytes from/to upstream:N/N
 *   mail     , client: C[ using starttls][, server: L[, login: "L"[, upstream: A]]]
 *   resolver , resolver: A
 *   OCSP     , responder: H[, peer: A][, certificate: "N"]
 * by ngx_http_log_error() and ngx_http_log_error_handler(), ngx_stream_log_error() and ngx_stream_proxy_log_error(),
 * ngx_mail_log_error(), ngx_resolver_log_error(), ngx_ssl_ocsp_log_error(). The reading chosen is this:
 *
 * 1. A tail starts where `client` is an address, `server` is one word, and a known field or the end follows. If the message
 *    is FastCGI stderr, the tail must also close its quote: `"` or `" while ACTION` stands right before it.
 * 2. Its quoted fields come in order up to the end of the line. Of all ways to split them the one with the fewest oddities
 *    wins (a request without `HTTP/x.y` at its end, a host with a blank, a label or another tail left inside a value);
 *    then the one with more fields; then the one that splits earlier. The last field, `referrer`, may hold anything.
 * 3. Of several tails the one with the fewest oddities wins, then the first. So a fake in a message loses, because its last
 *    field would have to hold more message and the real tail; a fake in a referrer loses, because it comes later.
 */
import type { Span } from '../text/span';
import { UPSTREAM_PHASES } from './messages';
import type { ByteCounts, Field } from './record';
import { LABELS, splitter, type TailStart } from './split';

export interface Tail {
  readonly messageEnd: number;
  /** Text of FastCGI stderr, without its quotes. */
  readonly stderr: Span | null;
  readonly fields: readonly Field[];
  readonly bytes: ByteCounts | null;
  readonly truncated: boolean;
}

/** ngx_http_fastcgi_process_header() and ngx_http_fastcgi_input_filter(). */
export const STDERR_START = 'FastCGI sent in stderr: "';

const LOGIN = ', login: "';
const AFTER_SERVER = [...LABELS, LOGIN];
const BYTES = ', bytes from/to client:';
const CLOSED_WHILE = '" while ';

/** Reads `line` from `start`, where the message begins, to its end. */
export function readTail(line: string, start: number): Tail {
  const end = line.length;
  const isStderr = line.startsWith(STDERR_START, start);
  const stderrStart = isStderr ? start + STDERR_START.length : -1;
  const counted = readBytes(line, start, end);
  const starts = findStarts(line, start, counted.end, stderrStart);
  if (starts.length > 0) return readFields(line, starts, counted, stderrStart);

  const other = stderrStart < 0 ? (readResolver(line, start, end) ?? readResponder(line, start, end)) : null;
  if (other) return other;
  const label = cutLabel(line, start, end, [', client: ', ', udp client: ', ', resolver: ', ', responder: ']);
  const messageEnd = label ?? end;
  const stderr = isStderr ? closeStderr(line, stderrStart, messageEnd) : null;
  return {
    messageEnd,
    stderr: stderr?.span ?? null,
    fields: counted.fields,
    bytes: counted.bytes,
    truncated: label !== null || (stderr !== null && !stderr.closed),
  };
}

/** Does this text, which continues FastCGI stderr, end it? */
export function closesStderr(text: string, from = 0): boolean {
  if (findStarts(text, from, text.length, from).length > 0) return true;
  const close = text.lastIndexOf(CLOSED_WHILE);
  return close >= from && UPSTREAM_PHASES.includes(text.slice(close + CLOSED_WHILE.length).trimEnd());
}

interface Counted {
  readonly end: number;
  readonly bytes: ByteCounts | null;
  readonly fields: readonly Field[];
  readonly cut: boolean;
}

/** Splits off the stream module's counters; they are the end of the line, or were cut by it. */
function readBytes(line: string, start: number, end: number): Counted {
  const from = Math.max(start, end - 200);
  const last = line.slice(from, end);
  const at = last.lastIndexOf(BYTES);
  const none: Counted = { end, bytes: null, fields: [], cut: false };
  if (at < 0) return none;
  const text = last.slice(at);
  const whole = /^, bytes from\/to client:(\d+)\/(\d+), bytes from\/to upstream:(\d+)\/(\d+)$/.exec(text);
  if (!whole) return /^[a-z0-9 ,:/]*$/.test(text) ? { ...none, end: from + at, cut: true } : none;
  const [, fromClient, toClient, fromUpstream, toUpstream] = whole.map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    end: from + at,
    bytes: { fromClient, toClient, fromUpstream, toUpstream },
    fields: [{ name: 'bytes', span: { start: from + at + 2, end } }],
    cut: false,
  };
}

/** A place where fields may begin, read up to `server`. */
interface Start extends TailStart {
  readonly client: Span;
  readonly server: Span | null;
  readonly cut: boolean;
}

function findStarts(line: string, from: number, end: number, stderrStart: number): Start[] {
  const starts: Start[] = [];
  const label = 'client: ';
  for (let at = line.indexOf(label, from); at >= 0 && at < end; at = line.indexOf(label, at + label.length)) {
    const comma = line.startsWith(', ', at - 2) ? at - 2 : line.startsWith(', udp ', at - 6) ? at - 6 : -1;
    if (comma < from) continue;
    if (stderrStart >= 0 && !closesQuote(line, stderrStart, comma)) continue;
    const found = readStart(line, comma, at + label.length, end);
    if (found) starts.push(found);
  }
  return starts;
}

function readStart(line: string, at: number, clientStart: number, end: number): Start | null {
  const clientEnd = wordEnd(line, clientStart, end, true);
  const client = { start: clientStart, end: clientEnd };
  if (!isAddress(line, clientStart, clientEnd)) return null;
  const starttls = ' using starttls';
  if (clientEnd < end && isPrefix(line, clientEnd, end, starttls)) {
    return { at, client, server: null, next: end, order: -1, cut: end - clientEnd < starttls.length };
  }
  const after = line.startsWith(starttls, clientEnd) ? clientEnd + starttls.length : clientEnd;
  const label = ', server: ';
  if (!line.startsWith(label, after)) {
    // mail before there is a session, or a line that was cut
    const isCut = after < end && isPrefix(line, after, end, label);
    return after === end || isCut ? { at, client, server: null, next: end, order: -1, cut: isCut } : null;
  }
  const serverStart = after + label.length;
  const word = wordEnd(line, serverStart, end, false);
  if (word >= end) {
    const isCut = word > serverStart && line[word - 1] === ',';
    const server = { start: serverStart, end: Math.min(isCut ? word - 1 : word, end) };
    return { at, client, server, next: end, order: -1, cut: isCut };
  }
  const next = word - 1;
  if (line[word] === '"' || line[next] !== ',') return null;
  const server = { start: serverStart, end: Math.max(next, serverStart) };
  const order = AFTER_SERVER.findIndex((name) => line.startsWith(name, next));
  if (order >= 0) return { at, client, server, next, order, cut: false };
  const isCut = [...AFTER_SERVER, BYTES].some((name) => isPrefix(line, next, end, name));
  return isCut ? { at, client, server, next: end, order: -1, cut: true } : null;
}

function readFields(line: string, starts: readonly Start[], counted: Counted, stderrStart: number): Tail {
  const close = closing(line, starts[0]!.at, counted.end);
  const splits = splitter(line, starts, close.end);
  let best = starts[0]!;
  let reading = splits(best);
  for (const start of starts) {
    const other = splits(start);
    if (other.oddities < reading.oddities) [best, reading] = [start, other];
  }
  const isLogin = best.order === LABELS.length;
  const quoted = isLogin ? readLogin(line, best.next + LOGIN.length, close) : reading.fields();
  // Of a label that was cut there is nothing to tell, not even that the value was empty.
  const kept = quoted.filter(({ span }) => !close.cut || span.start < span.end);
  const isCut = best.order >= 0 && close.cut && !(isLogin && quoted.length > 1);
  return {
    messageEnd: best.at,
    stderr: stderrStart < 0 ? null : { start: stderrStart, end: line.lastIndexOf('"', best.at) },
    fields: [
      { name: 'client', span: best.client },
      ...(best.server ? [{ name: 'server', span: best.server } as const] : []),
      ...kept,
      ...counted.fields,
    ],
    bytes: counted.bytes,
    truncated: counted.cut || best.cut || isCut,
  };
}

interface Closing {
  /** Where the value of the last quoted field ends. */
  readonly end: number;
  readonly cut: boolean;
}

/** The last quote when the line ends in it, or in the beginning of a label that was cut; otherwise the end. */
function closing(line: string, from: number, end: number): Closing {
  if (line[end - 1] === '"' && line[end - 2] !== ' ') return { end: end - 1, cut: false };
  if (line[end - 1] === '"') {
    // `: "` at the end is a label whose value was cut, or the quote of an empty value
    const label = AFTER_SERVER.find((name) => line.startsWith(name, end - name.length));
    if (!label) return { end: end - 1, cut: false };
    return { end: line[end - label.length - 1] === '"' ? end - label.length - 1 : end, cut: true };
  }
  const quote = line.lastIndexOf('"', end - 1);
  const isCut =
    quote >= from && [...LABELS, BYTES, ', upstream: '].some((name) => isPrefix(line, quote + 1, end, name));
  return { end: isCut ? quote : end, cut: true };
}

/** A login is whatever the client sent; mail writes the upstream without quotes. */
function readLogin(line: string, start: number, close: Closing): Field[] {
  const label = '", upstream: ';
  const at = line.lastIndexOf(label);
  const upstream = at + label.length;
  if (at >= start && line.indexOf('"', upstream) < 0 && line.indexOf(' ', upstream) < 0) {
    return [
      { name: 'login', span: { start, end: at } },
      { name: 'upstream', span: { start: upstream, end: close.end } },
    ];
  }
  return [{ name: 'login', span: { start, end: Math.max(start, close.end) } }];
}

function readResolver(line: string, start: number, end: number): Tail | null {
  const label = ', resolver: ';
  const at = line.lastIndexOf(label, end);
  const from = at + label.length;
  if (at < start || from >= end || wordEnd(line, from, end, false) < end) return null;
  return single(at, [{ name: 'resolver', span: { start: from, end } }]);
}

function readResponder(line: string, start: number, end: number): Tail | null {
  const label = ', responder: ';
  const at = line.lastIndexOf(label, end);
  if (at < start) return null;
  const fields: Field[] = [];
  let from = at;
  for (const [name, text] of [
    ['responder', label],
    ['peer', ', peer: '],
  ] as const) {
    if (!line.startsWith(text, from)) continue;
    const to = wordEnd(line, from + text.length, end, true);
    fields.push({ name, span: { start: from + text.length, end: to } });
    from = to;
  }
  const certificate = ', certificate: "';
  if (line.startsWith(certificate, from)) {
    const isClosed = line[end - 1] === '"' && end - 1 >= from + certificate.length;
    fields.push({ name: 'certificate', span: { start: from + certificate.length, end: isClosed ? end - 1 : end } });
    return { ...single(at, fields), truncated: !isClosed };
  }
  if (from === end) return single(at, fields);
  return isPrefix(line, from, end, certificate) || isPrefix(line, from, end, ', peer: ')
    ? { ...single(at, fields), truncated: true }
    : null;
}

function single(messageEnd: number, fields: readonly Field[]): Tail {
  return { messageEnd, stderr: null, fields, bytes: null, truncated: false };
}

/** Without fields behind it: stderr ends at the last quote, if the end or an action follows. */
function closeStderr(line: string, start: number, end: number): { span: Span; closed: boolean } {
  const quote = line.lastIndexOf('"', end - 1);
  if (quote >= start && (quote === end - 1 || line.startsWith(' while ', quote + 1))) {
    return { span: { start, end: quote }, closed: true };
  }
  return { span: { start, end }, closed: false };
}

/** An action has no quote and is short: the longest that nginx knows has 40 characters. */
function closesQuote(line: string, stderrStart: number, at: number): boolean {
  const from = Math.max(stderrStart, at - 80);
  const head = line.slice(from, at);
  const quote = head.lastIndexOf('"');
  return quote >= 0 && (quote === head.length - 1 || head.startsWith(' while ', quote + 1));
}

/** Offset of a label's beginning that ends the line, so that half a label is not taken for message. */
function cutLabel(line: string, start: number, end: number, labels: readonly string[]): number | null {
  const comma = line.lastIndexOf(',', end - 1);
  if (comma < start || end - comma > 16) return null;
  return labels.some((label) => isPrefix(line, comma, end, label)) ? comma : null;
}

function isPrefix(line: string, from: number, end: number, label: string): boolean {
  return from < end && end - from <= label.length && label.startsWith(line.slice(from, end));
}

/** The end of a word: at a blank, a quote, the end, or (where a value has none) a comma. */
function wordEnd(line: string, from: number, end: number, atComma: boolean): number {
  let at = from;
  for (; at < end; at++) {
    const code = line.charCodeAt(at);
    if (code <= 32 || code === 34 || (atComma && code === 44)) break;
  }
  return at;
}

/** ngx_sock_ntop() without a port: IPv4, IPv6, `unix:`. */
function isAddress(line: string, start: number, end: number): boolean {
  if (line.startsWith('unix:', start)) return true;
  return end - start <= 60 && /^[0-9A-Fa-f.:]+(?:%[\w.-]+)?$/.test(line.slice(start, end));
}
