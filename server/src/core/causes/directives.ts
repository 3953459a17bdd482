/** Evidence from the directives that govern the pass of an incident. */
import { inForce, timeInForce } from '../project/settings';
import type { Evidence, Incident } from './cause';
import { stageOf } from './phase';

/**
 * What is in force for a directive at the incident's pass, with its place, or that it is not set. `*` in the name stands for
 * the family of the pass. A text of null says nothing.
 */
export function directiveEvidence(
  { project, route }: Incident,
  name: string,
  set: (value: string) => string | null,
  unset: ((name: string) => string | null) | null = null,
): Evidence[] {
  if (!project || !route) return [];
  const full = name.replace('*', route.pass.target.family);
  const at = inForce(project, route.pass, full);
  const message = at ? set(at.directive.args.map(({ value }) => value).join(' ')) : (unset?.(full) ?? null);
  if (message === null) return [];
  return [at ? { message, file: at.file, span: at.directive } : { message }];
}

/** How long nginx waited. */
export function timeoutEvidence(incident: Incident, which: 'connect' | 'send' | 'read'): Evidence[] {
  return directiveEvidence(
    incident,
    `*_${which}_timeout`,
    (value) => `The ${which} timeout in force is ${value}.`,
    (name) => `${name} is not set: nginx waits 60s.`,
  );
}

/** Why the other servers of the group were not tried. */
export function failoverEvidence(incident: Incident): Evidence[] {
  if (!incident.route || incident.route.pass.endpoints.length < 2) return [];
  return [
    ...repetitionEvidence(incident),
    ...directiveEvidence(incident, '*_next_upstream', (value) =>
      value === 'off' ? 'Failover is off: nginx does not try the other servers of the group.' : null,
    ),
    ...directiveEvidence(incident, '*_next_upstream_tries', (value) =>
      value === '1' ? 'Only one server is tried: the others of the group are not.' : null,
    ),
  ];
}

/** Methods that nginx does not send a second time: the first may have done its work (ngx_http_upstream_next). */
const SENT_ONCE = /^(POST|LOCK|PATCH) /;

/** Why a request that was sent already went to no other server. */
function repetitionEvidence(incident: Incident): Evidence[] {
  const method = SENT_ONCE.exec(incident.record.request ?? '')?.[1];
  const stage = stageOf(incident.record);
  if (!method || (stage !== 'sending' && stage !== 'header')) return [];
  const once = `nginx does not send a ${method} to another server once it was sent to one`;
  return directiveEvidence(
    incident,
    '*_next_upstream',
    (value) =>
      /(?:^| )(?:off|non_idempotent)(?: |$)/.test(value)
        ? null
        : `${once}: "non_idempotent" is not among these conditions. Add it only where doing it twice does no harm.`,
    (name) => `${once}. "${name} error timeout non_idempotent" would; only where doing it twice does no harm.`,
  );
}

/** What says how nginx checks the backend's certificate. */
export function verifyEvidence(incident: Incident): Evidence[] {
  return [
    ...directiveEvidence(incident, '*_ssl_verify', (value) =>
      value === 'on' ? 'nginx checks the certificate here.' : null,
    ),
    ...directiveEvidence(
      incident,
      '*_ssl_trusted_certificate',
      (value) => `It trusts the authorities in ${value}.`,
      (name) => `${name} is not set.`,
    ),
  ];
}

/** Which name nginx asks for and checks. */
export function serverNameEvidence(incident: Incident): Evidence[] {
  return [
    ...directiveEvidence(
      incident,
      '*_ssl_server_name',
      (value) => (value === 'on' ? null : 'nginx sends no server name (SNI) to this upstream.'),
      (name) => `${name} is not set: nginx sends no server name (SNI).`,
    ),
    ...directiveEvidence(incident, '*_ssl_name', (value) => `The name nginx expects is ${value}.`),
    ...nameFromPass(incident),
  ];
}

/** Where no name is set, nginx takes the host of the pass, even when that is the name of a group. */
function nameFromPass({ project, route }: Incident): Evidence[] {
  const target = route?.pass.target;
  if (!project || !route || target?.address.kind !== 'tcp' || inForce(project, route.pass, `${target.family}_ssl_name`))
    return [];
  const { at } = route.pass;
  return [
    {
      message: `The name nginx expects is ${target.address.host}, from the pass.`,
      file: at.file,
      span: route.pass.addressSpan,
    },
  ];
}

/** A pool that gives up before nginx does, or does not accept nginx: both look like a reset. */
export function poolLimitsEvidence({ project, route, backend }: Incident): Evidence[] {
  const { pool } = backend;
  if (!pool) return [];
  const found: Evidence[] = [];
  const terminate = pool.get('request_terminate_timeout');
  if (terminate && !/^0[smhd]?$/.test(terminate.value)) {
    const read = project && route ? timeInForce(project, route.pass, 'fastcgi_read_timeout', 60_000) : null;
    found.push({
      message: `Pool "${pool.name}" kills a request after ${terminate.value}; nginx would wait ${read === null ? 'longer' : `${read / 1000}s`}.`,
      file: terminate.file,
      span: terminate.setting.span,
    });
  }
  const clients = pool.get('listen.allowed_clients');
  if (clients?.value) {
    found.push({
      message: `Pool "${pool.name}" accepts connections from ${clients.value} only and closes all others at once${
        /,\s/.test(clients.value) ? '; php-fpm takes the blank after the comma as part of the address' : ''
      }.`,
      file: clients.file,
      span: clients.setting.span,
    });
  }
  return found;
}

/** HTTP sent to a FastCGI pool, which can only hang up. */
export function wrongProtocolEvidence({ route, backend }: Incident): Evidence[] {
  if (!backend.pool || !route || route.pass.target.family === 'fastcgi') return [];
  const { file, directive } = route.pass.at;
  return [
    {
      message: `${directive.called} speaks ${route.pass.target.scheme}, but pool "${backend.pool.name}" listens there and speaks FastCGI: use fastcgi_pass.`,
      file,
      span: { start: directive.start, end: directive.end },
    },
  ];
}

/** Connections kept open to a backend that closes them sooner than nginx: the first request after a pause fails. */
export function keepaliveEvidence({ project, route }: Incident): Evidence[] {
  const upstream = route?.pass.upstream;
  if (!project || !upstream) return [];
  const group = project.children(upstream.file, upstream.directive);
  const at = group.get('keepalive')?.[0];
  if (!at || group.has('keepalive_timeout')) return [];
  return [
    {
      message:
        'Connections are kept for 60s (no keepalive_timeout here). A backend that closes idle ones sooner (Node.js: 5s) breaks a request that is just being sent.',
      file: at.file,
      span: at.directive,
    },
  ];
}
