/** nginx itself turned the request away, or made it wait. */

import { inForce } from '../project/settings';
import { shellWord } from '../text/shell';
import { defineCause } from './cause';
import { directiveEvidence } from './directives';

export default defineCause({
  id: 'rate-limited',
  title: 'nginx turned the request away: too many at once',
  headline: ({ record }) => {
    const zone = /by zone "([^"]{1,100})"/.exec(record.message.slice(0, 400))?.[1];
    const what = record.message.startsWith('delaying')
      ? 'nginx made the request wait'
      : 'nginx turned the request away';
    return zone ? `${what} (zone "${zone}")` : what;
  },
  status: [503],
  statusOf: ({ record, project, route }) => {
    if (record.message.startsWith('delaying') || record.message.includes(', dry run')) return [];
    const name = record.message.startsWith('limiting requests') ? 'limit_req_status' : 'limit_conn_status';
    const set = project && route ? inForce(project, route.pass, name)?.directive.values[1] : undefined;
    return [set && /^[45]\d\d$/.test(set) ? Number(set) : 503];
  },
  pattern: /^(?:limiting (?:requests|connections)|delaying requests?)(?:,| by zone )/,
  why: `\`limit_req\` or \`limit_conn\` did what it is there for. The client gets **503** (or what \`limit_req_status\` and \`limit_conn_status\` say;
429 tells clients more). The backend was not asked, and is not at fault.

When it hits people who do nothing unusual: a page with forty images is forty requests at once (\`burst\` with \`nodelay\`), and behind a
load balancer all clients may share **one address** until \`real_ip_header\` is set.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_limit_req_module.html'],
  checks: ({ record }) => [
    {
      title: 'Whom does it hit?',
      command: `grep -E 'limiting (requests|connections)' /var/log/nginx/error.log | grep -oE 'client: [^,]+' | sort | uniq -c | sort -rn | head`,
    },
    { title: 'Which limits are set?', command: "nginx -T 2>/dev/null | grep -nE 'limit_(req|conn)'" },
    ...(record.client
      ? [
          {
            title: 'What does this client ask for?',
            command: `grep -F -- ${shellWord(record.client)} /var/log/nginx/access.log | tail`,
          },
        ]
      : []),
  ],
  evidence: (incident) => [
    ...directiveEvidence(incident, 'limit_req', (value) => `limit_req ${value} is in force there.`),
    ...directiveEvidence(incident, 'limit_conn', (value) => `limit_conn ${value} is in force there.`),
  ],
  fixes: () => [],
});
