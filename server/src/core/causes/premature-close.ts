/** The upstream closed the connection before it answered. */
import restartPolicy from '../remedies/restart-policy';
import { defineCause } from './cause';
import { hungUpChecks } from './checks';
import { failoverEvidence, keepaliveEvidence, poolLimitsEvidence } from './directives';
import { hungUpFixes } from './fixes';
import { stageOf } from './phase';

export default defineCause({
  id: 'premature-close',
  title: 'The upstream closed the connection before it answered',
  status: [502],
  pattern: /^upstream (?:prematurely closed|closed prematurely)\b/,
  when: (record) => ['header', 'connecting', 'handshaking', 'sending', 'unnamed'].includes(stageOf(record) ?? ''),
  why: `The backend took the request and closed the connection in an orderly way, without a complete answer. The client gets **502**.
Usual reasons:

- a **worker was stopped**: gunicorn's or uWSGI's worker timeout (30 s in gunicorn) is shorter than nginx's read timeout, a deploy
  restarted the service, or the system was out of memory;
- a **kept-alive** connection was closed just when nginx used it again (Node.js closes after 5 s, nginx keeps for 60): only POST
  requests fail then, because nginx repeats a GET;
- the program ended without writing a header.

The backend's log has the reason; nginx's timeouts have nothing to do with it.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive_timeout'],
  checks: hungUpChecks,
  evidence: (incident) => [
    ...poolLimitsEvidence(incident),
    ...keepaliveEvidence(incident),
    ...failoverEvidence(incident),
  ],
  rules: ['links/allowed-clients', 'nginx/upstream-scheme-port'],
  fixes: hungUpFixes,
  advice: [restartPolicy],
});
