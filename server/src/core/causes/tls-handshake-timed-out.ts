/** The TLS handshake with the upstream was not finished in time. */
import { defineCause } from './cause';
import { serviceChecks } from './checks';
import { failoverEvidence, timeoutEvidence } from './directives';
import { failoverFixes, preferFirst, restartFixes } from './fixes';
import { stageOf } from './phase';
import { handshakeCheck } from './tls';

export default defineCause({
  id: 'tls-handshake-timed-out',
  title: 'The upstream did not finish the TLS handshake',
  status: [504],
  pattern: /^upstream timed out\b/,
  when: (record) => stageOf(record) === 'handshaking',
  why: `The connection was accepted (by the kernel, which does that for a hung program too), and then the backend did not answer the
handshake within \`*_connect_timeout\`. The client gets **504**.

The backend is stuck or overloaded; or it speaks a protocol in which the server waits for the client, and takes the handshake
for the beginning of a request.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_connect_timeout'],
  checks: (incident) => [handshakeCheck(incident), ...serviceChecks(incident)],
  evidence: (incident) => [...timeoutEvidence(incident, 'connect'), ...failoverEvidence(incident)],
  fixes: (incident) => preferFirst([...failoverFixes(incident), ...restartFixes(incident).slice(0, 1)]),
});
