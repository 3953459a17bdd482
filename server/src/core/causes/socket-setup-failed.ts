/** nginx could not make the socket for a connection to the upstream. */
import { defineCause } from './cause';
import { directiveEvidence } from './directives';
import { isForRequest, isUpstreamPhase } from './phase';

export default defineCause({
  id: 'socket-setup-failed',
  title: 'nginx could not make a socket for the connection',
  status: [500],
  // What nginx can do without it passes over.
  statusOf: ({ record }) =>
    /^invalid local|^setsockopt\([A-Z_0-9]{1,40}\) failed, ignored/.test(record.message) ? [] : [500],
  pattern:
    /^(?:socket\(\) failed\b(?! \((?:23|24|10024):)|bind\([^)]{1,100}\) failed|setsockopt\((?!TCP_(?:CORK|NOPUSH)\))!?[A-Z_0-9]{1,40}\) failed|(?:ioctl|ioctlsocket|fcntl)\(!?(?:FIONBIO|O_NONBLOCK)\) failed|could not enable transparent proxying|invalid local address ")/,
  // When nginx starts it makes sockets too, to listen on.
  when: (record) =>
    record.message.startsWith('invalid local address')
      ? isForRequest(record)
      : isUpstreamPhase(record) && (record.phase !== null || record.time === null),
  why: `Before any packet was sent, the host refused to make the socket that nginx wanted. The client gets **500**, not 502: no upstream was
asked.

- \`bind(ADDRESS) failed (99)\`: \`proxy_bind\` names an address that this host does not have.
- \`socket() failed (97)\`: the upstream has an IPv6 address (\`localhost\` often does), and IPv6 is off. Write \`127.0.0.1\`.
- \`setsockopt(IP_TRANSPARENT) failed (1)\`: \`proxy_bind … transparent\` needs the capability CAP_NET_RAW.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_bind'],
  checks: () => [
    { title: 'Which addresses has this host?', command: 'ip -brief address' },
    { title: 'Is IPv6 off?', command: 'sysctl net.ipv6.conf.all.disable_ipv6' },
    { title: 'Which address is nginx to connect from?', command: "nginx -T 2>/dev/null | grep -n '_bind '" },
  ],
  evidence: (incident) => directiveEvidence(incident, '*_bind', (value) => `nginx is to connect from ${value}.`),
  fixes: () => [],
});
