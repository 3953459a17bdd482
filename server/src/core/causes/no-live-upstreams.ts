/** No server of the group may be asked at the moment. */

import failover from '../remedies/failover';
import { advise } from '../remedies/remedy';
import type { Evidence, Incident } from './cause';
import { defineCause } from './cause';
import { listenerChecks } from './checks';
import { failoverFixes, preferFirst, restartFixes } from './fixes';
import { isForRequest } from './phase';

export default defineCause({
  id: 'no-live-upstreams',
  title: 'No server of the group is available',
  headline: ({ route, record }) => {
    const name = route?.pass.upstream?.directive.values[1] ?? groupName(record.upstream);
    return name ? `No server of "${name}" is available` : 'No server of the group is available';
  },
  status: [502],
  pattern: /^no live upstreams\b/,
  when: isForRequest,
  why: `Every server of the group is out: it **failed a moment ago** (\`max_fails\`, by default one failure, takes it out for \`fail_timeout\`,
10 s), is marked \`down\`, or has reached \`max_conns\`. nginx asked nobody, and the client gets **502** at once, not 503.

This line is an **after-effect**. The reason stands in the lines before it, mostly \`connect() failed\` or \`upstream timed out\`:
heal that. A larger \`max_fails\` keeps a single slow answer from taking all servers out, but does not bring a dead one back. A
group with a single server is never taken out; \`localhost\`, with two addresses, can be.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#max_fails'],
  checks: (incident) => [
    {
      title: 'What happened to the servers before?',
      command: "grep -E 'upstream' /var/log/nginx/error.log | grep -v 'no live upstreams' | tail -20",
    },
    ...serverChecks(incident),
    ...listenerChecks(incident),
  ],
  evidence: serverEvidence,
  // There was nobody to fail over to: the documented block is for the next time.
  fixes: (incident) => [
    ...preferFirst(restartFixes(incident).slice(0, 1)),
    ...failoverFixes(incident).map(() => advise(failover, incident.route!.pass.target.family)),
  ],
  advice: [failover],
});

function groupName(upstream: string | null): string | null {
  return upstream === null ? null : (/^[a-z]{1,10}:\/\/([^/:?\s]{1,200})/.exec(upstream)?.[1] ?? null);
}

/** Each server of the group on its own. */
function serverChecks({ route }: Incident) {
  const ports = (route?.pass.endpoints ?? []).flatMap(({ address }) => (address.kind === 'tcp' ? [address.port] : []));
  if (ports.length === 0) return [];
  return [
    {
      title: 'Do the servers of the group listen?',
      command: `ss -tlnp | grep -E ':(${[...new Set(ports)].slice(0, 20).join('|')})\\b'`,
    },
  ];
}

function serverEvidence({ route }: Incident): Evidence[] {
  return (route?.pass.endpoints ?? []).slice(0, 20).flatMap(({ server, at }) => {
    if (!server) return [];
    const name = at.directive.values[1];
    const place = { file: at.file, span: at.directive };
    if (server.flags.has('down')) return [{ message: `${name} is marked down.`, ...place }];
    const connections = server.parameters.get('max_conns');
    if (connections !== undefined && connections !== '0') {
      return [{ message: `${name} takes no more than ${connections} connections at once (max_conns).`, ...place }];
    }
    const fails = server.parameters.get('max_fails');
    if (fails === '0') return [];
    const pause = server.parameters.get('fail_timeout') ?? '10s';
    return [
      {
        message: `${name} is left out for ${pause} after ${fails ?? 'one'} failure${fails && fails !== '1' ? 's' : ''}.`,
        ...place,
      },
    ];
  });
}
