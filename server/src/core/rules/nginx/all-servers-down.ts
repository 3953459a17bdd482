/** Flags an upstream group in which every server is switched off. */
import { upstreamServer } from '../../nginx/model';
import { passesTo } from '../../project/links';
import { isPlain } from '../../project/references';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/all-servers-down',
  language: 'nginx',
  severity: 'warning',
  title: 'Every server of the group is down',
  why: `A server that is marked \`down\` gets no requests. Where all are, each request gets **502** and
\`no live upstreams while connecting to upstream\`. For a time of maintenance \`return 503;\` says to clients what is meant.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server'],
  *check(source, project) {
    const off = source.named('server').filter(({ block, values }) => block === null && values.indexOf('down', 2) > 0);
    if (off.length === 0 || !isPlain(project, source.file)) return;
    for (const directive of new Set(off.map(({ parent }) => parent))) {
      if (directive?.called !== 'upstream') continue;
      const upstream = { file: source.file, directive };
      const here = project.children(source.file, directive);
      const servers = here.get('server') ?? [];
      if (servers.length === 0 || here.has('include') || here.has('zone')) continue;
      if (!servers.every((at) => upstreamServer(at.directive)?.flags.has('down'))) continue;
      const [pass] = passesTo(project, upstream);
      if (!pass) continue;
      yield {
        span: directive.args[0]!,
        message: `${servers.length === 1 ? 'The only server' : `All ${servers.length} servers`} of "${directive.values[1]!}" ${servers.length === 1 ? 'is' : 'are'} marked down: each request gets 502 (no live upstreams).`,
        related: [{ file: pass.at.file, span: pass.at.directive, message: 'Requests go there from here.' }],
      };
    }
  },
});
