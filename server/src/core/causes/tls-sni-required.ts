/** The upstream needs to be told which name is asked for. */

import sni from '../remedies/upstream-sni';
import protocols from '../remedies/upstream-tls-protocols';
import { defineCause } from './cause';
import { directiveEvidence, serverNameEvidence } from './directives';
import { offerAtPass, preferFirst } from './fixes';
import { handshakeCheck, handshakeCommand, handshakeFailure } from './tls';

export default defineCause({
  id: 'tls-sni-required',
  title: 'The upstream refuses a handshake for this server name',
  status: [502],
  pattern: /^SSL_do_handshake\(\) failed\b/,
  when: (record) => handshakeFailure(record) === 'server-name',
  why: `The backend ended the handshake: "unrecognized name" (alert 112) or "handshake failure" (alert 40). CDNs and servers with many
names need to be told which one is meant, and **nginx sends no name to upstreams by default** (\`*_ssl_server_name off\`). The client
gets **502**. With a group or an address in the pass, the name itself has to be set as well: \`*_ssl_name\`.

When the name is sent and right, alert 40 also means that the two have no cipher or TLS version in common, or that the
backend wants a client certificate.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_server_name'],
  checks: (incident) => [
    handshakeCheck(incident, 'Does it work with the name?'),
    { title: 'And without, as nginx does by default?', command: withoutName(handshakeCommand(incident)) },
  ],
  evidence: (incident) => [
    ...serverNameEvidence(incident),
    ...directiveEvidence(incident, '*_ssl_protocols', (value) => `Only ${value} is spoken here.`),
    ...directiveEvidence(incident, '*_ssl_ciphers', (value) => `The ciphers are restricted to ${value}.`),
  ],
  fixes: (incident) => preferFirst([...offerAtPass(sni, incident), ...offerAtPass(protocols, incident)]),
  advice: [sni],
});

function withoutName(command: string): string {
  return command.replace(/ -servername \S+/, '').replace(' </dev/null', ' -noservername </dev/null');
}
