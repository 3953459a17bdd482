/** The upstream sent something that nginx cannot use, and that has no cause of its own. */
import { KINDS } from './answers';
import { defineCause } from './cause';
import { answerChecks, listenerChecks } from './checks';
import { wrongProtocolEvidence } from './directives';
import { gatewayStatus, isForRequest } from './phase';

export default defineCause({
  id: 'unusable-response',
  title: 'The upstream sent something that nginx cannot use',
  status: [502, 200],
  // What nginx can do without it says in a warning.
  statusOf: (incident) => (incident.record.level === 'warn' ? [] : gatewayStatus(incident)),
  pattern: /^upstream (?:sent|violated|rejected|returned) /,
  when: (record) => isForRequest(record) && !KINDS.some((kind) => kind.test(record.message)),
  why: `The backend answered, but not as its protocol demands, in the way that the message names. The client gets **502**, or a cut answer
when the status had been sent.

Mostly another program answers on that port, or the pass speaks the wrong protocol. Newer versions of nginx, and other builds of it,
check more than older ones did.`,
  references: ['https://nginx.org/en/CHANGES'],
  checks: (incident) => [...answerChecks(incident), ...listenerChecks(incident)],
  evidence: wrongProtocolEvidence,
  fixes: () => [],
});
