/** An access-log line with a 500 that is nginx's own. */
import { errorLogChecks } from './access';
import { defineCause } from './cause';

export default defineCause({
  id: 'internal-error',
  title: 'The access log shows a 500 that nginx made itself',
  status: [500],
  pattern: /^access log: 500$/,
  why: `The line has no answer of a backend, so this **500** is nginx's own, not the application's. The entry in the error log with the same
time, client and request says why: a redirection cycle (\`try_files\`, \`error_page\`), an \`auth_request\` whose backend failed, too few
\`worker_connections\` or open files, an upstream address without a port or scheme, or a file that cannot be written.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format'],
  checks: (incident) => [
    ...errorLogChecks(incident),
    {
      title: 'What went wrong in general?',
      command: "grep -E '\\[(error|crit|alert)\\]' /var/log/nginx/error.log | tail -n 20",
    },
  ],
  fixes: () => [],
});
