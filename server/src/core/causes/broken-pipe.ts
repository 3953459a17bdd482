/** The upstream closed the connection while nginx was still sending the request. */
import { defineCause } from './cause';
import { serviceChecks } from './checks';
import { keepaliveEvidence, poolLimitsEvidence } from './directives';
import { hungUpFixes } from './fixes';
import { isClientSide, stageOf } from './phase';

export default defineCause({
  id: 'broken-pipe',
  title: 'The upstream hung up while nginx was sending the request',
  status: [502],
  pattern:
    /^(?:send|sendmsg|writev|sendfile|recv|recvmsg|readv)\(\) failed \((?:32|104|54|10053|10054|103|110|60|10060):/,
  when: (record) => {
    const stage = stageOf(record);
    if (stage === 'sending') return true;
    if (isClientSide(record)) return false;
    // Reading while reading is connection-reset.
    return !/^(?:recv|recvmsg|readv)/.test(record.message) && stage !== null && stage !== 'body';
  },
  why: `nginx was still sending, and the backend had already closed its end. Either the body is larger than the backend accepts (it
answers 413 and hangs up without reading the rest), or it crashed, or it closed a kept-alive connection just when nginx used it
again. The client gets **502**; if the backend had sent an answer before hanging up, nginx passes that on instead.

\`client_max_body_size\` is nginx's limit and not the one that was hit: then the line would say so, with 413.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive'],
  checks: serviceChecks,
  evidence: (incident) => [...poolLimitsEvidence(incident), ...keepaliveEvidence(incident)],
  fixes: hungUpFixes,
});
