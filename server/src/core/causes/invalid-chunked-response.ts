/** The body of the response breaks the rules of its own encoding. */
import { BODY } from './answers';
import { defineCause } from './cause';
import { answerChecks, serviceChecks } from './checks';
import { isForRequest } from './phase';

export default defineCause({
  id: 'invalid-chunked-response',
  title: 'The body of the upstream’s response is malformed',
  status: [200],
  pattern: BODY,
  when: isForRequest,
  why: `The backend announced \`Transfer-Encoding: chunked\` and sent something that is not chunked, or an invalid trailer. The status was
already decided: the access log shows **200**, and the client has an empty or cut answer. It is no 502.

The application, or a library in it, writes the body past its HTTP server; or it sends a chunked body that is compressed or
joined twice.`,
  references: ['https://www.rfc-editor.org/rfc/rfc9112#name-chunked-transfer-coding'],
  checks: (incident) => [...answerChecks(incident), ...serviceChecks(incident)],
  fixes: () => [],
});
