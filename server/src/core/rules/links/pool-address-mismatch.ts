/** Flags a FastCGI address that no php-fpm pool in the project listens on. */
import type { Pool } from '../../php-fpm/model';
import { isLocal, spell } from '../../project/address';
import {
  arePoolsKnown,
  type Endpoint,
  isForPhp,
  listenOf,
  localPool,
  type Pass,
  passesOf,
  passesTo,
  poolAt,
  reachedPools,
  upstreamEndpoints,
} from '../../project/links';
import { meantPool } from '../../project/meant';
import type { Project } from '../../project/project';
import alignAddress, { nginxAddress } from '../../remedies/align-address';
import alignPool from '../../remedies/align-pool';
import { type Fix, fix } from '../../remedies/remedy';
import { defineRule, mend, type Report } from '../rule';

export default defineRule({
  id: 'links/pool-address-mismatch',
  language: 'nginx',
  severity: 'error',
  title: 'No pool listens on this address',
  why: `nginx connects to a socket or port on this machine on which none of the php-fpm pools in the project listens. Neither
\`nginx -t\` nor \`php-fpm -t\` can see it, because each knows only its own half. Every request to the location gets **502**;
the log says \`connect() to unix:… failed (2: No such file or directory)\` or \`connect() failed (111: Connection refused)\`.

\`/var/run\` and \`/run\` are the same folder and are not told apart. Other FastCGI programs (fcgiwrap, mailman) are left alone,
and so is a pass for which a pool of another service, which is not in view, can be meant.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_pass'],
  *check(source, project) {
    if (project.pools.length === 0 || !arePoolsKnown(project)) return;
    for (const pass of passesOf(project, source, 'direct')) {
      if (!isForPhp(project, pass)) continue;
      for (const endpoint of pass.endpoints) yield* judge(project, endpoint, 'Requests to this location get 502.');
    }
    for (const directive of source.named('upstream')) {
      const upstream = { file: source.file, directive };
      if (!passesTo(project, upstream).some((pass: Pass) => isForPhp(project, pass))) continue;
      const endpoints = upstreamEndpoints(project, upstream);
      const alive = endpoints.some(({ address }) => !isLocal(address) || poolAt(project, address) !== null);
      const members = new Set(endpoints.map((each) => localPool(project, each)));
      for (const endpoint of endpoints) {
        if (endpoint.at.file !== source.file || endpoint.server?.flags.has('down')) continue;
        const consequence = alive
          ? 'Requests that are sent to it must be retried elsewhere.'
          : 'Requests to this group get 502.';
        for (const report of judge(project, endpoint, consequence, members)) {
          yield alive ? { ...report, severity: 'warning' as const } : report;
        }
      }
    }
  },
});

/** `members`: pools that the same group has already. */
function* judge(
  project: Project,
  endpoint: Endpoint,
  consequence: string,
  members: ReadonlySet<Pool | null> = new Set(),
): Generator<Report> {
  const { address } = endpoint;
  if (!isLocal(address) || poolAt(project, address)) return;
  const meant = meantPool(project, endpoint.at.file, address);
  const listen = meant?.pool.get('listen');
  if (!meant || !listen || nginxAddress(listenOf(meant.pool)) === null) return;
  const { pool, certain } = meant;
  yield {
    span: endpoint.span,
    severity: certain ? 'error' : 'warning',
    message: `Nothing in this project listens on ${spell(address)}: pool "${pool.name}" listens on ${listen.value}. ${consequence}`,
    related: [{ file: listen.file, span: listen.setting.span, message: `Pool "${pool.name}" listens here.` }],
    fixes: members.has(pool)
      ? [leaveOut(endpoint)]
      : [
          fix(alignAddress, project, { endpoint, pool }, true),
          // Who connects to it now would lose it.
          ...(reachedPools(project).has(pool) ? [] : [fix(alignPool, project, { endpoint, pool })]),
        ],
  };
}

/** A second way to the same pool would be of no use. */
function leaveOut({ address, at }: Endpoint): Fix {
  const { args } = at.directive;
  const { end } = args[args.length - 1]!;
  return mend('links/pool-address-mismatch', `Leave ${spell(address)} out of the group (down)`, [
    { file: at.file, span: { start: end, end }, newText: ' down' },
  ]);
}
