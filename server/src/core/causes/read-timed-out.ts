/** The upstream took longer to answer than nginx waits. */
import proxyTimeouts from '../remedies/proxy-timeouts';
import { defineCause } from './cause';
import { serviceChecks } from './checks';
import { failoverEvidence, poolLimitsEvidence, timeoutEvidence } from './directives';
import { timeoutFixes } from './fixes';
import { stageOf } from './phase';

export default defineCause({
  id: 'read-timed-out',
  title: 'The upstream did not answer in time',
  status: [504],
  pattern: /^upstream timed out\b/,
  // The usual one, so a message that was quoted without its phase is taken for it.
  when: (record) => ['header', 'unnamed'].includes(stageOf(record) ?? ''),
  why: `The request was sent, and no byte of the answer's header came within the read timeout (\`proxy_read_timeout\`,
\`fastcgi_read_timeout\` …, 60 s by default). The client gets **504**, not 502. The backend is not told: it works on.

For PHP, a full pool looks the same: the request waits for a free child and nginx sees only silence.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout'],
  checks: (incident) => serviceChecks(incident),
  evidence: (incident) => [
    ...timeoutEvidence(incident, 'read'),
    ...poolLimitsEvidence(incident),
    ...failoverEvidence(incident),
  ],
  fixes: (incident) => timeoutFixes(incident, 'read'),
  advice: [proxyTimeouts],
});
