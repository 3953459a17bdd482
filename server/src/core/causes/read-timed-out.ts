/** The upstream took longer to answer than nginx waits. */
import { inForce } from '../project/settings';
import timeouts from '../remedies/proxy-timeouts';
import { fix } from '../remedies/remedy';
import { defineCause } from './cause';
import { serviceChecks } from './checks';

export default defineCause({
  id: 'read-timed-out',
  title: 'The upstream did not answer in time',
  status: [504],
  pattern: /^upstream timed out \(110:/,
  when: ({ phase }) => phase === 'reading response header from upstream',
  why: `The request was sent, and no byte of the answer's header came within the read timeout (\`proxy_read_timeout\`,
\`fastcgi_read_timeout\` …, 60 s by default). The client gets **504**, not 502. The backend is not told: it works on.

For PHP, a full pool looks the same: the request waits for a free child and nginx sees only silence.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout'],
  checks: (incident) => serviceChecks(incident),
  evidence: ({ project, route }) => {
    if (!project || !route) return [];
    const name = `${route.pass.target.family}_read_timeout`;
    const at = inForce(project, route.pass, name);
    return at
      ? [{ message: `The timeout in force is ${at.directive.args[0]?.value}.`, file: at.file, span: at.directive }]
      : [{ message: `${name} is not set: nginx waits 60s.` }];
  },
  fixes: ({ project, route }) =>
    project && route ? [fix(timeouts, project, { pass: route.pass, expired: 'read' }, true)] : [],
});
