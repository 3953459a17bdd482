/** nginx's own servers behind an address: who answers a pass that leads back to this machine. */
import { isLoopback } from './address';
import { remembered } from './children';
import type { Endpoint } from './links';
import type { Project } from './project';
import { type Instance, instancesOf, type Server, serversOf } from './references';
import type { NginxSource } from './source';

export interface OwnServers {
  /** In the order nginx reads them. */
  readonly servers: readonly Server[];
  /** A line with `ssl` makes all servers of the address speak TLS. */
  readonly tls: boolean;
  /** The `listen` line of each of them. */
  readonly listens: readonly Server['listens'][number][];
}

interface Bound {
  readonly server: Server;
  readonly listen: Server['listens'][number];
  readonly host: string;
}

const byPort = new WeakMap<readonly Server[], ReadonlyMap<number, readonly Bound[]>>();

function boundAt(servers: readonly Server[], port: number): readonly Bound[] {
  let index = byPort.get(servers);
  if (!index) {
    const made = new Map<number, Bound[]>();
    for (const server of servers) {
      for (const listen of server.listens) {
        const [, host, digits] = /^tcp (.*):(\d{1,5})$/.exec(listen.key) ?? [];
        if (host === undefined) continue;
        const same = made.get(Number(digits));
        const bound = { server, listen, host };
        if (same) same.push(bound);
        else made.set(Number(digits), [bound]);
      }
    }
    index = made;
    byPort.set(servers, index);
  }
  return index.get(port) ?? [];
}

/** How the ports that nginx listens on are spoken to. */
interface Ports {
  readonly tls: ReadonlySet<number>;
  readonly plain: ReadonlySet<number>;
}

/** Does any `listen` in view name the port in that way? To be asked first, because it costs less than to look the servers through. */
export function isListenedOn({ rest, nginxSources, nginx }: Project, port: number, way: keyof Ports): boolean {
  // A server without "listen" takes port 80.
  if (port === 80 && way === 'plain') return true;
  const others = remembered(rest, 'ports of listen', () =>
    portsOf(nginxSources.filter(({ file }) => file !== rest.file)),
  );
  if (others[way].has(port)) return true;
  const edited = rest.file === null ? null : nginx(rest.file);
  if (!edited) return false;
  let own = portsBySource.get(edited);
  if (!own) {
    own = portsOf([edited]);
    portsBySource.set(edited, own);
  }
  return own[way].has(port);
}

const portsBySource = new WeakMap<NginxSource, Ports>();

function portsOf(sources: readonly NginxSource[]): Ports {
  const ports = { tls: new Set<number>(), plain: new Set<number>() };
  for (const { named } of sources) {
    for (const { values } of named('listen')) {
      const port = Number(/\d{1,5}$/.exec(values[1] ?? '')?.[0] ?? 80);
      ports[values.includes('ssl') ? 'tls' : 'plain'].add(port);
    }
  }
  return ports;
}

/**
 * The servers of the same nginx that a loopback address of a pass leads to; null where there are none, or where the files in
 * view do not tell them all.
 */
export function ownServers(project: Project, { address, at }: Endpoint): OwnServers | null {
  if (address.kind !== 'tcp' || address.port === null || !isLoopback(address)) return null;
  const instances = instancesOf(project, at.file);
  const [instance] = instances;
  if (instances.length !== 1 || !instance?.complete) return null;
  const all = serversOf(project, instance, 'http');
  let known = byAddress.get(all);
  if (!known) {
    known = new Map();
    byAddress.set(all, known);
  }
  const host = address.host.toLowerCase();
  const key = `${host}:${address.port}`;
  let found = known.get(key);
  if (found === undefined) {
    found = serversAt(project, instance, all, host, address.port);
    known.set(key, found);
  }
  return found;
}

/** Many passes lead to one address: answered once for each snapshot. */
const byAddress = new WeakMap<readonly Server[], Map<string, OwnServers | null>>();

function serversAt(
  project: Project,
  instance: Instance,
  all: readonly Server[],
  host: string,
  port: number,
): OwnServers | null {
  const bound = boundAt(all, port);
  if (bound.length === 0 || all.some(({ vague }) => vague)) return null;
  const isSix = host.startsWith('[');
  // "localhost" may be either; a socket of one address goes before that of all.
  const exact = bound.filter((each) => each.host === (host === 'localhost' ? '127.0.0.1' : host));
  const any = bound.filter((each) => each.host === (isSix ? '[::]' : '0.0.0.0'));
  const found = exact.length > 0 ? exact : any;
  if (found.length === 0) return null;
  // "ssl on", which nginx has no more since 1.25, makes of a server what "listen … ssl" does.
  if (instance.inside('http').has('ssl')) return null;
  if (found.some(({ server: { at: own } }) => project.children(own.file, own.directive).has('ssl'))) return null;
  const tls = found.some(({ listen }) => listen.at.directive.values.includes('ssl'));
  return { servers: found.map(({ server }) => server), tls, listens: found.map(({ listen }) => listen) };
}

interface Names {
  readonly byName: ReadonlyMap<string, Server>;
  /** Who answers for any other name. */
  readonly otherwise: Server | null;
}

const names = new WeakMap<OwnServers, Names>();

/** The server that answers for a `Host`; null where names with wildcards or expressions decide. */
export function serverFor(own: OwnServers, host: string): Server | null {
  let known = names.get(own);
  if (!known) {
    known = namesOf(own);
    names.set(own, known);
  }
  return known.byName.get(host.toLowerCase()) ?? known.otherwise;
}

function namesOf({ servers, listens }: OwnServers): Names {
  const byName = new Map<string, Server>();
  for (const server of servers) {
    for (const written of server.names.flatMap(({ directive }) => directive.values.slice(1))) {
      const name = written.toLowerCase();
      if (!byName.has(name)) byName.set(name, server);
    }
  }
  const isSimple = servers.length === 1 || ![...byName.keys()].some((name) => /[~*$]|^\./.test(name));
  const first = Math.max(
    0,
    listens.findIndex(({ isDefault }) => isDefault),
  );
  return { byName, otherwise: isSimple ? servers[first]! : null };
}
