/** Which pools a file speaks of. */
import type { Pool } from '../php-fpm/model';
import type { Project } from './project';

const byFile = new WeakMap<readonly Pool[], ReadonlyMap<string, readonly Pool[]>>();
const NONE: readonly Pool[] = [];

/** The pools that have a setting in `file`, in the order of all pools. */
export function poolsIn({ pools }: Project, file: string): readonly Pool[] {
  let known = byFile.get(pools);
  if (!known) {
    const map = new Map<string, Pool[]>();
    for (const pool of pools) {
      for (const each of new Set(pool.places.map((place) => place.file))) {
        const same = map.get(each);
        if (same) same.push(pool);
        else map.set(each, [pool]);
      }
    }
    known = map;
    byFile.set(pools, known);
  }
  return known.get(file) ?? NONE;
}
