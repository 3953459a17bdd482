/** Remedies that several causes share, chosen by what the project shows of an incident. */
import { isLocal, isLoopback } from '../project/address';
import { closestPool, isForPhp, listenOf, localPool, type Pass, poolAt, reachedPools } from '../project/links';
import type { Project } from '../project/project';
import type { Route } from '../project/request';
import { inForce, isHostName, timeInForce } from '../project/settings';
import alignAddress, { nginxAddress } from '../remedies/align-address';
import alignPool from '../remedies/align-pool';
import failover from '../remedies/failover';
import timeouts, { isTooShort } from '../remedies/proxy-timeouts';
import { advise, type Fix, fix, type Remedy } from '../remedies/remedy';
import resolver from '../remedies/resolver';
import restartPolicy from '../remedies/restart-policy';
import restartService from '../remedies/restart-service';
import upstreamKeepalive from '../remedies/upstream-keepalive';
import type { Evidence, Incident } from './cause';
import { failoverEvidence, keepaliveEvidence } from './directives';

/** Nobody answers at the address: align the two halves, let another server take over, or start the service. */
export function unreachableFixes(incident: Incident): Fix[] {
  const { project, route } = incident;
  const fixes: Fix[] = [];
  if (project && route?.endpoint && isForPhp(project, route.pass) && isLocal(route.endpoint.address)) {
    const pool = poolAt(project, route.endpoint.address) ? null : closestPool(project, route.endpoint.address);
    const isMember = route.pass.endpoints.some((each) => localPool(project, each) === pool);
    if (pool && !isMember && nginxAddress(listenOf(pool)) !== null) {
      const target = { endpoint: route.endpoint, pool };
      fixes.push(fix(alignAddress, project, target));
      // Who connects to it now would lose it.
      if (!reachedPools(project).has(pool)) fixes.push(fix(alignPool, project, target));
    }
  }
  const lookUp = isOldAddress(incident) ? offerAtPass(resolver, incident) : [];
  return preferFirst([...fixes, ...failoverFixes(incident), ...restartFixes(incident), ...lookUp]);
}

/** May the address in the line be one that the name in the pass had when nginx was started? */
export function isOldAddress({ route, address }: Incident): boolean {
  if (!route || route.pass.upstream || route.endpoint || address?.kind !== 'tcp' || isLoopback(address)) return false;
  return !route.pass.target.dynamic && isHostName(route.pass.target.address);
}

/** A remedy that changes the configuration, where there is one in view and it would change it. */
export function offer<Target>(remedy: Remedy<Target>, incident: Incident, target: Target): Fix[] {
  const made = fix(remedy, incident.project, target);
  return incident.project && made.edits().length > 0 ? [made] : [];
}

/** The same, for remedies that start from the pass. */
export function offerAtPass(remedy: Remedy<Pick<Route, 'pass'>>, incident: Incident): Fix[] {
  return incident.route ? offer(remedy, incident, { pass: incident.route.pass }) : [];
}

/** Marks the first as the one to try first; what is only told comes last. */
export function preferFirst(fixes: readonly Fix[]): Fix[] {
  const [told, open] = [fixes.filter(({ block }) => block !== null), fixes.filter(({ block }) => block === null)];
  return [...open, ...told].map((each, i) => ({ ...each, preferred: i === 0 && open.length > 0 }));
}

/**
 * Remedies of a TLS pass, the one to try first in front. Where that one is in place already the line is older than it, or the reason
 * lies elsewhere: the others are told then and not applied, because one of them may undo what heals.
 */
export function tlsFixes(incident: Incident, [first, ...others]: readonly Remedy<Pick<Route, 'pass'>>[]): Fix[] {
  const { route } = incident;
  if (!incident.project || !route || !first) return [];
  // The pass speaks TLS no more.
  const { family, tls, dynamic } = route.pass.target;
  if (!tls && !dynamic) return [];
  const open = offerAtPass(first, incident);
  if (open.length === 0) return others.map((each) => advise(each, family));
  return preferFirst([...open, ...others.flatMap((each) => offerAtPass(each, incident))]);
}

