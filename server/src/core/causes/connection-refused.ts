/** connect() refused: nothing listens on the upstream's address. */
import { spell } from '../project/address';
import alignAddress from '../remedies/align-address';
import restartPolicy from '../remedies/restart-policy';
import { defineCause } from './cause';
import { listenerChecks } from './checks';
import { connectFailure } from './connecting';
import { listenerEvidence, unreachableFixes } from './fixes';
import { gatewayStatus } from './phase';
import { transferFailure } from './transfer';

export default defineCause({
  id: 'connection-refused',
  title: 'Nothing listens on the upstream address',
  headline: ({ address }) =>
    address ? `Nothing listens on ${spell(address)}` : 'Nothing listens on the upstream address',
  status: [502],
  statusOf: gatewayStatus,
  // Over UDP the refusal arrives with the answer (stream).
  pattern:
    /^(?:(?:kevent\(\) reported that )?connect\(\) (?:to |failed)|(?:recv|recvmsg|readv|WSARecv|send|sendto|sendmsg|sendfile|writev|WSASend)\(\) failed)/,
  when: (record) => connectFailure(record) === 'connection-refused' || transferFailure(record) === 'connection-refused',
  why: `nginx tried to connect and the kernel refused at once: no process listens on that address and port. The backend has
crashed, was never started, or listens somewhere else. For a unix socket it means that the file is there, but whoever made it
is gone. The client gets **502** immediately; with other servers in the group nginx tries those first.

A firewall that rejects with a reset or "port unreachable" looks the same.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html'],
  checks: listenerChecks,
  evidence: listenerEvidence,
  rules: [
    'links/loopback-in-container',
    'links/published-port',
    'links/pool-loopback',
    'nginx/localhost-without-retry',
    'nginx/wildcard-destination',
    'links/unit-address-mismatch',
  ],
  fixes: unreachableFixes,
  advice: [alignAddress, restartPolicy],
});
