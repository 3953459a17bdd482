/** Docker Compose files as far as they tell which container nginx runs in and which others it can reach. */
import type * as Yaml from 'yaml';
import type { Span } from '../text/span';

export interface Mount {
  /** As written: relative to the folder of the file. */
  readonly from: string;
  readonly to: string;
}

export interface Service {
  readonly name: string;
  readonly span: Span;
  /** Every name under which other containers find it. */
  readonly names: readonly string[];
  /** Null where it is built, or a variable decides. */
  readonly image: string | null;
  readonly build: { readonly context: string; readonly dockerfile: string } | null;
  readonly ports: readonly { readonly published: number | null; readonly target: number }[];
  readonly exposed: readonly number[];
  /** `network_mode`, lower case; null for networks of its own. */
  readonly networkMode: string | null;
  readonly networks: readonly string[];
  readonly mounts: readonly Mount[];
  readonly volumesFrom: boolean;
  /** `command` and `entrypoint`; null where the image decides. */
  readonly command: string | null;
  /** Hosts that the file itself makes known to it. */
  readonly hosts: readonly string[];
  /** Those of them whose address the file tells (`extra_hosts`). */
  readonly fixedHosts: readonly string[];
  /** It has the address that the file gives it. */
  readonly hasFixedAddress: boolean;
  /** `mem_limit`, `deploy.resources.limits.memory`, as written. */
  readonly memory: { readonly value: string; readonly span: Span } | null;
  /** It is put together from what is not in this file. */
  readonly extended: boolean;
  /** Everything written about it, to look for a number in. */
  readonly text: string;
}

export interface Compose {
  readonly services: readonly Service[];
  /** Networks that this file does not make: other projects' containers are in them. */
  readonly external: ReadonlySet<string>;
  /** `include`: there are services that are not in view. */
  readonly includes: boolean;
}

export type YamlLibrary = Pick<typeof Yaml, 'parseDocument' | 'isMap' | 'isScalar'>;

const NOTHING: Compose = { services: [], external: new Set(), includes: false };

/** Larger files are data, and what is on one line here is short. The YAML library takes long over junk. */
const LARGEST = 64 * 1024;
const LONGEST_LINE = 2000;

/** Nothing for what is no Compose file. Never throws. */
export function readCompose(text: string, yaml: YamlLibrary | null): Compose {
  if (!yaml) return NOTHING;
  if (text.length > LARGEST || !/^services[ \t]*:/m.test(text) || !isShallow(text)) return NOTHING;
  try {
    const parsed = yaml.parseDocument(text, { merge: true, uniqueKeys: false, strict: false, logLevel: 'silent' });
    if (parsed.errors.length > 0) return NOTHING;
    const root: unknown = parsed.toJS({ maxAliasCount: 100 });
    const services = parsed.get('services', true);
    if (!isRecord(root) || !isRecord(root.services) || !yaml.isMap(services)) return NOTHING;
    const found: Service[] = [];
    for (const { key, value } of services.items) {
      const name = yaml.isScalar(key) ? String(key.value) : '';
      const data = root.services[name];
      const at = yaml.isScalar(key) ? key.range : null;
      if (!isRecord(data) || !at) continue;
      const end = (value as { range?: readonly number[] } | null)?.range?.[1] ?? at[1];
      found.push(serviceOf(name, { start: at[0], end: at[1] }, data, text.slice(at[0], end)));
    }
    const networks = isRecord(root.networks) ? root.networks : {};
    const external = Object.keys(networks).filter((each) => {
      const network = networks[each];
      return isRecord(network) && network.external !== undefined && network.external !== false;
    });
    return { services: found, external: new Set(external), includes: root.include !== undefined };
  } catch {
    return NOTHING;
  }
}

/** The YAML library reads nested text by recursion, and its process ends where that goes too deep. */
export function isShallow(text: string): boolean {
  let depth = 0;
  for (const line of text.split('\n')) {
    const indent = /^[ \t]*/.exec(line)![0].length;
    if (indent > 200 || line.length > LONGEST_LINE) return false;
    // Marks that open blocks within one line: "- - - a", "? ? a".
    if ((line.slice(indent).match(/[-?:!&*](?=\s|$)|[!&*]/g)?.length ?? 0) > 60) return false;
    for (const char of line) {
      if (char === '[' || char === '{') depth++;
      else if ((char === ']' || char === '}') && depth > 0) depth--;
      if (depth > 40) return false;
    }
  }
  return true;
}

