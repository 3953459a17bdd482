/** What in view answers where a pass leads, and who leads there: the same knowledge that the rules about links have. */
import { type Address, type Family, isPass, passTarget } from '../nginx/model';
import { WordDirective } from '../nginx/tree';
import type { Pool } from '../php-fpm/model';
import { isLoopback, meets } from '../project/address';
import { views } from '../project/inside';
import { type Endpoint, listenOf, type Pass, passesOf, passOf, poolsAt } from '../project/links';
import { areNear, poolNear } from '../project/meant';
import type { At, Project } from '../project/project';
import { instancesOf, type Kind, type Server, serversOf } from '../project/references';
import type { NginxSource } from '../project/source';
import { isOverridden, systemOf } from '../project/system';
import { targetsOf } from '../project/target';
import { unitListeners } from '../project/units';
import type { Place } from '../text/span';

export interface Reached extends Place {
  /** `server`: nginx itself, which listens there too. */
  readonly kind: 'pool' | 'unit' | 'service' | 'server';
  readonly name: string;
}

/** What listens at the address of an endpoint; empty where nothing in view is known to. */
export function reachedBy(project: Project, { at, address }: Pick<Endpoint, 'at' | 'address'>): readonly Reached[] {
  const system = systemOf(project);
  const containers = system.containersOf(at.file);
  if (address.kind === 'tcp' && !isLoopback(address)) {
    const services = containers.length > 0 ? system.named(address.host, containers) : [];
    const named = services.filter((each, i) => services.findIndex((one) => isSame(one, each)) === i);
    const pools = services.length > 0 ? poolsAt(project, address) : [];
    const inside = pools.filter((pool) => {
      const { file } = pool.get('listen')!;
      return system.poolContainersOf(file).some((each) => services.includes(each) && !isOverridden(each, file));
    });
    return [
      ...named.map(({ service, file }) => ({ kind: 'service' as const, name: service.name, file, span: service.span })),
      ...inside.slice(0, 1).map(reachedPool),
    ];
  }
  // What a container calls 127.0.0.1 is itself.
  const isInside = address.kind === 'tcp' && containers.length > 0;
  const pool = isInside ? null : poolNear(project, at.file, address);
  if (pool) return [reachedPool(pool)];
  const listener = isInside
    ? undefined
    : unitListeners(project).find((each) => meets(address, each.address) && areNear(project, at.file, each.at.file));
  if (listener) {
    const { file, span } = listener.at;
    return [{ kind: 'unit', name: (listener.socket ?? listener.unit).name, file, span }];
  }
  const server = serverAt(project, at.file, address);
  return server ? [server] : [];
}

const isSame = (a: { file: string; service: object }, b: { file: string; service: object }): boolean =>
  a.file === b.file && a.service === b.service;

function reachedPool(pool: Pool): Reached {
  return { kind: 'pool', name: pool.name, ...placeOf(pool) };
}

/** Where a pool says on what it listens, else its header. */
export function placeOf(pool: Pool): Place {
  const listen = pool.get('listen');
  if (listen) return { file: listen.file, span: listen.setting.span };
  const { file, section } = pool.places[0]!;
  return { file, span: section.headerSpan };
}

const serversByRoot = new WeakMap<readonly Server[], ReadonlyMap<string, Server>>();

function serverAt(project: Project, file: string, address: Address): Reached | null {
  const texts =
    address.kind === 'unix'
      ? [`unix:${address.path}`]
      : ['127.0.0.1', '0.0.0.0', '[::1]', '[::]'].map((host) => `${host}:${address.port}`);
  for (const instance of instancesOf(project, file)) {
    for (const kind of ['http', 'stream'] as const satisfies Kind[]) {
      const servers = serversOf(project, instance, kind);
      let byAddress = serversByRoot.get(servers);
      if (!byAddress) {
        const map = new Map<string, Server>();
        for (const server of servers) {
          for (const { text, isDefault } of server.listens) if (isDefault || !map.has(text)) map.set(text, server);
        }
        byAddress = map;
        serversByRoot.set(servers, byAddress);
      }
      const found = texts.map((text) => byAddress.get(text)).find((server) => server !== undefined);
      if (!found) continue;
      const name = found.names[0]?.directive.values[1] ?? found.listens[0]!.text;
      return { kind: 'server', name, file: found.at.file, span: found.at.directive.name };
    }
  }
  return null;
}

