/** The kernel has no local address and port left for another connection to the upstream. */
import upstreamKeepalive from '../remedies/upstream-keepalive';
import { defineCause } from './cause';
import { listenerChecks } from './checks';
import { connectFailure } from './connecting';
import { keepaliveEvidence } from './directives';
import { offerAtPass, preferFirst } from './fixes';

export default defineCause({
  id: 'ports-exhausted',
  title: 'No local port is left for another connection',
  status: [502],
  pattern: /^(?:kevent\(\) reported that )?connect\(\) (?:to |failed)/,
  when: (record) => connectFailure(record) === 'ports-exhausted',
  why: `Each connection to the same address and port needs a local port of its own, and a closed one stays taken for a minute
(\`TIME_WAIT\`): about 28 000 connections a minute, and none is left. Linux says 99, "Cannot assign requested address". The client
gets **502** at once.

What helps: keep connections open (\`keepalive\` in the upstream), use a unix socket on the same host, widen
\`net.ipv4.ip_local_port_range\`. More workers or longer timeouts do not.

When it happens to **every** request, the address itself is impossible: \`[::]\` or \`0.0.0.0\` are for listening, not for
connecting, and \`[::1]\` fails where IPv6 is off.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive'],
  checks: (incident) => [
    { title: 'How many connections are there, and in which state?', command: 'ss -s' },
    {
      title: 'To which addresses?',
      command: "ss -Htan state time-wait | awk '{print $4}' | sort | uniq -c | sort -rn | head",
    },
    { title: 'How many local ports are there?', command: 'sysctl net.ipv4.ip_local_port_range' },
    ...listenerChecks(incident),
  ],
  evidence: (incident) => {
    const { project, route, address } = incident;
    const impossible = address?.kind === 'tcp' && /^\[?(?:::|0\.0\.0\.0)\]?$/.test(address.host);
    if (impossible) {
      return route?.endpoint
        ? [
            {
              message: `${address.host} is an address to listen on; connect to the loopback address instead.`,
              file: route.endpoint.at.file,
              span: route.endpoint.span,
            },
          ]
        : [];
    }
    const group = route?.pass.upstream;
    const kept = project && group && project.children(group.file, group.directive).has('keepalive');
    if (!route || kept) return keepaliveEvidence(incident);
    return [{ message: 'No keepalive: nginx makes a new connection for every request.' }];
  },
  rules: ['nginx/wildcard-destination'],
  fixes: (incident) => preferFirst(offerAtPass(upstreamKeepalive, incident)),
});
