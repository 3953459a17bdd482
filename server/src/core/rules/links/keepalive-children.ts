/** Flags kept FastCGI connections that take all children of a pool. */
import { isOlder } from '../../nginx/version';
import { passesOf } from '../../project/links';
import { poolNear } from '../../project/meant';
import { inForce } from '../../project/settings';
import { defineRule } from '../rule';

export default defineRule({
  id: 'links/keepalive-children',
  language: 'nginx',
  severity: 'warning',
  title: 'Kept connections take all children of the pool',
  why: `A child of php-fpm serves one connection until that is closed. With \`fastcgi_keep_conn on\` and \`keepalive N\` each worker of nginx
keeps up to N idle connections, and each holds a child that does nothing. Where there are as many as \`pm.max_children\`, other
requests wait for a child until **504**; measured with one kept connection and one child. From nginx 1.29.7 on a group keeps 32
where nothing is said (\`keepalive 0\` keeps none). Without \`keepalive\` in the group, or with
\`pm.max_children\` well above N times the number of workers, nothing is lost. PHP gains little from kept connections.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_keep_conn'],
  *check(source, project) {
    if (project.pools.length === 0) return;
    const version = project.options.nginxVersion;
    for (const pass of passesOf(project, source, 'fastcgi')) {
      if (!pass.upstream) continue;
      if (inForce(project, pass, 'fastcgi_keep_conn')?.directive.values[1] !== 'on') continue;
      const { upstream } = pass;
      const [keepalive] = project.children(upstream.file, upstream.directive).get('keepalive') ?? [];
      const byDefault = version !== null && !isOlder(version, '1.29.7') ? KEPT_BY_DEFAULT : 0;
      const kept = keepalive ? Number(/^\d{1,6}$/.exec(keepalive.directive.values[1] ?? '')?.[0] ?? 0) : byDefault;
      if (kept === 0 || (!keepalive && project.children(upstream.file, upstream.directive).has('include'))) continue;
      const workers = workersOf(
        project.named('worker_processes').find(({ file }) => project.together(source.file).has(file))?.directive.args[0]
          ?.value,
      );
      const pools = new Set(pass.endpoints.flatMap(({ address }) => poolNear(project, source.file, address) ?? []));
      // Connections are kept for the group, whichever of its pools they lead to.
      if (pools.size !== 1) continue;
      const [pool] = pools;
      const children = pool!.get('pm.max_children');
      if (!children?.known || !/^[1-9]\d{0,5}$/.test(children.value) || kept * workers < Number(children.value))
        continue;
      yield {
        span: pass.at.directive.args[0]!,
        message: `${kept * workers} connections to "${upstream.directive.values[1]}" may be kept (keepalive ${kept}${keepalive ? '' : ' where nothing is set'}${workers > 1 ? ` in each of ${workers} workers` : ''}), and each holds one of the ${children.value} children of pool "${pool!.name}": further requests wait, then get 504.`,
        related: [
          keepalive
            ? {
                file: keepalive.file,
                span: keepalive.directive,
                message: 'So many connections are kept for each worker.',
              }
            : { file: upstream.file, span: upstream.directive.name, message: 'Nothing is said of keepalive here.' },
          { file: children.file, span: children.setting.span, message: 'So many children there are.' },
        ],
      };
    }
  },
});

/** `keepalive 32 local`, in each group from nginx 1.29.7 on. */
const KEPT_BY_DEFAULT = 32;

function workersOf(value: string | undefined): number {
  return /^[1-9]\d{0,2}$/.test(value ?? '') ? Number(value) : 1;
}
