/** The subrequest that decides about access failed. */
import { defineCause } from './cause';
import { directiveEvidence } from './directives';

export default defineCause({
  id: 'auth-request-failed',
  title: 'The authorisation subrequest failed',
  headline: ({ record }) => {
    const status = /status: (\d{3})/.exec(record.message)?.[1];
    return status ? `The authorisation subrequest answered ${status}` : 'The authorisation subrequest failed';
  },
  status: [500],
  pattern: /^auth request unexpected status\b/,
  why: `\`auth_request\` asks another location whether a request is allowed. 2xx means yes, 401 and 403 mean no; **any other answer becomes
500** for the client, whatever it was. So a dead authorisation service shows as 500, although its own line just before says
\`connect() failed\` and would be a 502.

Heal the upstream of the authorisation location. A 404 means that the URI of \`auth_request\` leads nowhere; a 3xx that the service
wants to redirect to a login page, which \`auth_request\` cannot do: use \`error_page 401\`.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_auth_request_module.html'],
  checks: ({ record }) => [
    {
      title: 'What did the authorisation service do?',
      command: `grep -F 'subrequest: "' /var/log/nginx/error.log | tail -20`,
    },
    ...(record.connection === null
      ? []
      : [
          {
            title: 'What else happened on this connection?',
            command: `grep -F ' *${record.connection} ' /var/log/nginx/error.log`,
          },
        ]),
    { title: 'Where is it configured?', command: "nginx -T 2>/dev/null | grep -n 'auth_request'" },
  ],
  evidence: (incident) => directiveEvidence(incident, 'auth_request', (value) => `Access is decided by ${value}.`),
  fixes: () => [],
});
