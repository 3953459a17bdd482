/**
 * glob(3) as nginx and php-fpm call it (no flags): `*`, `?` and `[…]` never match `/` nor a leading dot, `\` quotes.
 * Patterns come from files, so matching takes time in proportion to pattern × name, whatever the pattern.
 */

/** True when the name is a pattern for glob(3): nginx's own test in ngx_conf_include(), `*`, `?` or `[`. */
export function isGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/** Does one path component match one component of a pattern? */
export function matchesComponent(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.') && !pattern.startsWith('\\.')) return false;
  let p = 0;
  let n = 0;
  let starAt = -1;
  let starName = 0;
  while (n < name.length) {
    if (pattern[p] === '*') {
      starAt = p++;
      starName = n;
      continue;
    }
    const next = p < pattern.length ? matchOne(pattern, p, name[n]!) : -1;
    if (next >= 0) {
      p = next;
      n++;
    } else if (starAt >= 0) {
      // Only the last star is ever widened: an earlier one has matched as little as it can, which is enough.
      p = starAt + 1;
      n = ++starName;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** The offset behind the pattern's element at `p` when it matches `char`, -1 when it does not. */
function matchOne(pattern: string, p: number, char: string): number {
  const c = pattern[p]!;
  if (c === '?') return p + 1;
  if (c === '\\' && p + 1 < pattern.length) return pattern[p + 1] === char ? p + 2 : -1;
  if (c !== '[') return c === char ? p + 1 : -1;
  let i = p + 1;
  const negated = pattern[i] === '!' || pattern[i] === '^';
  if (negated) i++;
  let found = false;
  for (let first = true; ; first = false) {
    if (i >= pattern.length) return char === '[' ? p + 1 : -1; // no closing bracket: a plain "["
    if (pattern[i] === ']' && !first) break;
    if (pattern[i] === '\\' && i + 1 < pattern.length) i++;
    const low = pattern[i++]!;
    let high = low;
    if (pattern[i] === '-' && i + 1 < pattern.length && pattern[i + 1] !== ']') {
      if (pattern[i + 1] === '\\') i++;
      high = pattern[i + 1]!;
      i += 2;
    }
    if (low <= char && char <= high) found = true;
  }
  return found !== negated ? i + 1 : -1;
}
