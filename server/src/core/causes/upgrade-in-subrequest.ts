/** The upstream of a subrequest switched protocols. */
import { defineCause } from './cause';
import { isForRequest } from './phase';

export default defineCause({
  id: 'upgrade-in-subrequest',
  title: 'The upstream of a subrequest switched protocols',
  status: [],
  pattern: /^connection upgrade in subrequest/,
  when: isForRequest,
  why: `The backend that nginx asked in a subrequest (\`auth_request\`, SSI) answered 101 "Switching Protocols", which only the request of a client can do.
The headers \`Upgrade\` and \`Connection\` of a WebSocket request went to the subrequest too. With \`auth_request\` nginx then **closes
the connection without an answer** (the access log says 000); what SSI was to include is left out of a page that is 200.

Clear them in the location of the subrequest: \`proxy_set_header Upgrade ""; proxy_set_header Connection "";\`.`,
  references: ['https://nginx.org/en/docs/http/websocket.html'],
  checks: () => [{ title: 'Where are they set?', command: "nginx -T 2>/dev/null | grep -niE 'upgrade|auth_request'" }],
  fixes: () => [],
});
