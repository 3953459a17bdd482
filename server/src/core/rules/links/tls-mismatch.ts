/** Flags TLS to a backend in view that speaks plain HTTP, and plain HTTP to one that speaks TLS. */
import { meets, spell } from '../../project/address';
import { type Endpoint, passesOf } from '../../project/links';
import { areNear } from '../../project/meant';
import { isListenedOn, ownServers } from '../../project/own-servers';
import type { Project } from '../../project/project';
import { unitListeners } from '../../project/units';
import type { Place } from '../../text/span';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'links/tls-mismatch',
  language: 'nginx',
  severity: 'error',
  title: 'One side speaks TLS, the other plain HTTP',
  why: `A backend that speaks plain HTTP answers a TLS handshake with something that is none:
\`SSL_do_handshake() failed (… wrong version number) while SSL handshaking to upstream\`, and the client gets **502**. The other way
round another nginx answers **400** "The plain HTTP request was sent to HTTPS port". Told of the servers of the same nginx, by their
\`listen\` lines, and of systemd units, by the options of gunicorn, uvicorn and hypercorn.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass'],
  *check(source, project) {
    for (const pass of passesOf(project, source)) {
      const { scheme, tls, dynamic } = pass.target;
      if (dynamic || (scheme !== 'http' && scheme !== 'https') || pass.endpoints.length !== 1) continue;
      const endpoint = pass.endpoints[0]!;
      const backend = isUsualPort(endpoint, tls) ? null : behind(project, endpoint, tls);
      if (!backend || backend.tls === tls || (backend.tls && answersPlain(project))) continue;
      const { schemeSpan, addressSpan } = pass;
      if (!schemeSpan) continue;
      const other = tls ? 'http' : 'https';
      yield {
        span: { start: schemeSpan.start, end: addressSpan.end },
        message: tls
          ? `${backend.what} on ${spell(endpoint.address)} speaks plain HTTP: the TLS handshake fails with "wrong version number" and requests get 502. Write http://.`
          : `${backend.what} on ${spell(endpoint.address)} speaks TLS: plain requests get 400 "The plain HTTP request was sent to HTTPS port". Write https://.`,
        related: [{ ...backend.place, message: 'It listens there.' }],
        fixes: [
          mend('links/tls-mismatch', `Speak ${tls ? 'plain HTTP' : 'TLS'} to it (${other}://)`, [
            { file: source.file, span: schemeSpan, newText: other },
          ]),
        ],
      };
    }
  },
});

/** The port alone says that the scheme is wrong, which is another rule's to say. */
function isUsualPort({ address }: Endpoint, tls: boolean): boolean {
  return address.kind === 'tcp' && address.port === (tls ? 80 : 443);
}

const plain = new WeakMap<Project, boolean>();

/** Does nginx somewhere do something of its own with a plain request that comes to a TLS port (`error_page 497`)? */
function answersPlain(project: Project): boolean {
  let found = plain.get(project);
  if (found === undefined) {
    found = project.named('error_page').some(({ directive }) => directive.args.some(({ value }) => value === '497'));
    plain.set(project, found);
  }
  return found;
}

interface Backend {
  readonly what: string;
  readonly tls: boolean;
  readonly place: Place;
}

/** `tls`: what the pass speaks; who speaks the same is passed over. */
function behind(project: Project, endpoint: Endpoint, tls: boolean): Backend | null {
  const { address } = endpoint;
  if (address.kind !== 'tcp' || address.port === null) return null;
  const own = isListenedOn(project, address.port, tls ? 'plain' : 'tls') ? ownServers(project, endpoint) : null;
  if (own) {
    const { at } = own.listens[0]!;
    return { what: 'The server of this nginx', tls: own.tls, place: { file: at.file, span: at.directive } };
  }
  const found = unitListeners(project).filter(
    (each) => meets(address, each.address) && areNear(project, endpoint.at.file, each.at.file),
  );
  const [unit] = found;
  // Where systemd makes the socket, the line with the options is another.
  if (found.length !== 1 || !unit || unit.socket || unit.protocol !== 'http') return null;
  const { value, file, span } = unit.at;
  if (!/\b(?:gunicorn3?|uvicorn|hypercorn)\b/.test(value) || /\b(?:cert|ssl|key|tls)|\.pem\b/i.test(value)) return null;
  return { what: `Unit ${unit.unit.name}`, tls: false, place: { file, span } };
}