/**
 * Another server of the group takes over, where there is another. nginx does that by itself on an error, unless it is told not to:
 * else the documented block is told, because it would not have helped here.
 */
export function failoverFixes(incident: Incident): Fix[] {
  const { project, route } = incident;
  if (!project || !route || route.pass.endpoints.length < 2) return [];
  const open = offer(failover, incident, { pass: route.pass });
  return isSwitchedOff(project, route.pass) ? open : open.map(() => advise(failover, route.pass.target.family));
}

function isSwitchedOff(project: Project, pass: Pass): boolean {
  const name = `${pass.target.family}_next_upstream`;
  return (
    inForce(project, pass, name)?.directive.args.some(({ value }) => value === 'off') === true ||
    inForce(project, pass, `${name}_tries`)?.directive.values[1] === '1'
  );
}

/**
 * Longer timeouts, up to the documented length. One that was as long already is for a person to raise, who knows why the backend
 * takes so long; and the same old line must not raise it again with every run.
 */
export function timeoutFixes(incident: Incident, expired?: 'read' | 'send'): Fix[] {
  const { project, route } = incident;
  if (!project || !route) return [];
  const { pass } = route;
  if (!expired || isTooShort(project, pass, expired)) {
    return preferFirst(offer(timeouts, incident, { pass, ...(expired ? { expired } : {}) }));
  }
  const name = `${pass.target.family}_${expired}_timeout`;
  const now = timeInForce(project, pass, name, 60_000);
  const longer = now === null ? {} : { title: `Wait even longer (${name})`, block: `${name} ${(now * 2) / 1000}s;` };
  return [{ ...advise(timeouts, pass.target.family), ...longer }];
}

/** Restart it, now and whenever it crashes; not what nginx connects to no more, as a line from before a change has it. */
export function restartFixes({ project, backend, address, route }: Incident): Fix[] {
  const { name, kind } = backend;
  const isUsed = project && (route !== null || address === null);
  return [
    fix(restartService, project, { backend }),
    ...(isUsed && name && kind !== 'container' ? [fix(restartPolicy, project, { service: name })] : []),
  ];
}

/** The backend hung up: on a connection that was kept too long, or because it crashed. */
export function hungUpFixes(incident: Incident): Fix[] {
  const keepalive = keepaliveEvidence(incident).length > 0 ? offerAtPass(upstreamKeepalive, incident) : [];
  // php-fpm itself starts a new child for one that crashed.
  const restart = restartFixes(incident).slice(0, incident.backend.kind === 'php-fpm' ? 1 : undefined);
  // nginx repeats a GET by itself when a kept connection breaks, so what reaches the client is mostly a POST.
  const repeats = /^(?:POST|PATCH|LOCK) /.test(incident.record.request ?? '');
  return preferFirst([
    ...(repeats ? [...keepalive, ...restart] : [...restart, ...keepalive]),
    ...failoverFixes(incident),
  ]);
}

/** What the project shows of who listens where. */
export function listenerEvidence(incident: Incident): Evidence[] {
  return [...poolEvidence(incident), ...failoverEvidence(incident)];
}

function poolEvidence({ project, route }: Incident): Evidence[] {
  if (!project || !route?.endpoint || !isForPhp(project, route.pass)) return [];
  const { address } = route.endpoint;
  const there = poolAt(project, address);
  const pool = there ?? (isLocal(address) ? closestPool(project, address) : null);
  const listen = pool?.get('listen');
  if (!pool || !listen) return [];
  const message = there
    ? `Pool "${pool.name}" is set up to listen there: it is not running, or was not restarted since.`
    : `Pool "${pool.name}" listens on ${listen.value}; no pool in view listens where nginx connects.`;
  return [{ message, file: listen.file, span: listen.setting.span }];
}
