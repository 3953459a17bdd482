/** A worker process holds as many connections as it may. */
import { defineCause } from './cause';
import { limitChecks, limitEvidence, limitFixes } from './limits';
import { isUpstreamPhase } from './phase';

export default defineCause({
  id: 'worker-connections-exhausted',
  title: 'A worker holds as many connections as it may',
  headline: ({ record }) => {
    const limit = /^\d{1,9}/.exec(record.message)?.[0];
    return limit ? `A worker holds all its ${limit} connections` : 'A worker holds as many connections as it may';
  },
  status: [500],
  statusOf: ({ record }) => {
    // The worker gives up kept-alive connections and goes on.
    if (record.message.includes('reusing connections')) return [];
    // Without an action the worker was accepting: the client's connection is closed without an answer.
    return record.phase === null && record.time !== null ? [] : [500];
  },
  pattern: /^(?:\d{1,9} )?worker_connections are not enough/,
  when: isUpstreamPhase,
  why: `\`worker_connections\` counts **all** connections of a worker, those to clients and those to upstreams: a proxied request takes two.
The default is 512. The client gets **500** when nginx was about to connect to the upstream, and no answer at all when it was
accepting the client. The backend is not at fault.

Two things make it happen: real load (raise it, and \`worker_rlimit_nofile\` with it), or a **loop**, where \`proxy_pass\` leads back to
nginx itself until everything is used up. A loop uses up any number: look for that first.`,
  references: ['https://nginx.org/en/docs/ngx_core_module.html#worker_connections'],
  checks: () => [
    ...limitChecks(),
    {
      title: 'Does nginx connect to itself?',
      command: "ss -Htnp state established | grep nginx | awk '{print $4}' | sort | uniq -c | sort -rn | head",
    },
  ],
  evidence: limitEvidence,
  fixes: limitFixes,
});
