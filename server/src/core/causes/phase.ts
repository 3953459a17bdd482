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

/** What the client has when an answer breaks off: the status was sent long ago. */
export function brokenOffStatus({ record }: { readonly record: LogRecord }): readonly number[] {
  if (record.bytes !== null) return []; // stream: no HTTP
  return record.phase?.startsWith('proxying') ? [101] : [200];
}
