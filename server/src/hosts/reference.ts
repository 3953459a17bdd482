/** nginx's documentation, out of the bundle: scripts/reference.ts has put it there. */

/** Null in a bundle without it. */
export async function reference(): Promise<string | null> {
  try {
    return (await import('virtual:nginx-reference')).default;
  } catch {
    return null;
  }
}
