/** Reading from the upstream or writing to it failed for a reason that has no cause of its own. */
import { defineCause } from './cause';
import { answerChecks, serviceChecks } from './checks';
import { failoverEvidence } from './directives';
import { preferFirst, restartFixes } from './fixes';
import { gatewayStatus, isForRequest } from './phase';
import { transferFailure } from './transfer';

export default defineCause({
  id: 'transfer-failed',
  title: 'Reading from the upstream or writing to it failed',
  status: [502, 200, 101],
  statusOf: gatewayStatus,
  pattern:
    /^(?:(?:recv|recvmsg|readv|WSARecv|send|sendto|sendmsg|sendfile|writev|WSASend)\(\) (?:failed|returned zero|incomplete|reported)|(?:ioctl|ioctlsocket)\(FIONREAD\) failed|setsockopt\(TCP_(?:CORK|NOPUSH)\) failed|could not send PROXY protocol header|buffered data on next upstream)/,
  when: (record) =>
    /^(?:could|buffered)/.test(record.message) ? isForRequest(record) : transferFailure(record) === 'transfer-failed',
  why: `The connection was there, and then the system refused to read from it or to write to it, for the reason in parentheses. The client
gets **502**; when the answer had begun, it has the status that was sent and a cut body.

Most such failures have a number of their own (104, 32, 110) and say that the backend went away. This one is rarer: no memory for
buffers (12, 105), a packet filter (1, 13), a file that shrank while it was sent.`,
  references: ['https://man7.org/linux/man-pages/man2/recv.2.html'],
  checks: (incident) => [
    { title: 'What does the kernel say?', command: 'dmesg -T | tail -20' },
    ...serviceChecks(incident),
    ...answerChecks(incident),
  ],
  evidence: failoverEvidence,
  fixes: (incident) => preferFirst(restartFixes(incident).slice(0, 1)),
});
