/** Flags verification of an upstream's certificate that cannot pass, and offers the two documented set-ups elsewhere. */
import { passesOf } from '../../project/links';
import { groupIsHost, inForce, isComplete, isHostName, mayBeSetOutOfView } from '../../project/settings';
import { fix } from '../../remedies/remedy';
import sni from '../../remedies/upstream-sni';
import external from '../../remedies/upstream-tls-external';
import internal from '../../remedies/upstream-tls-internal';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/upstream-tls-verify',
  language: 'nginx',
  severity: 'warning',
  title: 'Verification of the upstream’s certificate cannot pass',
  why: `With \`proxy_ssl_verify on\` nginx checks the certificate's chain against \`proxy_ssl_trusted_certificate\` and its name against
\`proxy_ssl_name\`, by default the host of \`proxy_pass\`. The name of an upstream group or an IP address is in no ordinary
certificate: \`upstream SSL certificate does not match "backend"\`, and the client gets 502. Without a trusted certificate
\`nginx -t\` refuses the file.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_verify'],
  *check(source, project) {
    for (const pass of passesOf(project, source, 'tls')) {
      const { target } = pass;
      const prefix = `${target.family}_ssl`;
      const verify = inForce(project, pass, `${prefix}_verify`);
      if (!verify) {
        yield {
          span: pass.at.directive.name,
          severity: 'hint',
          message:
            'This connection is encrypted, but nginx does not check who answers (proxy_ssl_verify is off by default).',
          fixes: [fix(external, project, { pass }, true), fix(internal, project, { pass })],
        };
        continue;
      }
      if (verify.directive.values[1] !== 'on' || target.dynamic || mayBeSetOutOfView(project, pass.at)) continue;
      const related = [{ file: verify.file, span: verify.directive, message: 'Verification is switched on here.' }];
      const name = target.address.kind === 'tcp' ? target.address.host : '';
      if (!inForce(project, pass, `${prefix}_trusted_certificate`)) {
        // A fragment may get it from the file that includes it.
        if (!isComplete(project, pass.at)) continue;
        yield {
          span: pass.addressSpan,
          severity: 'error',
          message: `${prefix}_verify is on, but no ${prefix}_trusted_certificate is set: nginx -t refuses this. Name the file with the authorities.`,
          related,
          fixes: [fix(external, project, { pass }, true), fix(internal, project, { pass })],
        };
      } else if (
        !inForce(project, pass, `${prefix}_name`) &&
        (pass.upstream || !isHostName(target.address)) &&
        !groupIsHost(pass)
      ) {
        yield {
          span: pass.addressSpan,
          message: `The certificate must match "${name}", which is ${pass.upstream ? 'the name of the group' : 'an address'}: unless it was made for that, verification fails (502). Set ${prefix}_name.`,
          related,
          fixes: [fix(sni, project, { pass }, true), fix(internal, project, { pass })],
        };
      }
    }
  },
});
