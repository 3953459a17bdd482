/** nginx and the upstream have no TLS version in common. */
import protocols from '../remedies/upstream-tls-protocols';
import { defineCause } from './cause';
import { directiveEvidence } from './directives';
import { tlsFixes } from './fixes';
import { handshakeCommand, handshakeFailure } from './tls';

export default defineCause({
  id: 'tls-protocol-version',
  title: 'nginx and the upstream have no TLS version in common',
  status: [502],
  pattern: /^SSL_do_handshake\(\) failed\b/,
  when: (record) => handshakeFailure(record) === 'protocol-version',
  why: `The backend speaks none of the versions that nginx offers ("alert protocol version"), or the other way round ("unsupported
protocol"). "no protocols available" means that \`*_ssl_protocols\` and the system's OpenSSL policy leave nothing: current systems
allow TLSv1 and TLSv1.1 no more. The client gets **502**.

nginx before 1.23.4 offers no TLSv1.3 unless told to, so a backend with TLSv1.3 only fails there.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_protocols'],
  checks: (incident) => [
    { title: 'Does it speak TLSv1.2?', command: handshakeCommand(incident, '-tls1_2') },
    { title: 'Does it speak TLSv1.3?', command: handshakeCommand(incident, '-tls1_3') },
    { title: 'Which nginx is this?', command: 'nginx -V' },
  ],
  evidence: (incident) =>
    directiveEvidence(
      incident,
      '*_ssl_protocols',
      (value) => `nginx speaks only ${value} to this upstream.`,
      (name) => `${name} is not set: before nginx 1.23.4 that is TLSv1 to TLSv1.2, without TLSv1.3.`,
    ),
  fixes: (incident) => tlsFixes(incident, [protocols]),
  advice: [protocols],
});
