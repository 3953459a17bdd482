/** Mistakes that people make, put into valid configurations: each kind many times, on different directives, always the same ones. */
import { applyEdits } from '../../../server/src/core/text/edit';
import type { Site } from './corpus';
import type { Subject } from './judge';
import { type Change, KINDS, type Kind } from './kinds';
import { type Random, seeded } from './random';
import { added, wrong } from './values';

export interface Mutant extends Subject {
  readonly kind: string;
  /** 1-based line of the first change. */
  readonly line: number;
}

export function mutants(all: readonly Site[], seed = '502'): Mutant[] {
  const made = new Map<string, Mutant>();
  const add = (kind: string, site: Site, edits: readonly Change[]): boolean => {
    const text = applyEdits(site.text, edits);
    const key = `${site.case.name}\0${site.file}\0${text}`;
    if (text === site.text || made.has(key)) return false;
    const line = site.text.slice(0, Math.min(...edits.map(({ span }) => span.start))).split('\n').length;
    made.set(key, { kind, case: site.case, file: site.file, text, line });
    return true;
  };
  for (const kind of KINDS) spread(kind, all, seeded(`${seed} ${kind.name}`), add);
  for (const [kind, byName] of Object.entries(wrong)) {
    const random = seeded(`${seed} ${kind} values`);
    for (const [where, values] of Object.entries(byName)) {
      const fitting = random.shuffled(all.filter((site) => fits(site, where)));
      if (fitting.length === 0) throw new Error(`The corpus has no ${where}, which ${kind} changes`);
      values.forEach((value, index) => {
        const site = fitting[index % fitting.length]!;
        add(kind, site, [replaceArguments(site, value)]);
      });
    }
  }
  for (const [kind, byContext] of Object.entries(added)) {
    const random = seeded(`${seed} ${kind} lines`);
    for (const [context, lines] of Object.entries(byContext)) {
      const fitting = random.shuffled(all.filter((site) => site.directive.block && opens(site) === context));
      if (fitting.length === 0) throw new Error(`The corpus has no ${context}, which ${kind} adds to`);
      lines.forEach((line, index) => {
        const site = fitting[index % fitting.length]!;
        add(kind, site, [insertInto(site, line, random)]);
      });
    }
  }
  return [...made.values()];
}

/** Takes the directives of a kind by turns, so that the common ones do not crowd out the rest. */
function spread(
  kind: Kind,
  all: readonly Site[],
  random: Random,
  add: (k: string, s: Site, e: readonly Change[]) => boolean,
) {
  const byName = new Map<string, Site[]>();
  for (const site of random.shuffled(all)) {
    if (!kind.on(site)) continue;
    const name = site.directive.name.value;
    const known = byName.get(name);
    if (known) known.push(site);
    else byName.set(name, [site]);
  }
  const turns = random.shuffled([...byName.values()]);
  let left = kind.count;
  for (let round = 0; round < 400 && left > 0 && turns.length > 0; round++) {
    for (const group of turns) {
      const site = group[round % group.length]!;
      const edits = kind.change(site, random, all);
      if (edits && add(kind.name, site, edits) && --left === 0) break;
    }
  }
}

/** `listen`, `http/server` (a server directly in http) or `upstream/server`: a name, with the context before it. */
function fits({ directive, context }: Site, where: string): boolean {
  const slash = where.lastIndexOf('/');
  if (directive.name.value !== where.slice(slash + 1)) return false;
  return slash < 0 ? context !== null : context === where.slice(0, slash);
}

/** Name of what a block holds: its context, or the directive itself where its lines are data. */
function opens({ directive, context }: Site): string {
  const name = directive.name.value;
  if (name === 'if') return `${context}-if`;
  if (name === 'server' && (context === 'stream' || context === 'mail')) return `${context}-server`;
  if (name === 'upstream' && context === 'stream') return 'stream-upstream';
  if (name === 'geo' && directive.block!.items[0]?.name.value === 'ranges') return 'geo-ranges';
  if ((name === 'map' || name === 'geo') && context === 'stream') return `stream-${name}`;
  return name;
}

export function replaceArguments({ directive, text }: Site, value: string): Change {
  const end = directive.args.at(-1)?.end ?? directive.name.end;
  const gap = text.slice(directive.name.end, directive.args[0]?.start ?? directive.name.end) || ' ';
  return { span: { start: directive.name.end, end }, newText: value === '' ? '' : gap + value };
}

/** A line of its own, first or last in the block. */
export function insertInto({ directive, text }: Site, line: string, random: Random): Change {
  const block = directive.block!;
  const lineStart = text.lastIndexOf('\n', directive.start - 1) + 1;
  const indent = `${/^[ \t]*/.exec(text.slice(lineStart))![0]}    `;
  const lines = line.split('\n').map((part) => indent + part);
  if (random.next() < 0.5 || block.items.length === 0) {
    const at = block.start + 1;
    return { span: { start: at, end: at }, newText: `\n${lines.join('\n')}` };
  }
  const last = block.items.at(-1)!.end;
  // Behind a comment on the last line.
  const newline = text.indexOf('\n', last);
  const at = newline >= 0 && newline < block.end ? newline : last;
  return { span: { start: at, end: at }, newText: `\n${lines.join('\n')}` };
}
