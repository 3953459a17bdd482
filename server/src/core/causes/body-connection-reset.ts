/** The upstream reset the connection in the middle of its answer. */
import { defineCause } from './cause';
import { answerChecks, serviceChecks } from './checks';
import { poolLimitsEvidence } from './directives';
import { preferFirst, restartFixes } from './fixes';
import { brokenOffStatus } from './phase';
import { transferFailure } from './transfer';

export default defineCause({
  id: 'body-connection-reset',
  title: 'The upstream reset the connection in the middle of its answer',
  status: [200, 101],
  statusOf: brokenOffStatus,
  pattern:
    /^(?:(?:recv|recvmsg|readv|WSARecv|send|sendto|sendmsg|sendfile|writev|WSASend)\(\) failed|kevent\(\) reported (?:about an closed|that upstream closed))/,
  when: (record) => transferFailure(record) === 'body-connection-reset',
  why: `The status line was already with the client when the backend threw the connection away: it crashed, was killed, or its host
went away. The client has the **status that was sent (200) and a cut body**; browsers show a network error, and the access log
shows 200. nginx cannot repeat a request whose answer has begun.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream'],
  checks: (incident) => [
    ...serviceChecks(incident),
    {
      title: 'Was a process killed, or did one crash?',
      command: "dmesg -T | grep -iE 'killed process|segfault' | tail",
    },
    ...answerChecks(incident),
  ],
  evidence: poolLimitsEvidence,
  fixes: (incident) => preferFirst(restartFixes(incident)),
});
