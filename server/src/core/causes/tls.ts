/** TLS towards an upstream: what OpenSSL's words mean, and how to look at the backend's side of it. */
import type { LogRecord } from '../error-log/record';
import type { Address } from '../nginx/model';
import { inForce, isHostName, tlsName } from '../project/settings';
import { shellWord } from '../text/shell';
import type { Check, Incident } from './cause';
import { isUpstreamPhase } from './phase';

export type TlsReason = 'certificate' | 'server-name' | 'protocol-version' | 'plain' | 'other';

/** Reasons in OpenSSL 1.0, 1.1, 3, LibreSSL and BoringSSL; alerts by their number (RFC 8446, section 6) where it is given. */
const REASONS: readonly (readonly [TlsReason, RegExp])[] = [
  ['certificate', /certificate verify failed/],
  ['server-name', /unrecognized name|alert number (?:112|40)\b|alert handshake failure/],
  [
    'protocol-version',
    /alert number (?:70|86)\b|alert protocol version|unsupported protocol|no protocols available|no supported versions enabled|version too low|inappropriate fallback|wrong ssl version/,
  ],
  ['plain', /wrong version number|unknown protocol|packet length too long|http request|https proxy request/],
];

/** Why a handshake with an upstream failed; null for any other message, and for the handshake of a client. */
export function handshakeFailure(record: LogRecord): TlsReason | null {
  if (!record.message.startsWith('SSL_do_handshake() failed') || !isUpstreamPhase(record)) return null;
  const words = record.message.slice(0, 2048).toLowerCase().replaceAll('_', ' ');
  return REASONS.find(([, pattern]) => pattern.test(words))?.[0] ?? 'other';
}

/** `openssl s_client` for this upstream, as nginx would have to do it. `more`: options for the question at hand. */
export function handshakeCommand(incident: Incident, more = ''): string {
  const name = serverName(incident);
  return `openssl s_client ${target(incident.address)}${name ? ` -servername ${shellWord(name)}` : ''}${more && ` ${more}`} </dev/null`;
}

export function certificateCheck(incident: Incident): Check {
  return {
    title: 'Whose certificate is it, who signed it, and until when?',
    command: `${handshakeCommand(incident)} 2>/dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName`,
  };
}

export function handshakeCheck(incident: Incident, title = 'What does the backend answer to a handshake?'): Check {
  return { title, command: handshakeCommand(incident) };
}

/** The name a handshake should ask for; null where no file in view tells. */
export function serverName({ project, route, address }: Incident): string | null {
  const set = project && route ? inForce(project, route.pass, `${route.pass.target.family}_ssl_name`) : null;
  const meant = set?.directive.values[1] ?? (project && route ? tlsName(project, route.pass) : null);
  const written = route && !route.pass.upstream ? route.pass.target.address : address;
  const name = meant ?? (written && isHostName(written) ? written.host : null);
  return name && !name.includes('$') ? name : null;
}

/**
 * An address that no public certificate authority signs for, so that an own certificate is to be expected: a socket, a
 * loopback or private address, a name without a dot or in a zone that is never public.
 */
export function isInternal(address: Address): boolean {
  if (address.kind === 'unix') return true;
  const host = address.host.replace(/^\[|\]$/g, '').toLowerCase();
  if (host.includes(':')) return host === '::1' || /^(?:f[cd]|fe[89ab])/.test(host);
  if (/^[\d.]+$/.test(host)) {
    return /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(
      host,
    );
  }
  return (
    !host.includes('.') || /\.(?:local|localhost|internal|intranet|private|corp|lan|home|svc|test|arpa)$/.test(host)
  );
}

/** Is the incident's upstream internal, by the address in the log or as the configuration writes it? */
export function isInternalUpstream({ address, route }: Incident): boolean {
  // A group's name says nothing: its servers do.
  const written = route?.endpoint?.address ?? (route && !route.pass.upstream ? route.pass.target.address : null);
  return [address, written].some((each) => each !== null && isInternal(each));
}

/** nginx does not check the certificate of this upstream: it writes no such line any more. */
export function isUnchecked({ project, route }: Incident): boolean {
  if (!project || !route || route.pass.target.dynamic) return false;
  return inForce(project, route.pass, `${route.pass.target.family}_ssl_verify`)?.directive.values[1] === 'off';
}

function target(address: Address | null): string {
  if (!address) return '-connect HOST:PORT';
  if (address.kind === 'unix') return `-unix ${shellWord(address.path)}`;
  const host = address.host.includes(':') && !address.host.startsWith('[') ? `[${address.host}]` : address.host;
  return `-connect ${shellWord(`${host}:${address.port ?? 443}`)}`;
}
