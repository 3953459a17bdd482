/** An access-log line with 504: the times in the line say what nginx was waiting for. */
import { spell } from '../project/address';
import proxyTimeouts from '../remedies/proxy-timeouts';
import { accessEvidence, errorLogChecks, reached } from './access';
import { defineCause } from './cause';
import { serviceChecks } from './checks';
import { poolLimitsEvidence, timeoutEvidence } from './directives';
import { timeoutFixes } from './fixes';

export default defineCause({
  id: 'gateway-timeout',
  title: 'The access log shows a 504: nginx waited for the backend in vain',
  headline: ({ record, address }) => {
    const where = address ? spell(address) : 'the upstream';
    switch (reached(record)) {
      case 'unconnected':
        return `No connection to ${where} came about in time`;
      case 'connected':
        return `${where} took the request and did not answer in time`;
      case 'answered':
        return `The backend itself answered 504${address ? ` (${where})` : ''}`;
      default:
        return `nginx waited for ${where} in vain`;
    }
  },
  status: [504],
  pattern: /^access log: 504$/,
  why: `nginx gave up waiting, so its client got **504**. It waits for three things, 60 s each by default: for the connection
(\`proxy_connect_timeout\`), to get rid of the request (\`proxy_send_timeout\`), and for the answer (\`proxy_read_timeout\`). No connect
time means the first: a firewall that drops packets, or a full backlog. A connect time and no header time means that the backend is
**slow or has no worker free**. A header time means that the 504 is the backend's own.

The entry in the error log with the same time, client and request says which it was.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout'],
  checks: (incident) => [...errorLogChecks(incident), ...serviceChecks(incident)],
  evidence: (incident) => [
    ...accessEvidence(incident),
    ...(reached(incident.record) === 'unconnected'
      ? timeoutEvidence(incident, 'connect')
      : [...timeoutEvidence(incident, 'read'), ...poolLimitsEvidence(incident)]),
  ],
  fixes: (incident) =>
    ['connected', 'unknown'].includes(reached(incident.record)) ? timeoutFixes(incident, 'read') : [],
  advice: [proxyTimeouts],
});
