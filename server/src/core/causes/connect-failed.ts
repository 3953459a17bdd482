/** connect() failed for a reason that has no cause of its own. */
import { defineCause } from './cause';
import { listenerChecks } from './checks';
import { connectFailure } from './connecting';
import { failoverEvidence } from './directives';
import { failoverFixes, preferFirst, restartFixes } from './fixes';

export default defineCause({
  id: 'connect-failed',
  title: 'nginx could not connect to the upstream',
  status: [502],
  pattern: /^(?:kevent\(\) reported that )?connect\(\) (?:to |failed)/,
  when: (record) => connectFailure(record) === 'connect-failed',
  why: `The kernel refused the connection for the reason in parentheses. The client gets **502**. 91 means that the socket file belongs to a
datagram socket; 22 and 97 that the address is of a kind that this host does not have (IPv6, mostly).`,
  references: ['https://man7.org/linux/man-pages/man2/connect.2.html'],
  checks: listenerChecks,
  evidence: failoverEvidence,
  fixes: (incident) => preferFirst([...failoverFixes(incident), ...restartFixes(incident).slice(0, 1)]),
});
