/** The DNS server that nginx asks gave no usable answer. */
import { defineCause } from './cause';
import { lookupStatus, nameChecks, nameIn, resolverEvidence } from './names';
import { isForRequest, isWithResolver } from './phase';

/** What ngx_resolver.c says of answers, on behalf of no request. */
const ABOUT_ANSWERS = /^[A-Za-z][\w .-]{1,60} DNS response\b|^DNS error \(/;

export default defineCause({
  id: 'resolver-timed-out',
  title: 'The DNS server gave no answer',
  headline: ({ record }) => {
    if (record.resolver !== null) return `nginx cannot talk to its DNS server ${record.resolver}`;
    if (ABOUT_ANSWERS.test(record.message)) return 'nginx cannot use an answer of its DNS server';
    const name = nameIn(record);
    return name ? `The DNS server gave no answer about ${name}` : 'The DNS server gave no answer';
  },
  status: [502],
  statusOf: lookupStatus,
  // 110 (60 on BSD): no answer; 1, 2, 4, 5: format error, server failure, unimplemented, refused (ngx_resolver_strerror).
  // The others: what ngx_resolver.c meets with the server itself.
  pattern:
    /^(?:\S{1,253} could not be resolved \((?:110|60|10060|[1245]):|(?:connect|send|recv)\(\) (?:to \S{1,100} )?failed \(\d|send\(\) incomplete|[A-Za-z][\w .-]{1,60} DNS response\b|DNS error \()/,
  when: (record) => {
    if (/^(?:connect|send|recv)\(/.test(record.message)) return isWithResolver(record);
    return ABOUT_ANSWERS.test(record.message) ? record.client === null : isForRequest(record);
  },
  why: `nginx asked the server in \`resolver\` and got nothing within \`resolver_timeout\` (30 s by default), or an answer that it could not help.
The client gets **502**, even for a timeout: no upstream was asked, so it is no 504.

The server's address is wrong, unreachable from here (inside a container \`127.0.0.53\` and \`127.0.0.1\` are the container), or
refuses. A line "while resolving", or about a "DNS response", fails no request by itself: nginx asks again, and the next server, until the
time is up, and then writes the line with the name. \`unexpected DNS response\` mostly is one that came too late. nginx may also be asking over IPv6 for a name that has only IPv4: \`ipv6=off\` leaves that out.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver'],
  checks: nameChecks,
  evidence: resolverEvidence,
  fixes: () => [],
});
