/** The upstream's first line is no HTTP status line. */
import { NO_HEADER } from './answers';
import { defineCause } from './cause';
import { answerChecks, listenerChecks } from './checks';
import { isForRequest } from './phase';

export default defineCause({
  id: 'no-valid-header',
  title: 'What answers there does not speak HTTP',
  // nginx passes the bytes on without a status line and logs 009: no status reaches the client.
  status: [],
  pattern: NO_HEADER,
  when: isForRequest,
  why: `The first line of the answer is no \`HTTP/1.x 200 …\`, so nginx takes it for the ancient HTTP/0.9 and passes the bytes on as they
are. The client sees **no status at all** but a protocol error; the access log shows \`009\`. It is not a 502, but as broken.

The port belongs to something else (SSH, a database, a mail server, a TLS or FastCGI port), or the application writes to the
connection before its status line.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass'],
  checks: (incident) => [...listenerChecks(incident), ...answerChecks(incident)],
  fixes: () => [],
});
