/** The TLS handshake with the upstream failed for a reason that has no cause of its own. */

import sni from '../remedies/upstream-sni';
import internal from '../remedies/upstream-tls-internal';
import upstreamTlsProtocols from '../remedies/upstream-tls-protocols';
import { defineCause } from './cause';
import { serviceChecks } from './checks';
import { directiveEvidence, serverNameEvidence } from './directives';
import { tlsFixes } from './fixes';
import { certificateCheck, handshakeCheck, handshakeFailure, isInternalUpstream } from './tls';

/** Alerts that a backend sends about a certificate of nginx's, or the lack of one. */
const CLIENT_CERTIFICATE = /alert number (?:42|43|44|45|46|48|116)\b|alert (?:bad certificate|unknown ca|certificate )/;

export default defineCause({
  id: 'tls-handshake-failed',
  title: 'The TLS handshake with the upstream failed',
  headline: ({ record }) =>
    CLIENT_CERTIFICATE.test(record.message)
      ? 'The upstream does not accept nginx’s client certificate, or wants one'
      : 'The TLS handshake with the upstream failed',
  status: [502],
  pattern: /^SSL_do_handshake\(\) failed\b/,
  when: (record) => handshakeFailure(record) === 'other',
  why: `nginx and the backend did not agree on TLS. The client gets **502**. The text in parentheses is OpenSSL's and says why:

- \`certificate verify failed\`: nginx does not trust the certificate;
- \`wrong version number\`: the port speaks no TLS at all;
- \`unrecognized name\`, \`alert handshake failure\`: nginx does not send the server name;
- \`alert protocol version\`: no TLS version in common;
- \`alert bad certificate\`, \`unknown ca\`, \`certificate required\`: the backend wants a **client certificate** (\`*_ssl_certificate\`);
- \`dh key too small\`, \`no ciphers available\`: the backend's cryptography is older than OpenSSL's policy on this host.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_protocols'],
  checks: (incident) => [handshakeCheck(incident), certificateCheck(incident), ...serviceChecks(incident)],
  evidence: (incident) => [
    ...serverNameEvidence(incident),
    ...directiveEvidence(incident, '*_ssl_protocols', (value) => `Only ${value} is spoken here.`),
    ...directiveEvidence(incident, '*_ssl_ciphers', (value) => `The ciphers are restricted to ${value}.`),
    ...directiveEvidence(incident, '*_ssl_certificate', (value) => `nginx shows the client certificate ${value}.`),
  ],
  fixes: (incident) => tlsFixes(incident, isInternalUpstream(incident) ? [sni, internal] : [sni]),
  advice: [sni, upstreamTlsProtocols, internal],
});
