/** The upstream broke the rules of HTTP/2, or refused the stream. */
import { HTTP2 } from './answers';
import { defineCause } from './cause';
import { listenerChecks } from './checks';
import { gatewayStatus, isForRequest } from './phase';
import { handshakeCommand } from './tls';

export default defineCause({
  id: 'grpc-protocol-error',
  title: 'The upstream does not speak HTTP/2, or refused the stream',
  headline: ({ record }) =>
    /http2 frame: 4740180\b/.test(record.message)
      ? 'grpc_pass leads to an HTTP/1.1 server'
      : 'The upstream does not speak HTTP/2, or refused the stream',
  status: [502, 200],
  statusOf: (incident) => (incident.record.message.startsWith('no connection data') ? [500] : gatewayStatus(incident)),
  pattern: HTTP2,
  when: isForRequest,
  why: `gRPC needs HTTP/2 from end to end. A number tells most: **\`too large http2 frame: 4740180\`** is 0x485454, the letters \`HTT\` of
\`HTTP/1.1\`, so the backend speaks HTTP/1 there. Larger buffers, as often advised, do nothing.

\`rejected request with error\` and \`goaway\` come from a backend that does speak HTTP/2: 7 is REFUSED_STREAM, 11 ENHANCE_YOUR_CALM,
1 PROTOCOL_ERROR. The client gets **502**, or a cut answer when the header had been sent.

Use \`proxy_pass\` for HTTP/1; \`grpcs://\` where the backend expects TLS, \`grpc://\` where it does not.`,
  references: [
    'https://nginx.org/en/docs/http/ngx_http_grpc_module.html#grpc_pass',
    'https://www.rfc-editor.org/rfc/rfc9113#name-error-codes',
  ],
  checks: (incident) => [
    ...(incident.scheme === 'grpcs'
      ? [{ title: 'Does it agree on HTTP/2 (ALPN)?', command: handshakeCommand(incident, '-alpn h2') }]
      : []),
    ...listenerChecks(incident),
  ],
  fixes: () => [],
});
