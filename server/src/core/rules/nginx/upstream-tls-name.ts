/** Flags TLS to an upstream that will be asked for the wrong name, or for none. */
import { passesOf } from '../../project/links';
import { inForce, isHostName, mayBeSetOutOfView, tlsName } from '../../project/settings';
import { fix } from '../../remedies/remedy';
import sni from '../../remedies/upstream-sni';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/upstream-tls-name',
  language: 'nginx',
  severity: 'information',
  title: 'TLS to the upstream without the right server name',
  why: `nginx sends no server name (SNI) to an HTTPS upstream unless \`proxy_ssl_server_name on\` is set. Hosts with many names, every
CDN among them, answer such a handshake with an alert: \`SSL_do_handshake() failed (… unrecognized name …)\` or
\`… alert handshake failure\`, and the client gets 502. With it set, the name is that of \`proxy_pass\`: for an upstream group
that is the group's name, which no certificate has.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_server_name'],
  *check(source, project) {
    for (const pass of passesOf(project, source, 'tls')) {
      const { target } = pass;
      if (target.dynamic || mayBeSetOutOfView(project, pass.at)) continue;
      const prefix = `${target.family}_ssl`;
      const on = inForce(project, pass, `${prefix}_server_name`)?.directive.values[1] === 'on';
      const fixes = [fix(sni, project, { pass }, true)];
      const name = target.address.kind === 'tcp' ? target.address.host : '';
      if (on && pass.upstream && tlsName(project, pass) !== null) {
        yield {
          span: pass.addressSpan,
          severity: 'warning',
          message: `The upstream is asked for the TLS name "${name}", which is only the name of the group: servers that choose their certificate by name refuse it (502). Set ${prefix}_name.`,
          related: pass.endpoints
            .slice(0, 3)
            .map(({ at, span }) => ({ file: at.file, span, message: 'A server of the group.' })),
          fixes,
        };
      } else if (!on && isPublicName(pass.endpoints)) {
        yield {
          span: pass.addressSpan,
          message: `No server name is sent to this TLS upstream: hosts with many names answer "handshake failure" or "unrecognized name" (502). Set ${prefix}_server_name on.`,
          fixes,
        };
      }
    }
  },
});

/** A name with a dot that is not one of this host's own: only such hosts choose a certificate by name as a rule. */
function isPublicName(endpoints: readonly { readonly address: Parameters<typeof isHostName>[0] }[]): boolean {
  return endpoints.some(
    ({ address }) =>
      isHostName(address) &&
      /^[^.]+\..*[a-z]$/i.test(address.host) &&
      !/\.(?:local|localhost|internal|lan|svc|test)$/i.test(address.host),
  );
}
