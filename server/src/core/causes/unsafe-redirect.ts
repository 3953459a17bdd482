/** The upstream's X-Accel-Redirect leads out of the root. */
import { defineCause } from './cause';
import { answerChecks } from './checks';
import { isForRequest } from './phase';

export default defineCause({
  id: 'unsafe-redirect',
  title: 'The upstream redirects to an unsafe path',
  status: [404],
  pattern: /^unsafe URI "/,
  when: (record) => isForRequest(record) && (record.upstream !== null || /\bupstream$/.test(record.phase ?? '')),
  why: `The upstream answered with \`X-Accel-Redirect\`, and the path in it holds \`..\`, a NUL or an encoded slash that would lead out of the folder. nginx
refuses it, and the client gets **404**. The path comes from the application; perhaps it passes on what a client sent.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ignore_headers'],
  checks: (incident) => [
    ...answerChecks(incident),
    { title: 'How often, and for which paths?', command: "grep 'unsafe URI' /var/log/nginx/error.log | tail" },
  ],
  fixes: () => [],
});
