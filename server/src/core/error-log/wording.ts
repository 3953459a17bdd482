/**
 * What an entry says without the values that differ from one to the next. Causes decide on this alone (`causeOf`), so that
 * entries of the same wording have the same cause, and a large log is explained once for each wording, not once for each line.
 */
import { NO_RECORD } from './read';
import type { LogRecord } from './record';
import { STDERR_START } from './tail';

/**
 * A value in quotes without blanks, parentheses and what may be a mark of a wrapping (unwrap.ts), and long numbers. Kept are the system's number (behind a parenthesis),
 * alert numbers, statuses and versions; a value that is left out can hold neither ` while ` nor an errno.
 */
const VALUES = /"[!#-%'*-Z\\-~]+"|(?<![(\d])\d{4,}|(?<=\.)\d{3}(?!\d)/g;

/** Files that nginx names itself, temporary ones and those of a cache: which of the two it is stays. */
const NUMBERED = /\/(?:\d{10}|[0-9a-f]{32})"$/;

/** PHP counts lines and bytes; no number of it is the system's. */
const STDERR_VALUES = /"[!#-%'*-Z\\-~]+"|\d+/g;

export function wording(message: string): string {
  if (!message.startsWith(STDERR_START)) return reworded(message, VALUES);
  return STDERR_START + reworded(message.slice(STDERR_START.length), STDERR_VALUES);
}

function reworded(text: string, values: RegExp): string {
  return text.replace(values, (value) => {
    if (value[0] !== '"') return '0';
    const file = NUMBERED.exec(value)?.[0];
    return file ? `"${file.replace(/[0-9a-f]/g, '0')}` : '"_"';
  });
}

/** The scheme of an upstream, and whether it is a unix socket: `fastcgi://unix:`, `http://`, nothing. */
export function upstreamKind(upstream: string): string {
  return /^(?:[a-z][a-z0-9+.-]{0,9}:\/\/)?(?:unix:)?/.exec(upstream)![0];
}

/**
 * The record as causes see it: level, message, phase, errno and stderr in their wording, the kind of upstream, and whether a
 * time, a client, a resolver, a responder and byte counts are there. All else is absent.
 */
export function said(record: LogRecord): LogRecord {
  // Of a line of the access log the cause is told by the status alone.
  if (record.access) return { ...NO_RECORD, message: `access log: ${record.access.status}` };
  const message = wording(record.message);
  const there = (value: string | null): string | null => (value === null ? null : '-');
  return {
    time: there(record.time),
    level: record.level,
    pid: null,
    tid: null,
    connection: record.connection === null ? null : 0,
    message,
    errno: record.errno,
    phase: record.phase === null ? null : reworded(record.phase, VALUES),
    client: there(record.client),
    server: null,
    request: null,
    subrequest: null,
    upstream: record.upstream === null ? null : upstreamKind(record.upstream),
    host: null,
    referrer: null,
    login: null,
    resolver: there(record.resolver),
    responder: there(record.responder),
    peer: null,
    certificate: null,
    stderr: record.stderr === null ? null : saidOnStderr(message),
    bytes: record.bytes === null ? null : NO_BYTES,
    truncated: record.truncated,
    fields: [],
    ...(record.fpm ? { fpm: record.fpm } : {}),
  };
}

const NO_BYTES = { fromClient: 0, toClient: 0, fromUpstream: 0, toUpstream: 0 };

function saidOnStderr(message: string): string {
  const close = message.lastIndexOf('"');
  return message.slice(STDERR_START.length, close < STDERR_START.length ? message.length : close);
}
