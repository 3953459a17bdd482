/** In which phase a message was written: the same words mean something else when nginx talks to a resolver or to syslog. */
import type { LogRecord } from '../error-log/record';

/** True while nginx deals with an upstream, and for a message quoted without its phase. */
export function isUpstreamPhase({ phase, resolver, responder }: LogRecord): boolean {
  if (resolver !== null || responder !== null) return false;
  return phase === null || /\bupstream\b|^proxying\b/.test(phase);
}

/** How far nginx had come with an upstream; `unnamed` for a message quoted without its phase. */
export type Stage = 'connecting' | 'handshaking' | 'sending' | 'header' | 'body' | 'unnamed';

/** Null where nginx was not dealing with an upstream. The phases are `log->action` in the http, stream and mail proxies. */
export function stageOf(record: LogRecord): Stage | null {
  const { phase } = record;
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
