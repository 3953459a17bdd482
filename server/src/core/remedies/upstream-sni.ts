/** Tells a TLS upstream which name is asked for. */
import { setDirectives } from '../project/edit';
import type { Pass } from '../project/links';
import { serverNameSettings, settingsAnchor, settingsBlock, tlsName } from '../project/settings';
import { defineRemedy, RELOAD } from './remedy';

export default defineRemedy<{ readonly pass: Pass }>({
  id: 'upstream-sni',
  title: 'Send the server name in the TLS handshake (SNI)',
  when: 'The upstream answers the handshake with "unrecognized name" or "handshake failure": CDNs and hosts with many names do.',
  time: '5 min',
  risk: 'Low: requires an nginx reload',
  why: `nginx sends no server name to upstreams unless told to. Inserts \`*_ssl_server_name on\`; where the default name would be an
address or the name of an upstream group, also \`*_ssl_name\` and a \`Host\` header with the name that is meant.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_server_name'],
  block: `proxy_ssl_server_name on;
proxy_ssl_name backend.example.com;`,
  describe: (project, { pass }) => {
    const name = project && tlsName(project, pass);
    const { family } = pass.target;
    return `Send the server name to this upstream: ${family}_ssl_server_name on${name ? `, ${family}_ssl_name ${name}` : ''}`;
  },
  edits: (project, { pass }) => {
    if (!project) return [];
    const block = settingsBlock(project, pass);
    return setDirectives(project, block, serverNameSettings(project, pass), settingsAnchor(pass, block));
  },
  apply: () => [RELOAD],
});
