/** nginx leaves a server out for a while because it failed. */
import { spell } from '../project/address';
import { defineCause } from './cause';
import { listenerChecks } from './checks';
import { isForRequest } from './phase';

export default defineCause({
  id: 'upstream-disabled',
  title: 'nginx leaves a server out for a while',
  headline: ({ address }) =>
    address ? `nginx leaves ${spell(address)} out for a while` : 'nginx leaves a server out for a while',
  status: [],
  pattern: /^upstream servers? temporarily disabled\b/,
  when: isForRequest,
  why: `The server failed \`max_fails\` times (by default once) within \`fail_timeout\` (10 s), so nginx does not ask it for that long. The line
itself **fails no request**: it follows an error that says what happened, and the other servers take over. Look at that error.

When all servers are out, the next line is \`no live upstreams\`.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#max_fails'],
  checks: listenerChecks,
  evidence: ({ route }) =>
    route?.endpoint?.server
      ? [
          {
            message: `It is left out for ${route.endpoint.server.parameters.get('fail_timeout') ?? '10s'} after ${route.endpoint.server.parameters.get('max_fails') ?? '1'} failure(s).`,
            file: route.endpoint.at.file,
            span: route.endpoint.at.directive,
          },
        ]
      : [],
  fixes: () => [],
});
