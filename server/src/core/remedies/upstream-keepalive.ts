/** Keeps connections to an upstream group open between requests. */
import { isOlder } from '../nginx/version';
import { setDirectives } from '../project/edit';
import type { Pass } from '../project/links';
import { headerInForce, inForce, inheritedHeaders, settingsAnchor, settingsBlock } from '../project/settings';
import { defineRemedy, RELOAD } from './remedy';

export default defineRemedy<{ readonly pass: Pass }>({
  id: 'upstream-keepalive',
  title: 'Keep connections to the upstream open',
  when: 'Many short requests to the same group: a new connection for each costs time, and in the end ports.',
  time: '10 min',
  risk: 'Low: a backend that closes idle connections sooner than nginx makes POST requests fail',
  why: `Inserts \`keepalive 32\` and \`keepalive_timeout 4s\` in the group, \`proxy_http_version 1.1\` and an empty \`Connection\` header at the pass:
without the last two nginx before 1.29.7 closes every connection all the same. Four seconds stay below the five after
which Node.js drops an idle connection.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive'],
  block: `upstream backend {
    server 127.0.0.1:8001;
    keepalive 32;
    keepalive_timeout 4s;
}

proxy_http_version 1.1;
proxy_set_header Connection "";`,
  describe: (_, { pass }) =>
    `Keep connections to "${pass.upstream?.directive.values[1] ?? 'the upstream'}" open (keepalive 32)`,
  edits: (project, { pass }) => {
    if (!project || !pass.upstream || pass.target.family !== 'proxy') return [];
    const group = project.children(pass.upstream.file, pass.upstream.directive);
    const items = pass.upstream.directive.block?.items ?? [];
    const block = settingsBlock(project, pass);
    const keepsByDefault = !isOlder(project.options.nginxVersion, '1.29.7');
    const version = inForce(project, pass, 'proxy_http_version')?.directive.values[1];
    const speaks = version === undefined ? keepsByDefault : version !== '1.0';
    const closes = headerInForce(project, pass, 'Connection') === null && !keepsByDefault;
    return [
      ...setDirectives(
        project,
        pass.upstream,
        [
          ...(group.has('keepalive') ? [] : [{ name: 'keepalive', args: ['32'] }]),
          ...(group.has('keepalive_timeout') ? [] : [{ name: 'keepalive_timeout', args: ['4s'] }]),
        ],
        // Behind everything else: nginx warns when a balancing method follows "keepalive".
        items[items.length - 1] ?? null,
      ),
      ...setDirectives(
        project,
        block,
        [
          ...(speaks ? [] : [{ name: 'proxy_http_version', args: ['1.1'] }]),
          ...(closes
            ? [...inheritedHeaders(project, pass), { name: 'proxy_set_header', args: ['Connection', '""'], key: 1 }]
            : []),
        ],
        settingsAnchor(pass, block),
      ),
    ];
  },
  apply: () => [RELOAD],
});
