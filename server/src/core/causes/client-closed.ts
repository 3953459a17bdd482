/** The client went away before it had its answer. */
import { accessEvidence } from './access';
import { defineCause } from './cause';
import { serviceChecks } from './checks';
import { timeoutEvidence } from './directives';
import { isUpstreamPhase } from './phase';

export default defineCause({
  id: 'client-closed',
  title: 'The client went away before it had its answer',
  status: [499],
  statusOf: ({ record }) => {
    if (record.access || record.message.includes('so upstream connection is closed too')) return [499];
    // While the request body is read it is a bad request; where the answer is for the cache too, nginx goes on for it.
    if (record.phase === null) return record.time === null ? [499] : [400, 499];
    return [];
  },
  pattern: /^access log: 499$|^(?:(?:epoll_wait|kevent)\(\) reported that )?client prematurely closed connection\b/,
  when: (record) => isUpstreamPhase(record) || record.phase === 'sending to client',
  why: `Whoever asked closed the connection while nginx was waiting for the backend. The access log shows **499**, which nobody receives. It
is no error of nginx: someone pressed stop, or a **load balancer, CDN or script in front has a shorter timeout** than nginx.

Many of them together mean that the backend is slow. \`proxy_ignore_client_abort on\` only hides it: the backend then works to the end
for nobody.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ignore_client_abort'],
  checks: (incident) => [
    {
      title: 'Which requests does it hit?',
      command: "awk '$9 == 499 {print $7}' /var/log/nginx/access.log | sort | uniq -c | sort -rn | head",
    },
    ...serviceChecks(incident),
  ],
  evidence: (incident) => [...accessEvidence(incident), ...timeoutEvidence(incident, 'read')],
  fixes: () => [],
});
