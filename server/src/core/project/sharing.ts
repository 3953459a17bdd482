/** Servers of `http` that one socket leads to: nginx tells them apart by name, and looks at their names only there. */
import type { Server } from './references';

/** Those that have an address in common with another one. */
export function sharingAddress(all: readonly Server[]): ReadonlySet<Server> {
  const first = new Map<string, Server>();
  const found = new Set<Server>();
  for (const server of all) {
    // Without any listen a server takes the default port.
    const keys = server.listens.length > 0 || server.vague ? server.listens.map(({ key }) => key) : ['default'];
    for (const key of keys) {
      const other = first.get(key);
      if (!other) first.set(key, server);
      else if (other !== server) found.add(other).add(server);
    }
  }
  return found;
}