function serviceOf(name: string, span: Span, data: Record<string, unknown>, text: string): Service {
  const container = typeof data.container_name === 'string' ? [data.container_name] : [];
  const hostname = typeof data.hostname === 'string' ? [data.hostname] : [];
  const networks = isRecord(data.networks) ? data.networks : {};
  const aliases = Object.values(networks).flatMap((network) => (isRecord(network) ? strings(network.aliases) : []));
  const mode = typeof data.network_mode === 'string' ? data.network_mode.toLowerCase() : null;
  const names = isRecord(data.networks) ? Object.keys(data.networks) : strings(data.networks);
  return {
    name,
    span,
    names: [name, ...container, ...hostname, ...aliases].map((each) => each.toLowerCase()),
    image: typeof data.image === 'string' && data.build === undefined && !data.image.includes('$') ? data.image : null,
    build: buildOf(data.build),
    ports: list(data.ports).flatMap(portOf),
    exposed: strings(data.expose).flatMap((each) =>
      /^\d{1,5}(?:\/tcp)?$/.test(each) ? [Number.parseInt(each, 10)] : [],
    ),
    networkMode: mode,
    networks: names.length > 0 ? names : ['default'],
    mounts: [...list(data.volumes).flatMap(mountOf)],
    volumesFrom: data.volumes_from !== undefined || data.configs !== undefined || data.develop !== undefined,
    command: data.command === undefined && data.entrypoint === undefined ? null : commandOf(data),
    hosts: [...hostsOf(data.extra_hosts), ...[...strings(data.links), ...strings(data.external_links)].map(lastPart)],
    fixedHosts: hostsOf(data.extra_hosts),
    hasFixedAddress: Object.values(networks).some(
      (network) => isRecord(network) && (network.ipv4_address !== undefined || network.ipv6_address !== undefined),
    ),
    memory: memoryOf(data, span, text),
    extended: data.extends !== undefined,
    // What an alias brings is written elsewhere: "<<: *defaults", "volumes: *shared".
    text: /\*\w/.test(text) ? `${text}\n${JSON.stringify(data)}` : text,
  };
}

function memoryOf(data: Record<string, unknown>, span: Span, text: string): Service['memory'] {
  const resources = isRecord(data.deploy) ? data.deploy.resources : null;
  const limits = isRecord(resources) && isRecord(resources.limits) ? resources.limits : {};
  const value = limits.memory ?? data.mem_limit;
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  // A reservation of memory may stand before the limit.
  const from = limits.memory === undefined ? 0 : Math.max(0, text.search(/\blimits[ \t]*:/));
  const written = /\bmem(?:_limit|ory)[ \t]*:[ \t]*[^\s#,}]+/.exec(text.slice(from));
  const start = span.start + from + (written?.index ?? 0);
  return { value: String(value), span: written ? { start, end: start + written[0].length } : span };
}

function buildOf(build: unknown): Service['build'] {
  if (typeof build === 'string') return { context: build, dockerfile: 'Dockerfile' };
  if (!isRecord(build)) return null;
  if (build.dockerfile_inline !== undefined || build.target !== undefined) return null;
  return {
    context: typeof build.context === 'string' ? build.context : '.',
    dockerfile: typeof build.dockerfile === 'string' ? build.dockerfile : 'Dockerfile',
  };
}

/** `8080:80`, `127.0.0.1:8080:80/tcp`, `80`, or the long form; ranges and variables are left out. */
function portOf(port: unknown): Service['ports'] {
  if (isRecord(port)) {
    const [target, published] = [Number(port.target), Number(port.published ?? Number.NaN)];
    return Number.isInteger(target) ? [{ target, published: Number.isInteger(published) ? published : null }] : [];
  }
  const [, published, target] = /^(?:.*:)?(?:(\d{1,5}):)(\d{1,5})(?:\/tcp)?$/.exec(String(port)) ?? [];
  if (target) return [{ target: Number(target), published: Number(published) }];
  const [, only] = /(?:^|[:}])(\d{1,5})(?:\/tcp)?$/.exec(String(port)) ?? [];
  return only ? [{ target: Number(only), published: null }] : [];
}

function mountOf(volume: unknown): Mount[] {
  if (isRecord(volume)) {
    const { type, source, target } = volume;
    return type === 'bind' && typeof source === 'string' && typeof target === 'string'
      ? [{ from: source, to: target }]
      : [];
  }
  const [from, to] = String(volume).split(':');
  return from && to?.startsWith('/') && /^[./]/.test(from) ? [{ from, to }] : [];
}

function commandOf(data: Record<string, unknown>): string {
  return [data.entrypoint, data.command]
    .map((part) =>
      Array.isArray(part) ? part.map(String).join(' ') : part === undefined || part === null ? '' : String(part),
    )
    .join(' ')
    .trim();
}

function hostsOf(hosts: unknown): string[] {
  if (isRecord(hosts)) return Object.keys(hosts);
  return strings(hosts).map((each) => each.split(/[:=]/)[0]!);
}

function lastPart(link: string): string {
  return link.slice(link.lastIndexOf(':') + 1);
}

function strings(value: unknown): string[] {
  return list(value).flatMap((each) => (typeof each === 'string' || typeof each === 'number' ? [String(each)] : []));
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
