/** TLS to an external upstream, checked against the system's certificate authorities. */
import { setDirectives, type Wanted } from '../project/edit';
import type { Pass } from '../project/links';
import { inForce, serverNameSettings, settingsAnchor, settingsBlock } from '../project/settings';
import { defineRemedy, RELOAD } from './remedy';

/** Debian, Ubuntu, Alpine, Arch. Red Hat's family has /etc/pki/tls/certs/ca-bundle.crt. */
const SYSTEM_CAS = '/etc/ssl/certs/ca-certificates.crt';

export default defineRemedy<{ readonly pass: Pass }>({
  id: 'upstream-tls-external',
  title: 'Check the upstream’s certificate against the system’s authorities',
  when: 'Proxying to an HTTPS service with a publicly signed certificate.',
  time: '15 min',
  risk: 'Medium: the upstream must present a certificate for the name that nginx asks for',
  why: `Inserts \`*_ssl_verify on\` with \`*_ssl_trusted_certificate ${SYSTEM_CAS}\` (without it \`nginx -t\` refuses verification),
\`*_ssl_verify_depth 2\` (the default of 1 is too small for a public chain), \`*_ssl_server_name on\` (with \`*_ssl_name\` and \`Host\` where nginx would send the name of a group) and \`*_ssl_session_reuse on\`.
On Red Hat's family the bundle is /etc/pki/tls/certs/ca-bundle.crt.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_trusted_certificate'],
  block: `proxy_ssl_verify on;
proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;
proxy_ssl_verify_depth 2;
proxy_ssl_server_name on;
proxy_ssl_session_reuse on;`,
  describe: (_, { pass }) =>
    `Verify this upstream’s certificate with the system’s authorities: ${pass.target.family}_ssl_verify on, SNI`,
  edits: (project, { pass }) => {
    if (!project) return [];
    const block = settingsBlock(project, pass);
    const prefix = `${pass.target.family}_ssl`;
    const unless = (directive: string, arg: string): Wanted[] =>
      inForce(project, pass, directive) ? [] : [{ name: directive, args: [arg] }];
    return setDirectives(
      project,
      block,
      [
        { name: `${prefix}_verify`, args: ['on'] },
        ...unless(`${prefix}_trusted_certificate`, SYSTEM_CAS),
        ...unless(`${prefix}_verify_depth`, '2'),
        ...serverNameSettings(project, pass),
        { name: `${prefix}_session_reuse`, args: ['on'] },
      ],
      settingsAnchor(pass, block),
    );
  },
  apply: () => [RELOAD],
});
