/** Host names with an asterisk, as ngx_hash_add_key() takes them. */

/** Under which keys nginx files a name: two names that share one are in conflict. `.a` stands for `a` and for `*.a`. */
export function wildcardKeys(name: string): readonly string[] {
  const lower = name.toLowerCase();
  if (lower.startsWith('*.')) return [`*.${lower.slice(2)}`];
  if (lower.length > 1 && lower.startsWith('.')) return [lower.slice(1), `*${lower}`];
  return [lower];
}
