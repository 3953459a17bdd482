/** Which pool was a pass to an address meant for, on which none listens? Told only where no other pool can have been meant. */
import type { Address } from '../nginx/model';
import { type ListenAddress, listensEverywhere } from '../php-fpm/address';
import type { Pool } from '../php-fpm/model';
import { basename, dirname } from '../text/path';
import { isLocal, spell } from './address';
import { isInstalled } from './includes';
import { closestPool, distanceOf, isForPhp, listenOf, passesOf, poolAt } from './links';
import type { Project } from './project';
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
  const { unreached, unmatched, byName } = surveyOf(project, homeOf(file));
  const pools = poolsOf(project, homeOf(file)).filter(
    (pool) => contained || system.poolContainersOf(fileOf(pool)).length === 0,
  );
  if (pools.length === 0) return null;
  const near = (among: readonly Pool[]): Pool | null => closestPool(project, address, among);
  if (isInstalled(file)) {
    const pool = near(pools.slice(0, MOST));
    return pool && { pool, certain: true };
  }
  const open = unreached.filter((pool) => pools.includes(pool));
  if (open.length === 0) {
    // All pools in view have their passes already: this one is a slip, or it is for a pool that is not in view.
    const pool = unmatched.length === 1 ? near(pools.filter((one) => listenOf(one).kind === address.kind)) : null;
    return pool && { pool, certain: false };
  }
  if (open.length * unmatched.length > MOST) {
    const same = byName.get(nameOf(address)) ?? [];
    return same.length === 1 ? { pool: same[0]!, certain: true } : null;
  }
  // As many passes as you like may look for a pool, but it was set up for one of them.
  const pool = near(open);
  const best = pool && nearest(unmatched, pool);
  return pool && best && spell(best) === spell(address) ? { pool, certain: true } : null;
}

/** More comparisons than this are not made for one address. */
const MOST = 2500;

interface Survey {
  /** Pools that no pass in view leads to. */
  readonly unreached: readonly Pool[];
  /** Addresses of passes for PHP that no pool in view listens on, each once. */
  readonly unmatched: readonly Address[];
  /** The unreached by file name of the socket, or by port. */
  readonly byName: ReadonlyMap<string, readonly Pool[]>;
}

const surveys = new WeakMap<Project, Map<string, Survey>>();

function surveyOf(project: Project, home: string): Survey {
  let known = surveys.get(project);
  if (!known) {
    known = new Map();
    surveys.set(project, known);
  }
  let survey = known.get(home);
  if (!survey) {
    survey = surveyed(project, home);
    known.set(home, survey);
  }
  return survey;
}

function surveyed(project: Project, home: string): Survey {
  const reached = new Set<Pool>();
  const ports = new Set<number>();
  const unmatched = new Map<string, Address>();
  for (const source of project.nginxSources) {
    const isHere = homeOf(source.file) === home;
    for (const pass of passesOf(project, source)) {
      if (pass.target.family !== 'fastcgi') continue;
      for (const { address } of pass.endpoints) {
        const pool = isLocal(address) ? poolAt(project, address) : null;
        if (pool) reached.add(pool);
        else if (!isLocal(address)) ports.add(address.kind === 'tcp' ? (address.port ?? 0) : 0);
        else if (isHere && isForPhp(project, pass)) unmatched.set(spell(address), address);
      }
    }
  }
  const unreached = poolsOf(project, home).filter((pool) => {
    const listen = listenOf(pool);
    // Another host, or a container, connects to it.
    const fromAfar = listen.kind === 'tcp' && ports.has(listen.port) && listensEverywhere(listen);
    return !reached.has(pool) && !fromAfar;
  });
  const byName = new Map<string, Pool[]>();
  for (const pool of unreached) {
    const listen = listenOf(pool);
    if (listen.kind === 'unknown') continue;
    const name = nameOf(listen);
    const same = byName.get(name);
    if (same) same.push(pool);
    else byName.set(name, [pool]);
  }
  return { unreached, unmatched: [...unmatched.values()], byName };
}

function nearest(addresses: readonly Address[], pool: Pool): Address | null {
  const listen = listenOf(pool);
  let best: { address: Address; distance: number } | null = null;
  for (const address of addresses) {
    const distance = distanceOf(address, listen);
    if (!best || distance < best.distance) best = { address, distance };
  }
  return best?.address ?? null;
}

function nameOf(address: Address | ListenAddress): string {
  return address.kind === 'unix' ? basename(address.path) : address.kind === 'tcp' ? String(address.port) : '';
}

const homes = new WeakMap<readonly Pool[], Map<string, Pool[]>>();

function poolsOf({ pools }: Project, home: string): readonly Pool[] {
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
  return byHome.get(home) ?? [];
}

function fileOf(pool: Pool): string {
  return pool.get('listen')?.file ?? pool.places[0]?.file ?? '';
}

/** Folders in which configurations are kept, whoever they belong to. */
const KEPT =
  /^(?:etc|usr|local|opt|nginx|openresty|php[\d.-]*|php-?fpm[\d.]*|\d+\.\d+|fpm|confs?|configs?|configuration|cnf|conf\.d|http\.d|sites(?:-available|-enabled)?|vhosts?(?:\.d)?|servers?|pools?|pool\.d|php-fpm\.d|snippets|\.?docker|templates|files|rootfs|remi|web|roles|includes?|zz?-?docker)$/i;

/** The service that a file belongs to: its folder, without those that only say what kind of file it is. */
function homeOf(file: string): string {
  let folder = dirname(file);
  while (KEPT.test(basename(folder)) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
