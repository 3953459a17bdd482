/** The upstream did not take the request in time. */
import proxyTimeouts from '../remedies/proxy-timeouts';
import { defineCause } from './cause';
import { serviceChecks } from './checks';
import { failoverEvidence, timeoutEvidence } from './directives';
import { timeoutFixes } from './fixes';
import { stageOf } from './phase';

export default defineCause({
  id: 'send-timed-out',
  title: 'The upstream did not take the request in time',
  status: [504],
  pattern: /^upstream timed out\b/,
  when: (record) => stageOf(record) === 'sending',
  why: `nginx was sending the request, mostly a large upload, and the backend stopped reading: between two writes more time passed than
\`*_send_timeout\` allows (60 s by default). The client gets **504**, not 502.

The backend is stuck or reads the body only after doing something else. With \`proxy_request_buffering on\` (the default) nginx has
the whole body before it connects, so the client's slow line is not the reason.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_send_timeout'],
  checks: serviceChecks,
  evidence: (incident) => [...timeoutEvidence(incident, 'send'), ...failoverEvidence(incident)],
  fixes: (incident) => timeoutFixes(incident, 'send'),
  advice: [proxyTimeouts],
});
