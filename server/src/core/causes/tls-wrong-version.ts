/** The upstream answers a TLS handshake with something that is no TLS. */
import { spell } from '../project/address';
import upstreamPlain from '../remedies/upstream-plain';
import { defineCause } from './cause';
import { listenerChecks } from './checks';
import { offerAtPass, preferFirst } from './fixes';
import { handshakeCheck, handshakeFailure, isInternalUpstream } from './tls';

export default defineCause({
  id: 'tls-wrong-version',
  title: 'The upstream does not speak TLS on this port',
  headline: ({ address }) =>
    address ? `${spell(address)} does not speak TLS` : 'The upstream does not speak TLS on this port',
  status: [502],
  pattern: /^SSL_do_handshake\(\) failed\b/,
  when: (record) => handshakeFailure(record) === 'plain',
  why: `nginx began a TLS handshake and got something else back, mostly a plain \`HTTP/1.1 400\`. OpenSSL calls that "wrong version number";
it has **nothing to do with TLS versions**, and \`proxy_ssl_protocols\` does not help. The client gets **502**.

The backend expects plain HTTP on that port: use \`http://\` in the pass, or the port on which it speaks TLS.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass'],
  checks: (incident) => [
    handshakeCheck(incident, 'Does it speak TLS? ("wrong version number" again: no)'),
    ...listenerChecks(incident),
  ],
  evidence: ({ route }) =>
    route?.pass.target.tls
      ? [
          {
            message: `The pass says ${route.pass.target.scheme}://.`,
            file: route.pass.at.file,
            span: route.pass.schemeSpan ?? route.pass.at.directive,
          },
        ]
      : [],
  // Over a public network plain HTTP is rarely what is wanted: the right port is.
  rules: ['nginx/upstream-scheme-port'],
  fixes: (incident) => {
    const fixes = offerAtPass(upstreamPlain, incident);
    return isInternalUpstream(incident) ? preferFirst(fixes) : fixes;
  },
  advice: [upstreamPlain],
});
