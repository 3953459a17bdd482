/** The connection to the upstream was not made in time. */
import { isLocal, spell } from '../project/address';
import { inForce } from '../project/settings';
import failover from '../remedies/failover';
import proxyTimeouts from '../remedies/proxy-timeouts';
import { advise, type Fix } from '../remedies/remedy';
import { shellWord } from '../text/shell';
import { defineCause, type Incident } from './cause';
import { listenerChecks } from './checks';
import { connectFailure } from './connecting';
import { failoverEvidence, timeoutEvidence } from './directives';
import { failoverFixes, preferFirst, restartFixes, timeoutFixes } from './fixes';
import { stageOf } from './phase';

export default defineCause({
  id: 'connect-timed-out',
  title: 'The connection to the upstream was not made in time',
  headline: ({ address }) => `${address ? spell(address) : 'The upstream'} does not answer connection attempts`,
  status: [504, 502],
  // nginx's own timer gives 504; when the kernel gives up first, connect() fails and that is a 502 (measured, 1.22.1).
  statusOf: ({ record }) => (record.message.startsWith('upstream timed out') ? [504] : [502]),
  pattern: /^(?:upstream timed out\b|(?:kevent\(\) reported that )?connect\(\) (?:to |failed))/,
  when: (record) =>
    connectFailure(record) === 'connect-timed-out' ||
    (record.message.startsWith('upstream timed out') && stageOf(record) === 'connecting'),
  why: `nginx asked for a connection and heard nothing: no refusal, no acceptance. A firewall drops the packets, the host is down or
the address is wrong; or the backend is so overloaded that its queue of new connections is full.

\`upstream timed out … while connecting\` is nginx's own timer (\`*_connect_timeout\`, 60 s by default): the client gets **504**.
\`connect() failed (110)\` means that the kernel gave up first: **502**. A longer timeout helps in neither case; a shorter one
lets nginx turn to the next server sooner. The read timeout has nothing to do with it.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_connect_timeout'],
  checks: (incident) => {
    const { address } = incident;
    const host = address?.kind === 'tcp' ? address.host : null;
    return [
      ...(host && address && !isLocal(address)
        ? [{ title: 'Which way do packets go?', command: `ip route get ${shellWord(host)}` }]
        : []),
      ...listenerChecks(incident),
      { title: 'Does a firewall drop it?', command: 'nft list ruleset; iptables -S' },
      { title: 'Is a queue full (Recv-Q above Send-Q)?', command: 'ss -tln' },
    ];
  },
  evidence: (incident) => [...timeoutEvidence(incident, 'connect'), ...failoverEvidence(incident)],
  rules: ['links/published-port'],
  fixes: (incident) =>
    preferFirst([...failoverFixes(incident), ...restartFixes(incident).slice(0, 1), ...shorterWait(incident)]),
  advice: [failover, proxyTimeouts],
});

/** A dead server is given up sooner; only told where failover was set up already, which is what heals. */
function shorterWait(incident: Incident): Fix[] {
  const { project, route } = incident;
  const family = route?.pass.target.family ?? 'proxy';
  const isSet = project && route && inForce(project, route.pass, `${family}_next_upstream`);
  return isSet ? [advise(proxyTimeouts, family)] : timeoutFixes(incident);
}
