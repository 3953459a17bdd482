/** Flags a pass that leads back to the very server and location that it stands in. */

import { isLoopback } from '../../project/address';
import { type Pass, passesOf } from '../../project/links';
import { isListenedOn, type OwnServers, ownServers, serverFor } from '../../project/own-servers';
import type { At, Project } from '../../project/project';
import type { Server } from '../../project/references';
import { locationFor } from '../../project/request';
import { headerInForce } from '../../project/settings';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/proxy-loop',
  language: 'nginx',
  severity: 'warning',
  title: 'The server passes its requests to itself',
  why: `The address of the backend is one that nginx itself listens on, and the request comes back to the same location, which passes it on
again. Each turn takes a connection until none is left: \`worker_connections are not enough while connecting to upstream\`, the
client gets **500**, and so does everybody else who asks that worker. More connections only make the circle longer. Write the port
that the backend listens on. A pass to another server or location of the same nginx is left alone.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass'],
  *check(source, project) {
    for (const pass of passesOf(project, source)) {
      if (pass.target.family !== 'proxy' || pass.target.dynamic || pass.endpoints.length !== 1) continue;
      const [endpoint] = pass.endpoints;
      const { address } = endpoint!;
      if (address.kind !== 'tcp' || address.port === null || !isLoopback(address)) continue;
      if (!isListenedOn(project, address.port, pass.target.tls ? 'tls' : 'plain')) continue;
      const location = project.parent(pass.at);
      const around = location && serverAround(project, location);
      if (!location || !around || !listensAt(project, around, address.port)) continue;
      const own = ownServers(project, endpoint!);
      const server = own?.servers.find(({ at }) => at.directive === around.directive);
      if (!own || !server || own.tls !== pass.target.tls || !comesBack(project, pass, own, server, location)) continue;
      const listen = own.listens[own.servers.indexOf(server)]!;
      yield {
        span: pass.addressSpan,
        message: `This server listens on ${listen.text} itself: each request comes back here until the worker has no connections left (500). Write the address of the backend.`,
        related: [{ file: listen.at.file, span: listen.at.directive, message: 'The server listens here.' }],
      };
    }
  },
});

function serverAround(project: Project, location: At): At | null {
  let block: At | null = location;
  while (block && block.directive.called === 'location') block = project.parent(block);
  return block;
}

/** May the server have a socket of that port? */
function listensAt(project: Project, server: At, port: number): boolean {
  const listens = project.children(server.file, server.directive).get('listen');
  if (!listens) return port === 80;
  return listens.some(({ directive }) => Number(/\d{1,5}$/.exec(directive.values[1] ?? '')?.[0] ?? 80) === port);
}

/** What may send a request somewhere else, or answer it; what is `internal` nobody comes back to. */
const TURNS = /^(?:rewrite|return|if|internal|limit_except|js_.*|perl.*|.*_by_lua.*)$/;

function comesBack(project: Project, pass: Pass, own: OwnServers, server: Server, location: At): boolean {
  if (location.directive.called !== 'location') return false;
  for (const block of [location, server.at]) {
    for (const name of project.children(block.file, block.directive).names()) if (TURNS.test(name)) return false;
  }
  const host = headerInForce(project, pass, 'Host') ?? '$proxy_host';
  if (/^\$\{?(?:proxy_host)\}?$/.test(host)) {
    const { address } = pass.target;
    if (address.kind !== 'tcp' || serverFor(own, address.host) !== server) return false;
  } else if (host.includes('$')) {
    // Under the name that led here it comes here again; other variables may name another server.
    if (!/^\$\{?(?:host|http_host|server_name)\}?(?::\$\{?server_port\}?)?$/.test(host)) return false;
  } else if (serverFor(own, host.replace(/:\d+$/, '')) !== server) return false;
  const { uri } = pass.target;
  return uri === null || locationFor(project, server.at, uri.split('?')[0]!)?.directive === location.directive;
}
