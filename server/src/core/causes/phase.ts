/** In which phase a message was written: the same words mean something else when nginx talks to a resolver or to syslog. */
import type { LogRecord } from '../error-log/record';

/** True while nginx deals with an upstream, and for a message quoted without its phase. */
export function isUpstreamPhase({ phase, resolver, responder }: LogRecord): boolean {
  if (resolver !== null || responder !== null) return false;
  return phase === null || /\bupstream\b|^proxying\b/.test(phase);
}
