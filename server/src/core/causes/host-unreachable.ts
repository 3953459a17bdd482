/** No way leads to the upstream's address. */
import { spell } from '../project/address';
import resolver from '../remedies/resolver';
import { shellWord } from '../text/shell';
import { defineCause } from './cause';
import { listenerChecks } from './checks';
import { connectFailure } from './connecting';
import { failoverEvidence } from './directives';
import { failoverFixes, isOldAddress, offerAtPass, preferFirst, restartFixes } from './fixes';
import { gatewayStatus } from './phase';
import { transferFailure } from './transfer';

export default defineCause({
  id: 'host-unreachable',
  title: 'No way leads to the upstream',
  headline: ({ address }) => `No way leads to ${address ? spell(address) : 'the upstream'}`,
  status: [502],
  statusOf: gatewayStatus,
  // With recv() the kernel learnt of it later.
  pattern:
    /^(?:(?:kevent\(\) reported that )?connect\(\) (?:to |failed)|(?:recv|recvmsg|readv|WSARecv|send|sendto|sendmsg|sendfile|writev|WSASend)\(\) failed)/,
  when: (record) => connectFailure(record) === 'host-unreachable' || transferFailure(record) === 'host-unreachable',
  why: `The kernel has no route to the address (101), or the host behind it does not answer on its own network (113): it is off, its
address has changed, or a firewall rejects with "prohibited". The client gets **502**, at once or after about three seconds.

The usual story with containers: the backend was recreated with a **new address**, and nginx, which looks a name up once at
start, still uses the old one until it is reloaded. For an IPv6 address it often means that the host has no IPv6.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#resolve'],
  checks: (incident) => {
    const host = incident.address?.kind === 'tcp' ? shellWord(incident.address.host) : null;
    const written = incident.route?.endpoint?.address ?? incident.route?.pass.endpoints[0]?.address;
    return [
      ...(host
        ? [
            { title: 'Is there a route?', command: `ip route get ${host}` },
            { title: 'Does the host answer?', command: `ping -c 3 ${host}` },
          ]
        : []),
      ...(written?.kind === 'tcp' && /[a-z]/i.test(written.host)
        ? [{ title: 'Has the name another address by now?', command: `getent ahosts ${shellWord(written.host)}` }]
        : []),
      { title: 'Does a reload of nginx help (new look-up)?', command: 'nginx -t && systemctl reload nginx' },
      ...listenerChecks(incident),
    ];
  },
  evidence: failoverEvidence,
  rules: ['links/published-port', 'nginx/wildcard-destination'],
  fixes: (incident) =>
    preferFirst([
      ...failoverFixes(incident),
      ...(isOldAddress(incident) ? offerAtPass(resolver, incident) : []),
      ...restartFixes(incident).slice(0, 1),
    ]),
});
