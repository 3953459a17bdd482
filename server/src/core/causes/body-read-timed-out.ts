/** The upstream fell silent in the middle of its answer, or an upgraded connection was idle. */
import websocket from '../remedies/websocket';
import { defineCause } from './cause';
import { serviceChecks } from './checks';
import { timeoutEvidence } from './directives';
import { offerAtPass, preferFirst, timeoutFixes } from './fixes';
import { brokenOffStatus, stageOf } from './phase';

export default defineCause({
  id: 'body-read-timed-out',
  title: 'The upstream fell silent in the middle of its answer',
  headline: ({ record }) =>
    record.phase?.startsWith('proxying')
      ? 'The connection was idle for too long'
      : 'The upstream fell silent in the middle of its answer',
  status: [200, 101],
  statusOf: brokenOffStatus,
  // The second is the stream module's, for a session in which neither side said anything.
  pattern: /^(?:upstream|connection) timed out\b/,
  when: (record) =>
    record.message.startsWith('connection') ? record.phase === 'proxying connection' : stageOf(record) === 'body',
  why: `The status and the beginning of the answer were already with the client when more time than \`*_read_timeout\` passed between two
reads. nginx closes the connection: the client has the **status that was sent (200) and a cut body**. It is no 504, and the
access log shows 200.

For WebSocket (\`while proxying upgraded connection\`) it means that nobody sent anything for that long: raise the read timeout there, or
let the application send pings.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout'],
  checks: serviceChecks,
  evidence: (incident) => timeoutEvidence(incident, 'read'),
  fixes: (incident) =>
    preferFirst([
      ...(incident.record.phase === 'proxying upgraded connection' ? offerAtPass(websocket, incident) : []),
      ...timeoutFixes(incident, 'read'),
    ]),
});
