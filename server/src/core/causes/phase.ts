/** In which phase a message was written: the same words mean something else when nginx talks to a resolver or to syslog. */
import type { LogRecord } from '../error-log/record';

/** True while nginx deals with an upstream, and for a message quoted without its phase. */
export function isUpstreamPhase(record: LogRecord): boolean {
  const { phase } = record;
  if (!isForRequest(record)) return false;
  return phase === null || (/\bupstream\b|^proxying\b/.test(phase) && !/ (?:from|to) client$/.test(phase));
}

/**
 * For messages that name the upstream themselves. They come in any phase: after an `auth_request` nginx is still "sending to
 * client" when it looks up the name for the request proper.
 */
export function isForRequest({ phase, resolver, responder }: LogRecord): boolean {
  if (resolver !== null || responder !== null) return false;
  return phase === null || !/^(?:resolving$|requesting certificate status|logging to syslog)/.test(phase);
}

/** True while nginx asks a DNS server. */
export function isWithResolver({ phase, resolver }: LogRecord): boolean {
  return resolver !== null && phase === 'resolving';
}

/** How far nginx had come with an upstream; `unnamed` for a message quoted without its phase. */
export type Stage = 'connecting' | 'handshaking' | 'sending' | 'header' | 'body' | 'unnamed';

/** Null where nginx was not dealing with an upstream. The phases are `log->action` in the http, stream and mail proxies. */
export function stageOf(record: LogRecord): Stage | null {
  const { phase } = record;
  // It reads on from the upstream while it sends: ngx_event_pipe() and ngx_http_upstream_process_request().
  if (phase === 'sending to client' && record.upstream !== null) return 'body';
  if (!isUpstreamPhase(record)) return null;
  if (phase === null) return 'unnamed';
  if (phase.startsWith('connecting')) return 'connecting';
  if (phase.startsWith('SSL handshaking')) return 'handshaking';
  if (phase.startsWith('sending')) return 'sending';
  if (phase === 'reading upstream' || phase.startsWith('proxying')) return 'body';
  return 'header';
}

/**
 * True for a message that is about the client's connection: nginx reads a request body without naming an action, so a
 * dated line with a client but neither action nor upstream is no gateway error.
 */
export function isClientSide({ phase, time, client, upstream }: LogRecord): boolean {
  return phase === null && time !== null && client !== null && upstream === null;
}

/** What the client has when an answer breaks off: the status was sent long ago. */
export function brokenOffStatus({ record }: { readonly record: LogRecord }): readonly number[] {
  if (record.bytes !== null) return []; // stream: no HTTP
  return record.phase?.startsWith('proxying') ? [101] : [200];
}

/** 502 as long as nothing of the answer has reached the client. */
export function gatewayStatus(incident: { readonly record: LogRecord }): readonly number[] {
  return stageOf(incident.record) === 'body' ? brokenOffStatus(incident) : [502];
}

/** Is the message about a file of a cache? They are named by the MD5 of their key (ngx_http_file_cache_name). */
export function isCacheFile({ message }: LogRecord): boolean {
  return /\/[0-9a-f]{32}"/.test(message.slice(0, 1000));
}
