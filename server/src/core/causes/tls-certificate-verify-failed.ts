/** nginx checks the upstream's certificate and does not trust it. */

import external from '../remedies/upstream-tls-external';
import internal from '../remedies/upstream-tls-internal';
import { defineCause } from './cause';
import { serviceChecks } from './checks';
import { serverNameEvidence, verifyEvidence } from './directives';
import { tlsFixes } from './fixes';
import { isForRequest } from './phase';
import { certificateCheck, handshakeCommand, handshakeFailure, isInternalUpstream, isUnchecked } from './tls';

/** X509_V_ERR_…: what OpenSSL's number means for the person who has to mend it. */
const CODES: Readonly<Record<string, string>> = {
  9: 'is not valid yet',
  10: 'has expired',
  18: 'is self-signed',
  19: 'is signed by an own authority that nginx does not know',
  20: 'is signed by an authority that nginx does not know',
  21: 'comes without the intermediate certificate that signed it',
  22: 'has a longer chain than proxy_ssl_verify_depth allows',
  23: 'has been revoked',
};

export default defineCause({
  id: 'tls-certificate-verify-failed',
  title: 'nginx does not trust the upstream’s certificate',
  headline: ({ record }) => {
    const code = /^upstream SSL certificate verify error: \((\d{1,4})/.exec(record.message)?.[1] ?? '';
    return CODES[code]
      ? `The upstream’s certificate ${CODES[code]}`
      : 'nginx does not trust the upstream’s certificate';
  },
  status: [502],
  pattern: /^(?:upstream SSL certificate verify error\b|SSL_do_handshake\(\) failed\b)/,
  when: (record) =>
    record.message.startsWith('upstream') ? isForRequest(record) : handshakeFailure(record) === 'certificate',
  why: `The handshake worked, and then nginx checked the certificate (\`*_ssl_verify on\`) and found nobody it trusts behind it. The client gets
**502**. The number tells why: 18 self-signed, 19 or 20 an unknown authority, 10 expired, 21 the backend does not send its
intermediate certificate. A \`*_ssl_verify_depth\` that is too small (the default is 1) shows as 20 or 22.

For a **public** service, trust the system's authorities (\`*_ssl_trusted_certificate\`). For an **internal** one with its own
certificate the best is to trust just that: put it, or its authority, into the trusted file. Switching the check off is for
networks you trust: the connection stays encrypted, but nobody knows to whom.`,
  references: [
    'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_verify',
    'https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/',
  ],
  checks: (incident) => [
    certificateCheck(incident),
    {
      title: 'Which chain does it send, and does this host trust it?',
      command: handshakeCommand(incident, '-showcerts -verify 5'),
    },
    { title: 'Is the clock right?', command: 'timedatectl' },
    ...serviceChecks(incident),
  ],
  evidence: (incident) => [...verifyEvidence(incident), ...serverNameEvidence(incident)],
  fixes: (incident) =>
    isUnchecked(incident)
      ? []
      : isInternalUpstream(incident)
        ? tlsFixes(incident, [internal, external])
        : tlsFixes(incident, [external, internal]),
  advice: [external, internal],
});
