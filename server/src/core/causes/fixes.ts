/** Remedies that several causes share, chosen by what the project shows of an incident. */
import { isLocal } from '../project/address';
import { closestPool, isForPhp, listenOf, poolAt } from '../project/links';
import type { Route } from '../project/request';
import { timeInForce } from '../project/settings';
import alignAddress, { nginxAddress } from '../remedies/align-address';
import alignPool from '../remedies/align-pool';
import failover from '../remedies/failover';
import timeouts, { DOCUMENTED_TIMEOUT } from '../remedies/proxy-timeouts';
import { type Fix, fix, type Remedy } from '../remedies/remedy';
import restartPolicy from '../remedies/restart-policy';
import restartService from '../remedies/restart-service';
import upstreamKeepalive from '../remedies/upstream-keepalive';
import type { Evidence, Incident } from './cause';
import { failoverEvidence, keepaliveEvidence } from './directives';

/** Nobody answers at the address: align the two halves, let another server take over, or start the service. */
export function unreachableFixes(incident: Incident): Fix[] {
  const { project, route, backend } = incident;
  const fixes: Fix[] = [];
  if (project && route?.endpoint && isForPhp(project, route.pass) && isLocal(route.endpoint.address)) {
    const pool = poolAt(project, route.endpoint.address) ? null : closestPool(project, route.endpoint.address);
    if (pool && nginxAddress(listenOf(pool)) !== null) {
      const target = { endpoint: route.endpoint, pool };
      fixes.push(fix(alignAddress, project, target, true), fix(alignPool, project, target));
    }
  }
  if (project && route && route.pass.endpoints.length > 1) {
    const offer = fix(failover, project, { pass: route.pass }, fixes.length === 0);
    if (offer.edits().length > 0) fixes.push(offer);
  }
  fixes.push(fix(restartService, project, { backend }, fixes.length === 0));
  if (project && backend.name && backend.kind !== 'container')
    fixes.push(fix(restartPolicy, project, { service: backend.name }));
  return fixes;
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

/** Marks the first as the one to try first. */
export function preferFirst(fixes: readonly Fix[]): Fix[] {
  return fixes.map((each, i) => ({ ...each, preferred: i === 0 }));
}

/** Another server of the group takes over, where there is another. */
export function failoverFixes(incident: Incident): Fix[] {
  const { route } = incident;
  return route && route.pass.endpoints.length > 1 ? offer(failover, incident, { pass: route.pass }) : [];
}

/**
 * Longer timeouts. Up to the documented length that is the fix; a timeout that was as long already is offered to be doubled,
 * but not preferred: the same old line must not double it again with every run.
 */
export function timeoutFixes(incident: Incident, expired?: 'read' | 'send'): Fix[] {
  const { project, route } = incident;
  if (!route) return [];
  const fixes = offer(timeouts, incident, { pass: route.pass, ...(expired ? { expired } : {}) });
  if (!project || !expired) return fixes;
  const now = timeInForce(project, route.pass, `${route.pass.target.family}_${expired}_timeout`, 60_000);
  return fixes.map((each) => ({ ...each, preferred: now !== null && now < DOCUMENTED_TIMEOUT }));
}

/** Restart it, now and whenever it crashes. */
export function restartFixes({ project, backend }: Incident): Fix[] {
  const { name, kind } = backend;
  return [
    fix(restartService, project, { backend }),
    ...(project && name && kind !== 'container' ? [fix(restartPolicy, project, { service: name })] : []),
  ];
}

/** The backend hung up: on a connection that was kept too long, or because it crashed. */
export function hungUpFixes(incident: Incident): Fix[] {
  const keepalive = keepaliveEvidence(incident).length > 0 ? offerAtPass(upstreamKeepalive, incident) : [];
  const restart = restartFixes(incident);
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
