/** The disk as it was when first asked, with changes that are not written yet. */
import { realpathSync } from 'node:fs';
import type { Files, ReadResult } from '../../core/index';
import { diskFilesAtOnce } from '../disk';

export interface Snapshot extends Files {
  /** From now on `path`, under any name it has, reads as `text`. */
  set(path: string, text: string): Promise<void>;
  /** Two names of one file have the same: links are followed. */
  real(path: string): Promise<string>;
}

/** Each file is read once, so that a run sees one state of a disk that others write to. */
export function snapshot(): Snapshot {
  const reads = new Map<string, Promise<ReadResult>>();
  const stats = new Map<string, ReturnType<Files['stat']>>();
  const lists = new Map<string, ReturnType<Files['list']>>();
  const reals = new Map<string, Promise<string>>();
  const changed = new Map<string, string>();
  const once = <T>(map: Map<string, Promise<T>>, path: string, ask: (path: string) => Promise<T>): Promise<T> => {
    let known = map.get(path);
    if (!known) {
      known = ask(path);
      map.set(path, known);
    }
    return known;
  };
  const real = (path: string): Promise<string> => once(reals, path, realName);
  return {
    async read(path) {
      if (changed.size > 0) {
        const text = changed.get(await real(path));
        if (text !== undefined) return { text };
      }
      return once(reads, path, diskFilesAtOnce.read);
    },
    async stat(path) {
      return changed.size > 0 && changed.has(await real(path)) ? 'file' : once(stats, path, diskFilesAtOnce.stat);
    },
    list: (path) => once(lists, path, diskFilesAtOnce.list),
    async set(path, text) {
      changed.set(await real(path), text);
    },
    real,
  };
}

async function realName(path: string): Promise<string> {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
