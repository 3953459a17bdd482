/** What a line of the access log tells of a request that failed, beside its status. */
import { type Access, isOwnPage } from '../error-log/access';
import type { LogRecord } from '../error-log/record';
import { parseUpstream } from '../error-log/record';
import { timeInForce } from '../project/settings';
import { shellWord } from '../text/shell';
import type { Check, Evidence, Incident } from './cause';

/** How far nginx came with the last upstream server it tried. */
export type Reached =
  /** It asked none: it had no address, or answered by itself. */
  | 'nobody'
  /** No server of the group was left to ask. */
  | 'group'
  /** No connection came about. */
  | 'unconnected'
  /** It ended as soon as it had begun; whether connected, the format does not tell. */
  | 'at once'
  /** There was a connection, but no answer that nginx could read. */
  | 'connected'
  /** The status is the backend's own. */
  | 'answered'
  /** The format does not tell. */
  | 'unknown';

/** Slower than a refusal, faster than a program that tries. */
const AT_ONCE = 0.02;

export function reached(record: LogRecord): Reached {
  const { access } = record;
  if (!access) return 'unknown';
  const { tries, has } = access;
  const last = tries[tries.length - 1];
  if (!last) return has.upstream ? 'nobody' : 'unknown';
  if (last.addr !== null && !last.addr.startsWith('unix:') && parseUpstream(last.addr)?.port == null) return 'group';
  if (last.headerTime !== null || (last.length ?? 0) > 0) return 'answered';
  // What limits and `return` answer is never set as an upstream's status.
  if (access.status === 503 && last.status === 503) return 'answered';
  if (has.connectTime) return last.connectTime === null ? 'unconnected' : 'connected';
  return access.status === 502 && last.responseTime !== null && last.responseTime <= AT_ONCE ? 'at once' : 'unknown';
}

/** The line's own fields in words. */
export function accessEvidence(incident: Incident): Evidence[] {
  const { access } = incident.record;
  if (!access) return [];
  const { tries, status, bytes } = access;
  const facts = tries.slice(0, 5).flatMap(({ addr, status: own, connectTime, headerTime, responseTime }, i) => {
    const parts = [
      ...(own === null ? [] : [`status ${own}`]),
      ...(responseTime === null ? [] : [`after ${responseTime} s`]),
      ...(connectTime === null ? (access.has.connectTime ? ['no connection'] : []) : [`connected in ${connectTime} s`]),
      ...(headerTime === null
        ? access.has.headerTime
          ? ['no header of an answer']
          : []
        : [`the backend's own answer began after ${headerTime} s`]),
    ];
    if (parts.length === 0) return [];
    return `${tries.length > 1 ? `Try ${i + 1}, ` : ''}${addr ?? 'the upstream'}: ${parts.join(', ')}.`;
  });
  if (tries.length > 5) facts.push(`${tries.length - 5} more tries followed.`);
  if (reached(incident.record) === 'nobody') facts.push('nginx asked no backend for this request.');
  if (reached(incident.record) !== 'answered' && isOwnPage(status, bytes)) {
    facts.push(`The body has ${bytes} bytes, as long as the ${status} page that nginx makes itself.`);
  }
  const waited = waitedEvidence(incident, access);
  return [...facts.map((message) => ({ message })), ...(waited ? [{ message: waited }] : [])];
}

/** A time that is a timeout's is that timeout's doing. */
function waitedEvidence({ project, route }: Incident, { tries, status }: Access): string | null {
  const seconds = tries[tries.length - 1]?.responseTime ?? null;
  if (status !== 504 || seconds === null || seconds < 0.5) return null;
  for (const which of ['connect', 'send', 'read'] as const) {
    const name = `${route?.pass.target.family ?? 'proxy'}_${which}_timeout`;
    const limit = project && route ? timeInForce(project, route.pass, name, 60_000) : 60_000;
    if (limit === null || Math.abs(seconds * 1000 - limit) > Math.max(100, limit / 100)) continue;
    if (!project) return 'It ended at 60 s, which is the default of nginx for connecting, sending and reading.';
    return `It ended when ${name} (${limit / 1000} s) was over.`;
  }
  return null;
}

/** The error log says why; its entry has the same client. */
export function errorLogChecks({ record }: Incident): Check[] {
  const command =
    record.client === null
      ? 'tail -n 50 /var/log/nginx/error.log'
      : `grep -F -- ${shellWord(`client: ${record.client},`)} /var/log/nginx/error.log | tail`;
  return [{ title: 'What does the error log say of it?', command }];
}
