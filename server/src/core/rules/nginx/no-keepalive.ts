/** Offers to keep connections to a group open, where nginx makes a new one for each request. */
import { isOlder } from '../../nginx/version';
import { passesOf } from '../../project/links';
import { headerInForce, inForce } from '../../project/settings';
import { fix } from '../../remedies/remedy';
import keepalive from '../../remedies/upstream-keepalive';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/no-keepalive',
  language: 'nginx',
  severity: 'hint',
  title: 'Each request to this group makes a new connection',
  why: `Before 1.29.7 nginx closes the connection to a backend after each request, unless the group has \`keepalive\` and the pass speaks
HTTP/1.1 with an empty \`Connection\` header: all three belong together. On a busy server closed connections use up the ports:
\`connect() failed (99: Cannot assign requested address)\` and **502**. Nothing is wrong with fewer requests; this is an offer to insert
the documented block.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive'],
  *check(source, project, hints) {
    if (!hints || !isOlder(project.options.nginxVersion, '1.29.7')) return;
    for (const pass of passesOf(project, source)) {
      const { at, upstream, target } = pass;
      if (!upstream || target.family !== 'proxy' || target.scheme === 'tcp') continue;
      const isKept = project.children(upstream.file, upstream.directive).has('keepalive');
      const version = inForce(project, pass, 'proxy_http_version')?.directive.values[1];
      const connection = headerInForce(project, pass, 'Connection');
      if (isKept && version !== undefined && version !== '1.0' && connection !== null) continue;
      const group = upstream.directive.values[1]!;
      const lacks = isKept ? 'HTTP/1.1 with an empty Connection header is missing' : 'it has no keepalive';
      yield {
        span: at.directive.name,
        message: `Each request to "${group}" makes a new connection: ${lacks} (nginx before 1.29.7).`,
        fixes: [fix(keepalive, project, { pass }, true)],
      };
    }
  },
});
