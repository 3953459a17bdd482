/** Which pool does a pass lead to, or was it meant for? Told only where no pool of another machine can have been meant. */
import type { Address } from '../nginx/model';
import { listensEverywhere } from '../php-fpm/address';
import type { Pool } from '../php-fpm/model';
import { basename, dirname } from '../text/path';
import { editDistance } from '../text/spelling';
import { isLocal, spell } from './address';
import { isInstalled } from './includes';
import { isForPhp, listenOf, passesOf, poolAt, poolsAt, reachedPools } from './links';
import type { Project } from './project';
import type { Structure } from './structure';
import { systemOf } from './system';

export interface Meant {
  readonly pool: Pool;
  /** False where a pool that is not in view may listen there. */
  readonly certain: boolean;
}

/** `file`: where nginx is told the address. */
export function meantPool(project: Project, file: string, address: Address): Meant | null {
  const system = systemOf(project);
  const contained = system.containersOf(file).length > 0;
  // A container has a loopback of its own.
  if (address.kind === 'tcp' && (contained || system.containers.length > 0)) return null;
  const { pools, unreached, unmatched } = surveyOf(project, homeOf(file), contained);
  if (pools.length === 0) return null;
  if (isInstalled(file)) {
    const pool = closestIn(unreached, spell(address)) ?? closestIn(pools, spell(address));
    return pool && { pool, certain: true };
  }
  if (unreached.length === 0) {
    // All pools in view have their passes already: this one is a slip, or it is for a pool that is not in view.
    const same = pools.filter(({ item }) => listenOf(item).kind === address.kind);
    const pool = unmatched.length === 1 ? closestIn(same, spell(address)) : null;
    return pool && { pool, certain: false };
  }
  // As many passes as you like may look for a pool, but it was set up for one of them.
  const pool = closestIn(unreached, spell(address));
  const best = pool && closestIn(unmatched, spell(listenOf(pool)));
  return pool && best && spell(best) === spell(address) ? { pool, certain: true } : null;
}

interface Spelt<T> {
  readonly text: string;
  readonly item: T;
}

function sorted<T>(items: readonly T[], textOf: (item: T) => string): Spelt<T>[] {
  return items
    .map((item) => ({ text: textOf(item).slice(0, 200), item }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
}

/** How many are compared with a text on either side of its place among them. */
const AROUND = 20;

/** The one that is spelt most alike: of many, those that start alike are looked at. */
function closestIn<T>(all: readonly Spelt<T>[], text: string): T | null {
  let low = 0;
  for (let high = all.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (all[middle]!.text < text) low = middle + 1;
    else high = middle;
  }
  let best: { item: T; distance: number } | null = null;
  for (const each of all.slice(Math.max(0, low - AROUND), low + AROUND)) {
    const distance = editDistance(text.slice(0, 200), each.text);
    if (!best || distance < best.distance) best = { item: each.item, distance };
  }
  return best?.item ?? null;
}

interface Survey {
  readonly pools: readonly Spelt<Pool>[];
  /** Pools that no pass in view leads to. */
  readonly unreached: readonly Spelt<Pool>[];
  /** Addresses of passes for PHP that no pool in view listens on, each once. */
  readonly unmatched: readonly Spelt<Address>[];
}

const surveys = new WeakMap<Project, Map<string, Survey>>();

function surveyOf(project: Project, home: string, contained: boolean): Survey {
  let known = surveys.get(project);
  if (!known) {
    known = new Map();
    surveys.set(project, known);
  }
  const key = `${contained} ${home}`;
  let survey = known.get(key);
  if (!survey) {
    survey = surveyed(project, home, contained);
    known.set(key, survey);
  }
  return survey;
}

function surveyed(project: Project, home: string, contained: boolean): Survey {
  const reached = reachedPools(project);
  const ports = new Set<number>();
  const unmatched = new Map<string, Address>();
  for (const source of project.nginxSources) {
    const isHere = homeOf(source.file) === home;
    for (const pass of passesOf(project, source, 'fastcgi')) {
      for (const { address } of pass.endpoints) {
        if (!isLocal(address)) ports.add(address.kind === 'tcp' ? (address.port ?? 0) : 0);
        else if (isHere && !poolAt(project, address) && isForPhp(project, pass)) unmatched.set(spell(address), address);
      }
    }
  }
  const system = systemOf(project);
  const pools = poolsOf(project, home).filter(
    (pool) => !system.isInPhpImage(fileOf(pool)) && (contained || system.poolContainersOf(fileOf(pool)).length === 0),
  );
  const unreached = pools.filter((pool) => {
    const listen = listenOf(pool);
    // Another host, or a container, connects to it.
    const fromAfar = listen.kind === 'tcp' && ports.has(listen.port) && listensEverywhere(listen);
    return !reached.has(pool) && !fromAfar;
  });
  const spellPool = (pool: Pool): string => spell(listenOf(pool));
  return {
    pools: sorted(pools, spellPool),
    unreached: sorted(unreached, spellPool),
    unmatched: sorted([...unmatched.values()], spell),
  };
}

/** The pool that answers at `address` on the machine that `file` is for; null where it may be another machine's. */
export function poolNear(project: Project, file: string, address: Address): Pool | null {
  const found = poolsAt(project, address);
  if (found.length === 0) return null;
  const home = homeOf(file);
  const near = found.find((pool) => homeOf(fileOf(pool)) === home);
  return near ?? (poolsOf(project, home).includes(found[0]!) ? found[0]! : null);
}

/** Do the two files belong to one machine, as far as their folders tell? */
export function areNear(project: Project, file: string, other: string): boolean {
  return homeOf(file) === homeOf(other) || homesOf(project).size === 1;
}

const homes = new WeakMap<readonly Pool[], Map<string, Pool[]>>();

/** The pools of the same home; where there are but one nginx and one php-fpm in view, these belong together. */
function poolsOf(project: Project, home: string): readonly Pool[] {
  const { pools } = project;
  let byHome = homes.get(pools);
  if (!byHome) {
    byHome = new Map();
    for (const pool of pools) {
      const key = homeOf(fileOf(pool));
      const same = byHome.get(key);
      if (same) same.push(pool);
      else byHome.set(key, [pool]);
    }
    homes.set(pools, byHome);
  }
  const own = byHome.get(home);
  return own ?? (byHome.size === 1 && homesOf(project).size === 1 ? pools : []);
}

const nginxHomes = new WeakMap<Structure, ReadonlySet<string>>();

function homesOf({ structure, nginxSources }: Project): ReadonlySet<string> {
  let found = nginxHomes.get(structure);
  if (!found) {
    found = new Set(nginxSources.map(({ file }) => homeOf(file)));
    nginxHomes.set(structure, found);
  }
  return found;
}

function fileOf(pool: Pool): string {
  return pool.get('listen')?.file ?? pool.places[0]?.file ?? '';
}

/** Folders in which configurations are kept, whoever they belong to. */
const KEPT =
  /^(?:etc|usr|local|opt|nginx|openresty|php[\d.-]*|php-?fpm[\d.]*|\d+\.\d+|fpm|confs?|configs?|configuration|cnf|conf\.d|http\.d|sites(?:-available|-enabled)?|vhosts?(?:\.d)?|servers?|pools?|pool\.d|php-fpm\.d|snippets|\.?docker|compose|templates|files|rootfs|remi|web|roles|includes?|zz?-?docker|systemd|system|services|units?|init)$/i;

/** The service that a file belongs to: its folder, without those that only say what kind of file it is. */
export function homeOf(file: string): string {
  let folder = dirname(file);
  while (KEPT.test(basename(folder)) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
