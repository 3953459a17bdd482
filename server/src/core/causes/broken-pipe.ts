/** The upstream closed the connection while nginx was still sending the request. */
import { defineCause } from './cause';
import { serviceChecks } from './checks';
import { failoverEvidence, keepaliveEvidence, poolLimitsEvidence } from './directives';
import { hungUpFixes } from './fixes';
import { transferFailure } from './transfer';

export default defineCause({
  id: 'broken-pipe',
  title: 'The upstream hung up while nginx was sending the request',
  status: [502],
  pattern:
    /^(?:(?:recv|recvmsg|readv|WSARecv|send|sendto|sendmsg|sendfile|writev|WSASend)\(\) failed|kevent\(\) reported (?:about an closed|that upstream closed))/,
  when: (record) => transferFailure(record) === 'broken-pipe',
  why: `nginx was still sending, and the backend had already closed its end. Either the body is larger than the backend accepts (it
answers 413 and hangs up without reading the rest), or it crashed, or it closed a kept-alive connection just when nginx used it
again. The client gets **502**; if the backend had sent an answer before hanging up, nginx passes that on instead.

\`client_max_body_size\` is nginx's limit and not the one that was hit: then the line would say so, with 413.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive'],
  checks: serviceChecks,
  evidence: (incident) => [
    ...poolLimitsEvidence(incident),
    ...keepaliveEvidence(incident),
    ...failoverEvidence(incident),
  ],
  fixes: hungUpFixes,
});
