/** The upstream reset the connection before it answered. */
import restartPolicy from '../remedies/restart-policy';
import { defineCause } from './cause';
import { hungUpChecks } from './checks';
import { connectFailure } from './connecting';
import { failoverEvidence, keepaliveEvidence, poolLimitsEvidence, wrongProtocolEvidence } from './directives';
import { hungUpFixes } from './fixes';
import { transferFailure } from './transfer';

export default defineCause({
  id: 'connection-reset',
  title: 'The upstream reset the connection before it answered',
  status: [502],
  pattern:
    /^(?:(?:recv|recvmsg|readv|WSARecv)\(\) failed|kevent\(\) reported (?:about an closed|that (?:upstream closed|connect\(\)))|connect\(\) (?:to |failed))/,
  when: (record) => connectFailure(record) === 'connection-reset' || transferFailure(record) === 'connection-reset',
  why: `The connection was made and the request sent; then the backend threw the connection away without a single byte of answer. The
client gets **502**. Four things do that, and nginx sees no difference:

- the process that served the request **crashed or was killed** (segfault, out of memory, php-fpm's \`request_terminate_timeout\`);
- the backend **does not want nginx**: php-fpm's \`listen.allowed_clients\`;
- it speaks **another protocol**: HTTP sent to php-fpm or to a TLS port;
- it closed a **kept-alive** connection just when nginx used it again. Then only POST requests fail, because nginx repeats a GET.

The backend's own log tells which. A longer timeout in nginx changes nothing.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive'],
  checks: hungUpChecks,
  evidence: (incident) => [
    ...wrongProtocolEvidence(incident),
    ...poolLimitsEvidence(incident),
    ...keepaliveEvidence(incident),
    ...failoverEvidence(incident),
  ],
  rules: ['links/allowed-clients', 'nginx/upstream-scheme-port'],
  fixes: hungUpFixes,
  advice: [restartPolicy],
});
