/** TLS with the upstream broke after the handshake. */
import { defineCause } from './cause';
import { serviceChecks } from './checks';
import { directiveEvidence } from './directives';
import { gatewayStatus, isClientSide, stageOf } from './phase';
import { handshakeCheck } from './tls';

export default defineCause({
  id: 'tls-connection-failed',
  title: 'TLS with the upstream broke after the handshake',
  headline: ({ record }) =>
    /alert number (?:42|43|44|45|46|48|116)\b/.test(record.message)
      ? 'The upstream does not accept nginx’s client certificate, or wants one'
      : 'TLS with the upstream broke after the handshake',
  status: [502, 200],
  statusOf: gatewayStatus,
  pattern: /^SSL_(?:read|write|sendfile)\(\) failed\b/,
  when: (record) => {
    const stage = stageOf(record);
    if (stage === null || isClientSide(record)) return false;
    // In these two phases nginx deals with the client as well; that side's errors are info.
    if (stage === 'body' && record.level === 'info') return false;
    return record.phase !== 'sending to client' || record.message.startsWith('SSL_read()');
  },
  why: `The handshake was finished, and then the backend refused or broke the connection. In **TLSv1.3 a missing client certificate is
noticed only now**: "certificate required" (alert 116), "bad certificate" (42), "unknown ca" (48). The client gets **502**, or a cut
answer when the header had already been sent.

"unexpected eof" means that the backend closed without saying goodbye in TLS, as a crash does.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_certificate'],
  checks: (incident) => [handshakeCheck(incident), ...serviceChecks(incident)],
  evidence: (incident) =>
    directiveEvidence(
      incident,
      '*_ssl_certificate',
      (value) => `nginx shows the client certificate ${value}.`,
      (name) => `${name} is not set: nginx shows no client certificate.`,
    ),
  fixes: () => [],
});
