/** What the variables of a pass gave at run time is no address. */
import { defineCause } from './cause';
import { isConfigurationError, placeEvidence } from './names';
import { isForRequest } from './phase';

export default defineCause({
  id: 'invalid-upstream-url',
  title: 'The pass leads to something that is no address',
  headline: ({ record }) => {
    const value = /"([^"]{0,200})"/.exec(record.message.slice(0, 600))?.[1];
    return value === undefined ? 'The pass leads to something that is no address' : `"${value}" is no upstream address`;
  },
  status: [500],
  statusOf: ({ record }) => (isConfigurationError(record) ? [] : [500]),
  pattern:
    /^(?:invalid URL prefix\b|(?:no|invalid) (?:port|port range|host|IPv6 address) in upstream\b|(?:no|too long) path in the unix domain socket in upstream\b|the (?:unix domain|INET6) sockets are not supported on this platform in upstream\b|zero length URI to proxy|no upstream configuration|(?:grpcs|suwsgi) protocol requires SSL support)/,
  when: isForRequest,
  why: `The pass is made of variables, and for this request they gave something without a scheme, without a port, or nothing at all: a
\`map\` without a \`default\`, a header that the client did not send. The client gets **500**: there was no upstream to ask.

\`invalid URL prefix in ""\` is an empty value. Give the \`map\` a \`default\`, and write scheme and port into the pass itself
(\`proxy_pass http://$backend:8080;\`). With \`in FILE:LINE\` at the end it is an error of the configuration, and nginx does not load it.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass'],
  checks: () => [
    {
      title: 'Which passes hold a variable?',
      command: "nginx -T 2>/dev/null | grep -nE '(proxy|fastcgi|uwsgi|scgi|grpc|memcached)_pass .*\\$'",
    },
    { title: 'Where do they get their value?', command: "nginx -T 2>/dev/null | grep -nE '^\\s*(map|set|default) '" },
  ],
  evidence: (incident) => {
    const { route } = incident;
    if (!route?.pass.target.dynamic) return placeEvidence(incident);
    const { file, directive } = route.pass.at;
    return [
      {
        message: `The target is ${directive.values[1]}: only the request decides what that is.`,
        file,
        span: directive,
      },
    ];
  },
  fixes: () => [],
});
