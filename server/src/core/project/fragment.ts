/** Where a file that nothing includes would be included: what it says itself, what it is told, or what fits its content. */
import { type Context, contextInside, signatures } from '../nginx/catalogue';
import type { NginxSource } from './source';

/** In this order a context wins where several fit equally well. */
const PREFERENCE: readonly Context[] = [
  'main',
  'http',
  'server',
  'location',
  'upstream',
  'stream',
  'stream-server',
  'stream-upstream',
  'mail',
  'mail-server',
  'events',
  'location-if',
  'server-if',
  'limit_except',
];

const MAIN_BLOCKS = new Set(['http', 'events', 'stream', 'mail']);

const COMMENT = /^#\s*upstream-medic:\s*context=([a-z_,-]+)/;

/**
 * The contexts of a fragment's top level. `told` is the `--context` option. Never empty: an empty or foreign file is
 * taken as a main file.
 */
export function fragmentContexts(found: NginxSource | null, told: readonly string[] | null): readonly Context[] {
  if (!found) return ['main'];
  const written = contextComment(found);
  const path = written ?? told;
  if (path) {
    const context = contextOfPath(path);
    if (context) return [context];
  }
  return [bestContext(found)];
}

/** The innermost context of blocks named from the outside in: `['http', 'server']` is `server`; null for blocks that cannot nest so. */
export function contextOfPath(path: readonly string[]): Context | null {
  let context: Context | null = 'main';
  for (const name of path) {
    if (name === 'main') continue;
    // A path may start inside: "location" alone, or "server,location".
    const inner: Context | null = context ? contextInside(context, name) : null;
    context = inner ?? (context === 'main' && PREFERENCE.includes(name as Context) ? (name as Context) : null);
  }
  return context;
}

/** What the file says itself of where it belongs: `# upstream-medic: context=http,server`. */
export function contextComment(found: NginxSource): readonly string[] | null {
  for (const span of found.tree.comments.slice(0, 50)) {
    const match = COMMENT.exec(found.text.slice(span.start, Math.min(span.end, span.start + 200)));
    if (match) return match[1]!.split(',');
  }
  return null;
}

/** The context that allows most of the directives at the top of the file. */
function bestContext(found: NginxSource): Context {
  // Blocks that stand nowhere else: whatever has slipped out of them, this is a main file.
  if (found.tree.items.some(({ called, block }) => block && MAIN_BLOCKS.has(called))) return 'main';
  const votes = new Map<Context, number>();
  for (const directive of found.tree.items) {
    const opens = directive.block !== null;
    for (const signature of signatures(directive.called)) {
      if (signature.block !== opens) continue;
      for (const context of signature.contexts) votes.set(context, (votes.get(context) ?? 0) + 1);
    }
  }
  let best: Context = 'main';
  for (const context of PREFERENCE) {
    if ((votes.get(context) ?? 0) > (votes.get(best) ?? 0)) best = context;
  }
  return best;
}
