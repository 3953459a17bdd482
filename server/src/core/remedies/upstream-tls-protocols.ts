/** Allows the TLS versions that upstreams speak today. */
import { setDirectives } from '../project/edit';
import type { Pass } from '../project/links';
import { settingsAnchor, settingsBlock } from '../project/settings';
import { defineRemedy, RELOAD } from './remedy';

export default defineRemedy<{ readonly pass: Pass }>({
  id: 'upstream-tls-protocols',
  title: 'Allow TLSv1.2 and TLSv1.3 to the upstream',
  when: 'The handshake fails with "alert protocol version" or "unsupported protocol".',
  time: '5 min',
  risk: 'Low: requires an nginx reload; a backend that speaks only older TLS stops working',
  why: `Sets \`*_ssl_protocols TLSv1.2 TLSv1.3\`. Before nginx 1.23.4 the default leaves TLSv1.3 out, so a backend that speaks only
TLSv1.3 fails there.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_protocols'],
  block: `proxy_ssl_protocols TLSv1.2 TLSv1.3;`,
  describe: (_, { pass }) => `Speak TLSv1.2 and TLSv1.3 to this upstream: ${pass.target.family}_ssl_protocols`,
  edits: (project, { pass }) => {
    if (!project) return [];
    const block = settingsBlock(project, pass);
    const name = `${pass.target.family}_ssl_protocols`;
    return setDirectives(project, block, [{ name, args: ['TLSv1.2', 'TLSv1.3'] }], settingsAnchor(pass, block));
  },
  apply: () => [RELOAD],
});
