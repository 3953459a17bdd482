/** Which version of nginx knows a directive, and what went since. */
import type { Signature } from '../catalogue';
import { isOlder } from '../version';

/** Came with a security fix, which distributions put into their older versions. */
const BACKPORTED = new Set(['max_headers']);

/** The first version that knows the directive where `signatures` may stand; null where every version may. */
export function sinceVersion(signatures: readonly Signature[]): string | null {
  let first: string | null = null;
  for (const { name, since } of signatures) {
    if (since === null || BACKPORTED.has(name)) return null;
    if (first === null || isOlder(since, first)) first = since;
  }
  return first;
}

/** Parameters that came later than their directives, where the directive takes a list of words or so many of them. */
const PARAMETERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  keepalive: { local: '1.29.7' },
  proxy_http_version: { '2': '1.29.4' },
};

/** The first version that knows the parameter; null where all do that know the directive. */
export function sinceParameter(directive: string, parameter: string): string | null {
  const found = Object.hasOwn(PARAMETERS, directive) ? PARAMETERS[directive]! : null;
  return found && Object.hasOwn(found, parameter) ? found[parameter]! : null;
}

/** What the newest nginx no longer knows, the version it went with, and what to write instead. */
const REMOVED: Readonly<Record<string, Removed>> = {
  ssl: {
    version: '1.25.1',
    instead: 'the "ssl" parameter of listen',
    signature: {
      name: 'ssl',
      type: 'http',
      contexts: ['http', 'server', 'mail', 'mail-server'],
      min: 1,
      max: 1,
      block: false,
      value: 'flag',
      words: [],
      literals: [],
      once: true,
      since: null,
    },
  },
};

export interface Removed {
  readonly version: string;
  readonly instead: string;
  /** What it was while nginx knew it. */
  readonly signature: Signature;
}

export function removedIn(name: string): Removed | null {
  return Object.hasOwn(REMOVED, name) ? REMOVED[name]! : null;
}
