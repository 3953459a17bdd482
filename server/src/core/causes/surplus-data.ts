/** The upstream sent more than it had announced. */
import { SURPLUS } from './answers';
import { defineCause } from './cause';
import { answerChecks } from './checks';
import { isForRequest } from './phase';

export default defineCause({
  id: 'surplus-data',
  title: 'The upstream sent more than it had announced',
  status: [],
  pattern: SURPLUS,
  when: isForRequest,
  why: `The body was longer than \`Content-Length\` says, or went on behind the last chunk. nginx passes on what was announced, drops the rest and
closes the connection to the backend. It **fails no request**, but what the client has may lack its end, and no connection is kept
for the next request.

An application that counts characters where it should count bytes, or prints after its last chunk, does that.`,
  references: ['https://www.rfc-editor.org/rfc/rfc9110#name-content-length'],
  checks: (incident) => {
    const checks = answerChecks(incident);
    return checks.length > 0
      ? checks
      : [
          {
            title: 'How often does it happen?',
            command: "grep -cE 'more data than|after final chunk' /var/log/nginx/error.log",
          },
        ];
  },
  fixes: () => [],
});
