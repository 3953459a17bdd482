/** nginx could not prepare TLS to the upstream: its own certificate, or the name to send. */
import { shellWord } from '../text/shell';
import { defineCause } from './cause';
import { directiveEvidence } from './directives';
import { isUpstreamPhase } from './phase';

export default defineCause({
  id: 'tls-setup-failed',
  title: 'nginx could not prepare TLS to the upstream',
  headline: ({ record }) => {
    const file = /^(?:cannot load certificate|SSL_use_\w{1,20}|SSL_set0_chain)[^"]{0,20}"([^"]{1,300})"/.exec(
      record.message,
    )?.[1];
    return file ? `nginx cannot use ${file} towards the upstream` : 'nginx could not prepare TLS to the upstream';
  },
  status: [500],
  pattern:
    /^(?:cannot load certificate(?: key)? "|SSL_(?:use_certificate|set0_chain|use_PrivateKey|set_tlsext_host_name)\("|SSL_(?:new|set_fd|set_ex_data|set_session)\(\) failed|SSL_set_alpn_protos\(\) failed)/,
  // When nginx starts, or greets a client, it loads certificates too.
  when: (record) => isUpstreamPhase(record) && (record.phase !== null || record.upstream !== null),
  why: `Before the handshake, nginx loads the certificate that it shows to this upstream (\`*_ssl_certificate\` with a variable is read at every request) and
sets the name to ask for. One of them cannot be used: the file is missing or unreadable for nginx's workers, the key does not belong
to the certificate, the name is no name. The client gets **500**: the fault is on this side.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_certificate'],
  checks: ({ record }) => {
    const file = /"(\/[^"]{1,300})"/.exec(record.message)?.[1];
    return [
      ...(file ? [{ title: 'May nginx read it?', command: `namei -l ${shellWord(file)}` }] : []),
      {
        title: 'Which certificate does nginx show?',
        command: "nginx -T 2>/dev/null | grep -nE '_ssl_(certificate|certificate_key|name)'",
      },
    ];
  },
  evidence: (incident) => [
    ...directiveEvidence(incident, '*_ssl_certificate', (value) => `nginx shows the client certificate ${value}.`),
    ...directiveEvidence(incident, '*_ssl_name', (value) => `The name nginx asks for is ${value}.`),
  ],
  fixes: () => [],
});
