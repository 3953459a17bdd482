/** The one interface through which core sees a file system. Disk, editor and a `Map` implement it. */
export interface Files {
  /** The text of a file, or why it cannot be had. Never throws. */
  read(path: string): Promise<ReadResult>;
  /** Names (not paths) in a folder, sorted by code unit; empty when there is no such folder. */
  list(path: string): Promise<readonly string[]>;
  stat(path: string): Promise<'file' | 'folder' | 'missing'>;
}

export type ReadResult =
  | { readonly text: string }
  /** `missing`: no such file. `unreadable`: it is there but cannot be read (permission, a folder, too large); `reason` says why. */
  | { readonly error: 'missing' | 'unreadable'; readonly reason: string };

/** `Files` over a map from path to text, for tests and for documents that are not on a disk. */
export function mapFiles(map: ReadonlyMap<string, string>): Files {
  const isFolder = (path: string): boolean => {
    const prefix = path.endsWith('/') ? path : `${path}/`;
    for (const name of map.keys()) if (name.startsWith(prefix)) return true;
    return false;
  };
  return {
    async read(path) {
      const text = map.get(path);
      if (text !== undefined) return { text };
      return isFolder(path)
        ? { error: 'unreadable', reason: 'is a folder' }
        : { error: 'missing', reason: 'no such file' };
    },
    async list(path) {
      const prefix = path.endsWith('/') ? path : `${path}/`;
      const names = new Set<string>();
      for (const name of map.keys())
        if (name.startsWith(prefix)) names.add(name.slice(prefix.length).split('/', 1)[0]!);
      return [...names].sort();
    },
    async stat(path) {
      return map.has(path) ? 'file' : isFolder(path) ? 'folder' : 'missing';
    },
  };
}
