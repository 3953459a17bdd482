/** Flags TLS to an upstream pinned to versions that backends no longer speak. */
import { passesOf } from '../../project/links';
import { inForce } from '../../project/settings';
import { fix } from '../../remedies/remedy';
import protocols from '../../remedies/upstream-tls-protocols';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/upstream-tls-protocols',
  language: 'nginx',
  severity: 'warning',
  title: 'TLS versions to the upstream are pinned too low',
  why: `A backend of today refuses TLSv1 and TLSv1.1: \`SSL_do_handshake() failed (… alert protocol version …)\`, and the client gets 502.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_protocols'],
  *check(source, project) {
    for (const pass of passesOf(project, source, 'tls')) {
      const name = `${pass.target.family}_ssl_protocols`;
      const at = inForce(project, pass, name);
      if (
        !at ||
        at.directive.args.some(({ value, template }) => template || value === 'TLSv1.2' || value === 'TLSv1.3')
      )
        continue;
      const versions = at.directive.args.map(({ value }) => value).join(' ');
      yield {
        span: pass.addressSpan,
        message: `Only ${versions} may be spoken to this upstream: a backend that wants TLSv1.2 or newer refuses the handshake (502).`,
        related: [{ file: at.file, span: at.directive, message: 'The versions are pinned here.' }],
        fixes: [fix(protocols, project, { pass }, true)],
      };
    }
  },
});
