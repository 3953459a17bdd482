/** Versions of nginx, and what changed when. */

/** True when `version` is before `change`. An unknown version (null) counts as before: most servers are behind the newest. */
export function isOlder(version: string | null, change: string): boolean {
  if (version === null) return true;
  const a = version.split('.').map(Number);
  const b = change.split('.').map(Number);
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
