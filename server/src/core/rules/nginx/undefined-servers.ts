/** Flags an upstream block without a server. */
import { signatures } from '../../nginx/catalogue';
import type { Directive } from '../../nginx/tree';
import { isPlain, isWritten, kindOf, spanNginxNames } from '../../project/references';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/undefined-servers',
  language: 'nginx',
  severity: 'error',
  title: 'Upstream without a server',
  why: `An \`upstream\` block needs at least one \`server\`: nginx refuses to start with \`no servers are inside upstream\`. This often
happens when the only server is commented out. A server that shall get no requests for now is marked \`down\`. One at least must
be no \`backup\`: \`no servers in upstream\`.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server'],
  *check(source, project) {
    const upstreams = source.named('upstream');
    if (upstreams.length === 0 || !isPlain(project, source.file)) return;
    for (const directive of upstreams) {
      const { block } = directive;
      if (!block?.closed || block.foreign || directive.values.length !== 2 || !isWritten(directive)) continue;
      const onlyBackups = areBackups(block.items);
      if (!onlyBackups && block.items.some(bringsServers)) continue;
      const at = { file: source.file, directive };
      const context = project.contextOf(at);
      if (!kindOf(project, at) || (context !== 'http' && context !== 'stream')) continue;
      const children = project.children(source.file, directive);
      if (onlyBackups) {
        yield {
          span: spanNginxNames(source, directive, directive.args[0]!),
          message: `Upstream "${directive.values[1]!}" has backup servers only: nginx refuses to start (no servers in upstream). Leave backup out of one of them.`,
        };
        continue;
      }
      // A zone can be filled at run time, a directive that stock nginx does not know may bring servers.
      if (children.has('server') || children.has('zone') || children.has('include')) continue;
      if ([...children.names()].some((name) => signatures(name).length === 0)) continue;
      const close = { start: block.end - 1, end: block.end };
      const here = source.lines.position(close.start).line === source.lines.position(directive.name.start).line;
      yield {
        span: here ? directive.args[0]! : close,
        message: `Upstream "${directive.values[1]!}" has no server: nginx refuses to start (no servers are inside upstream). Write at least one "server host:port;".`,
        related: here ? [] : [{ file: source.file, span: directive.name, message: 'The upstream block starts here.' }],
      };
    }
  },
});

function bringsServers({ called }: Directive): boolean {
  return called === 'server' || called === 'include';
}

/** Servers, each of them a backup, among directives of stock nginx. */
function areBackups(items: readonly Directive[]): boolean {
  let servers = 0;
  for (const { called, values } of items) {
    if (called === 'include' || signatures(called).length === 0) return false;
    if (called !== 'server') continue;
    if (values.indexOf('backup', 2) < 0) return false;
    servers++;
  }
  return servers > 0;
}
