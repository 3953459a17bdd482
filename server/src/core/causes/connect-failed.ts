/** connect() failed for a reason that has no cause of its own. */
import { defineCause } from './cause';
import { listenerChecks } from './checks';
import { failoverEvidence } from './directives';
import { failoverFixes, preferFirst, restartFixes } from './fixes';
import { isUpstreamPhase } from './phase';

/** Numbers that have a cause of their own, on Linux, BSD and Windows. */
const OWN = new Set([
  ...[1, 2, 11, 13, 20, 23, 24, 32, 99, 100, 101, 103, 104, 110, 111, 112, 113],
  ...[49, 50, 51, 54, 60, 61, 64, 65],
  ...[10013, 10024, 10049, 10051, 10054, 10060, 10061, 10065],
]);

export default defineCause({
  id: 'connect-failed',
  title: 'nginx could not connect to the upstream',
  status: [502],
  pattern: /^(?:kevent\(\) reported that )?connect\(\) (?:to \S{1,300} )?failed\b/,
  when: (record) => isUpstreamPhase(record) && (record.errno === null || !OWN.has(record.errno)),
  why: `The kernel refused the connection for the reason in parentheses. The client gets **502**. 91 means that the socket file belongs to a
datagram socket; 22 and 97 that the address is of a kind that this host does not have (IPv6, mostly).`,
  references: ['https://man7.org/linux/man-pages/man2/connect.2.html'],
  checks: listenerChecks,
  evidence: failoverEvidence,
  fixes: (incident) => preferFirst([...failoverFixes(incident), ...restartFixes(incident).slice(0, 1)]),
});
