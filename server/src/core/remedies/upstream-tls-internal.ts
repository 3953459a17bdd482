/** TLS to an internal upstream whose certificate nobody signed: encrypts, but does not check who answers. */
import { setDirectives, type Wanted } from '../project/edit';
import type { Pass } from '../project/links';
import { serverNameSettings, settingsAnchor, settingsBlock } from '../project/settings';
import { defineRemedy, RELOAD } from './remedy';

export default defineRemedy<{ readonly pass: Pass }>({
  id: 'upstream-tls-internal',
  title: 'Accept the internal upstream’s own certificate',
  when: 'Proxying to an HTTPS service of your own with a self-signed certificate, on a network you trust.',
  time: '15 min',
  risk: 'Medium: nginx no longer checks who answers; only for networks you trust',
  weakens: true,
  why: `Inserts \`*_ssl_verify off\`, \`*_ssl_server_name on\` (and \`*_ssl_name\` and \`Host\` where the default would be an address or a group's name) and
\`*_ssl_protocols TLSv1.2 TLSv1.3\`. Better, where you can: keep verification on and trust the certificate itself with
\`*_ssl_trusted_certificate\`.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_verify'],
  block: `proxy_ssl_verify off;
proxy_ssl_server_name on;
proxy_ssl_protocols TLSv1.2 TLSv1.3;`,
  describe: (_, { pass }) =>
    `Accept this upstream’s certificate unchecked: ${pass.target.family}_ssl_verify off, SNI, TLSv1.2 TLSv1.3 (weakens security)`,
  edits: (project, { pass }) => {
    if (!project) return [];
    const block = settingsBlock(project, pass);
    const prefix = `${pass.target.family}_ssl`;
    const wanted: Wanted[] = [
      { name: `${prefix}_verify`, args: ['off'] },
      ...serverNameSettings(project, pass),
      { name: `${prefix}_protocols`, args: ['TLSv1.2', 'TLSv1.3'] },
    ];
    return setDirectives(project, block, wanted, settingsAnchor(pass, block));
  },
  apply: () => [RELOAD],
});
