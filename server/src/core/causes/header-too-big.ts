/** The response header does not fit into the buffer for it. */
import proxyBuffers from '../remedies/proxy-buffers';
import { TOO_BIG } from './answers';
import { defineCause } from './cause';
import { answerChecks, serviceChecks } from './checks';
import { directiveEvidence } from './directives';
import { offerAtPass, preferFirst } from './fixes';
import { isForRequest } from './phase';

export default defineCause({
  id: 'header-too-big',
  title: 'The response header is larger than nginx’s buffer',
  status: [502],
  pattern: TOO_BIG,
  when: isForRequest,
  why: `The header of the response must fit into **one** buffer, \`*_buffer_size\`, of 4 or 8 KB by default. Large cookies, tokens and \`Link\`
headers exceed that. The client gets **502**, often only users who are logged in.

Raise \`*_buffer_size\` together with \`*_buffers\` and \`*_busy_buffers_size\`: the first alone, as many guides have it, breaks \`nginx -t\`.
\`large_client_header_buffers\` is about the request and does nothing here, nor does \`client_header_buffer_size\`.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffer_size'],
  checks: (incident) => {
    const [ask] = answerChecks(incident);
    const curl = ask?.command.startsWith('curl ') ? ask.command.replace('curl -sv', 'curl -s -D -') : null;
    return [
      ...(curl ? [{ title: 'How many bytes has the header?', command: `${curl} | wc -c` }] : []),
      ...serviceChecks(incident),
    ];
  },
  evidence: (incident) =>
    directiveEvidence(
      incident,
      '*_buffer_size',
      (value) => `The header must fit into ${value}.`,
      (name) => `${name} is not set: the header must fit into one memory page (4k, or 8k).`,
    ),
  fixes: (incident) => preferFirst(offerAtPass(proxyBuffers, incident)),
  advice: [proxyBuffers],
});
