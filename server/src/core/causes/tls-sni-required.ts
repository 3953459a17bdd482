/** The upstream needs to be told which name is asked for. */

import { inForce } from '../project/settings';
import sni from '../remedies/upstream-sni';
import protocols from '../remedies/upstream-tls-protocols';
import { defineCause, type Incident } from './cause';
import { directiveEvidence, serverNameEvidence } from './directives';
import { tlsFixes } from './fixes';
import { handshakeCheck, handshakeCommand, handshakeFailure } from './tls';

export default defineCause({
  id: 'tls-sni-required',
  title: 'The upstream refuses a handshake for this server name',
  headline: (incident) =>
    isAlert40(incident) && sendsName(incident)
      ? 'The upstream refuses the handshake: it may want a client certificate'
      : 'The upstream refuses a handshake for this server name',
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
    ...(isAlert40(incident)
      ? directiveEvidence(
          incident,
          '*_ssl_certificate',
          (value) => `nginx shows the client certificate ${value}.`,
          (name) => `${name} is not set: nginx has no client certificate to show, in case the backend wants one.`,
        )
      : []),
  ],
  fixes: (incident) => tlsFixes(incident, [sni, protocols]),
  advice: [sni],
});

/** Then the name is not what is missing, whether it is right or not. */
function sendsName({ project, route }: Incident): boolean {
  if (!project || !route) return false;
  return inForce(project, route.pass, `${route.pass.target.family}_ssl_server_name`)?.directive.values[1] === 'on';
}

/** "Handshake failure" has more reasons than the name. */
function isAlert40({ record }: Incident): boolean {
  return /alert number 40\b|handshake[ _]failure/i.test(record.message.slice(0, 2048));
}

function withoutName(command: string): string {
  return command.replace(/ -servername \S+/, '').replace(' </dev/null', ' -noservername </dev/null');
}