/** A target up to its path: what stands behind may vary with the request, and leads to the same place. */
const AUTHORITY =
  /^(?:[a-z]+:\/\/)?(?![a-z]+:\/\/)(?:unix:[^:$]+|[^/$?#]+)(?=[/?#:]|$|\$\{?(?:request_uri|uri|document_uri)\b)/i;

/** The passes that `set` and `map` lines in view make of one with variables; none where only a request decides. */
export function possiblePasses(project: Project, pass: Pass): readonly Pass[] {
  const { file, directive } = pass.at;
  const [word, ...others] = directive.args;
  if (!pass.target.dynamic || !word || word.template) return [];
  const { end, name, parent, semicolon } = directive;
  const targets = targetsOf(project, pass).map(({ text }) => AUTHORITY.exec(text)?.[0]);
  return [...new Set(targets)].flatMap((value) => {
    if (value === undefined) return [];
    const words = [name, { ...word, value }, ...others];
    return passOf(project, { file, directive: new WordDirective(words, end, semicolon, parent) }) ?? [];
  });
}

/** Is there a pass with variables, which may lead anywhere? Of one family, or of any. */
export function hasDynamicPass(project: Project, family: Family | null): boolean {
  let found = dynamic.get(project);
  if (!found) {
    found = new Set(project.nginxSources.flatMap((source) => [...dynamicIn(source)]));
    dynamic.set(project, found);
  }
  return family === null ? found.size > 0 : found.has(family);
}

const dynamic = new WeakMap<Project, ReadonlySet<Family>>();
const dynamicBySource = new WeakMap<NginxSource, ReadonlySet<Family>>();

function dynamicIn(source: NginxSource): ReadonlySet<Family> {
  let found = dynamicBySource.get(source);
  if (!found) {
    const targets = [...source.names].filter(isPass).flatMap((name) => source.named(name).map(passTarget));
    found = new Set(targets.flatMap((target) => (target?.dynamic ? [target.family] : [])));
    dynamicBySource.set(source, found);
  }
  return found;
}

const doubles = new WeakMap<Project, ReadonlySet<string>>();

/** Files that are in view a second time, by a name that is included: `sites-enabled` links to `sites-available`. */
export function doublesIn(project: Project): ReadonlySet<string> {
  let found = doubles.get(project);
  if (!found) {
    const isIncluded = ({ file }: NginxSource): boolean => project.includers(file).length > 0;
    const texts = new Set(project.nginxSources.filter(isIncluded).map(({ own }) => own));
    const twice = project.nginxSources.filter((source) => texts.has(source.own) && !isIncluded(source));
    found = new Set(twice.map(({ file }) => file));
    doubles.set(project, found);
  }
  return found;
}

/** Where requests come from: passes by what they lead to. */
export interface Uses {
  /** The passes that lead to a pool, by `keyOf` its place. */
  readonly ofPool: ReadonlyMap<string, readonly Use[]>;
  /** There are passes of FastCGI in view, so that a pool which none of them reaches is telling. */
  readonly speaksFastcgi: boolean;
}

export interface Use {
  readonly view: Project;
  readonly at: At;
}

export const keyOf = ({ file, span }: Place): string => `${span.start} ${file}`;

const known = new WeakMap<Project, Uses>();

/** Found once for each snapshot. */
export function usesOf(project: Project): Uses {
  let found = known.get(project);
  if (!found) {
    found = readUses(project);
    known.set(project, found);
  }
  return found;
}

function readUses(project: Project): Uses {
  const ofPool = new Map<string, Use[]>();
  let speaksFastcgi = false;
  for (const view of views(project)) {
    const twice = doublesIn(view);
    for (const source of view.nginxSources) {
      if (twice.has(source.file)) continue;
      for (const pass of passesOf(view, source)) {
        if (pass.target.family === 'fastcgi') speaksFastcgi = true;
        if (view.pools.length === 0) continue;
        const keys = new Set<string>();
        for (const each of pass.target.dynamic ? possiblePasses(view, pass) : [pass]) {
          for (const endpoint of each.endpoints) {
            for (const reached of reachedBy(view, endpoint)) if (reached.kind === 'pool') keys.add(keyOf(reached));
          }
        }
        for (const key of keys) {
          const same = ofPool.get(key);
          if (same) same.push({ view, at: pass.at });
          else ofPool.set(key, [{ view, at: pass.at }]);
        }
      }
    }
  }
  return { ofPool, speaksFastcgi };
}

/** May a pool that no pass leads to be reached all the same: by a variable, or from another host or container? */
export function mayBeReached(project: Project, pool: Pool): boolean {
  const listen = listenOf(pool);
  if (listen.kind === 'unknown') return true;
  return views(project).some(
    (view) =>
      hasDynamicPass(view, 'fastcgi') ||
      (listen.kind === 'tcp' && remotePorts(view).has(listen.port)) ||
      systemOf(view).isInPhpImage(placeOf(pool).file),
  );
}

const ports = new WeakMap<Project, ReadonlySet<number>>();

/** Ports of other machines that FastCGI is spoken to. */
function remotePorts(view: Project): ReadonlySet<number> {
  let found = ports.get(view);
  if (!found) {
    found = new Set(
      view.nginxSources
        .flatMap((source) => passesOf(view, source))
        .filter(({ target }) => target.family === 'fastcgi')
        .flatMap(({ endpoints }) => endpoints)
        .flatMap(({ address }) => (address.kind === 'tcp' && !isLoopback(address) ? [address.port ?? 0] : [])),
    );
    ports.set(view, found);
  }
  return found;
}
