/** The upstream hung up in the middle of the TLS handshake. */
import plain from '../remedies/upstream-plain';
import sni from '../remedies/upstream-sni';
import { defineCause } from './cause';
import { serviceChecks } from './checks';
import { serverNameEvidence } from './directives';
import { tlsFixes } from './fixes';
import { isUpstreamPhase } from './phase';
import { handshakeCheck } from './tls';

export default defineCause({
  id: 'tls-handshake-closed',
  title: 'The upstream hung up during the TLS handshake',
  status: [502],
  pattern: /^peer closed connection in SSL handshake\b/,
  when: isUpstreamPhase,
  why: `The backend accepted the connection and closed it during the handshake, without saying why. The client gets **502**. Some servers do
that instead of an alert: they do not know the **server name** (nginx sends none by default), want a client certificate, or
speak another protocol on that port. A load balancer without a healthy server behind it does it too.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_server_name'],
  checks: (incident) => [handshakeCheck(incident), ...serviceChecks(incident)],
  evidence: serverNameEvidence,
  fixes: (incident) => tlsFixes(incident, [sni, plain]),
  advice: [sni],
});
