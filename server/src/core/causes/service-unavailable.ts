/** An access-log line with 503: nginx turned the request away, or the backend did. */
import { spell } from '../project/address';
import { accessEvidence, errorLogChecks, reached } from './access';
import { defineCause } from './cause';
import { answerChecks, serviceChecks } from './checks';
import { directiveEvidence } from './directives';

export default defineCause({
  id: 'service-unavailable',
  title: 'The access log shows a 503: a limit, a maintenance page, or the backend itself',
  headline: ({ record, address }) =>
    reached(record) === 'answered'
      ? `The backend itself answered 503${address ? ` (${spell(address)})` : ''}`
      : reached(record) === 'nobody'
        ? 'nginx answered 503 without asking a backend: a limit or a "return 503"'
        : 'The access log shows a 503: a limit, a maintenance page, or the backend itself',
  status: [503],
  pattern: /^access log: 503$/,
  why: `A **503** is never nginx's word for a backend that is down: that is 502 or 504, also when no server of a group is left. So it is one
of these: \`limit_req\` or \`limit_conn\` turned the request away (then the error log says \`limiting requests\` or \`limiting
connections\`), a \`return 503\` in the configuration, or the **backend's own** answer, of which the error log says nothing.`,
  references: [
    'https://nginx.org/en/docs/http/ngx_http_limit_req_module.html#limit_req_status',
    'https://nginx.org/en/docs/http/ngx_http_limit_conn_module.html#limit_conn_status',
  ],
  checks: (incident) => [
    ...errorLogChecks(incident),
    {
      title: 'Which limits and 503s are set?',
      command: "nginx -T 2>/dev/null | grep -nE 'limit_(req|conn)|return +503'",
    },
    ...(reached(incident.record) === 'nobody' ? [] : [...answerChecks(incident), ...serviceChecks(incident)]),
  ],
  evidence: (incident) => [
    ...accessEvidence(incident),
    ...directiveEvidence(incident, 'limit_req', (value) => `limit_req ${value} is in force there.`),
    ...directiveEvidence(incident, 'limit_conn', (value) => `limit_conn ${value} is in force there.`),
  ],
  fixes: () => [],
});
