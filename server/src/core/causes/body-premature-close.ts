/** The upstream closed the connection in the middle of its answer. */
import { defineCause } from './cause';
import { answerChecks, serviceChecks } from './checks';
import { poolLimitsEvidence } from './directives';
import { preferFirst, restartFixes } from './fixes';
import { brokenOffStatus, stageOf } from './phase';

export default defineCause({
  id: 'body-premature-close',
  title: 'The upstream closed the connection in the middle of its answer',
  status: [200, 101],
  statusOf: brokenOffStatus,
  pattern: /^upstream (?:prematurely closed|closed prematurely)\b/,
  when: (record) => stageOf(record) === 'body',
  why: `The backend announced more than it sent: it closed before \`Content-Length\` bytes, or before the last chunk. The status line was
already with the client, which has the **status that was sent (200) and a cut body**; browsers show
\`ERR_INCOMPLETE_CHUNKED_ENCODING\` or a broken download, and the access log shows 200.

A worker that was stopped in the middle does that (timeouts of gunicorn, uWSGI, php-fpm; a deploy), or an application that
computes the wrong length.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering'],
  checks: (incident) => [...serviceChecks(incident), ...answerChecks(incident)],
  evidence: poolLimitsEvidence,
  fixes: (incident) => preferFirst(restartFixes(incident)),
});
