/** Remedies that several causes share, chosen by what the project shows of an incident. */
import { isLocal } from '../project/address';
import { closestPool, isForPhp, listenOf, poolAt } from '../project/links';
import alignAddress, { nginxAddress } from '../remedies/align-address';
import alignPool from '../remedies/align-pool';
import failover from '../remedies/failover';
import { type Fix, fix } from '../remedies/remedy';
import restartPolicy from '../remedies/restart-policy';
import restartService from '../remedies/restart-service';
import type { Evidence, Incident } from './cause';

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
  if (backend.name && backend.kind !== 'container') fixes.push(fix(restartPolicy, project, { service: backend.name }));
  return fixes;
}

/** What the project shows of who listens where. */
export function listenerEvidence({ project, route }: Incident): Evidence[] {
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
