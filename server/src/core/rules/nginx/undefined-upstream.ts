/** Flags a backend without a port that no upstream block has the name of. */
import type { Directive } from '../../nginx/tree';
import { passesOf } from '../../project/links';
import type { At, Project } from '../../project/project';
import { instancesOf, isLiteral, isWhole, kindOf, spanNginxNames } from '../../project/references';
import { closest } from '../../text/spelling';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'nginx/undefined-upstream',
  language: 'nginx',
  severity: 'error',
  title: 'No upstream of this name, and no port',
  why: `\`fastcgi_pass php;\` means an \`upstream php { … }\`. Where there is none the name is taken for a host, and a host needs a
port: nginx refuses to start with \`no port in upstream "php"\`. The same goes for \`uwsgi_pass\`, \`scgi_pass\`,
\`memcached_pass\`, \`grpc_pass\`, and for \`proxy_pass\` in \`stream\`. In \`http\`, \`proxy_pass http://name\` means port 80.`,
  references: [
    'https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_pass',
    'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#upstream',
  ],
  *check(source, project) {
    const { file } = source;
    for (const pass of passesOf(project, source, 'direct')) {
      const { address, scheme } = pass.target;
      const { directive } = pass.at;
      if (address.kind !== 'tcp' || address.port !== null) continue;
      if (!/^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])$/.test(address.host) || directive.args.length !== 1) continue;
      if (project.upstream(address.host, file)) continue;
      // nginx finds the address that a pass above has written with its port, and takes that.
      if (mayBeNamedBefore(project, address.host, pass.at)) continue;
      const kind = kindOf(project, pass.at);
      if (pass.target.family === 'proxy' && (scheme !== 'tcp' || kind !== 'stream')) continue;
      if (!kind || !isLiteral(project, pass.at) || !isWhole(project, file)) continue;
      const { addressSpan } = pass;
      const groups = instancesOf(project, file)
        .flatMap((instance) => instance.inside(kind).get('upstream') ?? [])
        .map(({ directive: group }: { directive: Directive }) => group.values[1] ?? '');
      const meant = closest(address.host, groups);
      yield {
        span: spanNginxNames(source, directive, addressSpan),
        message: `No upstream is called "${address.host}" and no port is given: nginx refuses to start (no port in upstream "${address.host}"). Write host:port${pass.target.family === 'grpc' ? '' : ', unix:/path'} or the name of an upstream block.`,
        fixes: meant
          ? [
              mend('nginx/undefined-upstream', `Pass to upstream "${meant}"`, [
                { file, span: addressSpan, newText: meant },
              ]),
            ]
          : [],
      };
    }
  },
});

const hosts = new WeakMap<Project, ReadonlyMap<string, readonly At[]>>();

/** Does a pass that nginx may read before this one name the host together with a port? */
function mayBeNamedBefore(project: Project, host: string, at: At): boolean {
  let known = hosts.get(project);
  if (!known) {
    const found = new Map<string, At[]>();
    for (const source of project.nginxSources) {
      for (const { target, at: pass } of passesOf(project, source)) {
        const { address, dynamic, scheme } = target;
        if (address.kind !== 'tcp' || dynamic || (address.port === null && !scheme.startsWith('http'))) continue;
        const key = address.host.toLowerCase();
        const same = found.get(key);
        if (same) same.push(pass);
        else found.set(key, [pass]);
      }
    }
    known = found;
    hosts.set(project, known);
  }
  const passes = known.get(host.toLowerCase()) ?? [];
  return passes.some((pass) => pass.file !== at.file || pass.directive.start < at.directive.start);
}
