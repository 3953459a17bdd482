/** The upstream's certificate is for another name than nginx expects. */

import sni from '../remedies/upstream-sni';
import internal from '../remedies/upstream-tls-internal';
import { defineCause } from './cause';
import { serverNameEvidence, verifyEvidence } from './directives';
import { tlsFixes } from './fixes';
import { isForRequest } from './phase';
import { certificateCheck, handshakeCheck, isUnchecked } from './tls';

export default defineCause({
  id: 'tls-certificate-name-mismatch',
  title: 'The upstream’s certificate is for another name',
  headline: ({ record }) => {
    const name = /"([^"]{1,253})"/.exec(record.message.slice(0, 400))?.[1];
    return name ? `The upstream’s certificate is not for "${name}"` : 'The upstream’s certificate is for another name';
  },
  status: [502],
  pattern: /^upstream SSL certificate does not match\b/,
  when: isForRequest,
  why: `nginx checks the certificate (\`*_ssl_verify on\`), and it names somebody else. The client gets **502**. The name that nginx expects is
the host written in the pass: for an **IP address or the name of an \`upstream\` group** no certificate can match. Set
\`*_ssl_name\` to a name that the certificate has, and \`*_ssl_server_name on\`, because a server with many names shows its
default certificate to a client that asks for none.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_name'],
  checks: (incident) => [certificateCheck(incident), handshakeCheck(incident)],
  evidence: (incident) => [...serverNameEvidence(incident), ...verifyEvidence(incident)],
  fixes: (incident) => (isUnchecked(incident) ? [] : tlsFixes(incident, [sni, internal])),
  advice: [sni, internal],
});
