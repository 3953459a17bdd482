/** The mistakes, put into the corpus: each kind many times, on different settings, always the same ones for a seed. */
import { applyEdits } from '../../../server/src/core/text/edit';
import { type Random, seeded } from '../nginx/random';
import type { Site } from './corpus';
import type { Subject } from './judge';
import { KINDS, type Kind } from './kinds';

export interface Mutant extends Subject {
  readonly kind: string;
  /** 1-based line of the first change. */
  readonly line: number;
}

export function mutants(all: readonly Site[], seed = '502'): Mutant[] {
  const made = new Map<string, Mutant>();
  for (const kind of KINDS) spread(kind, all, seeded(`${seed} ${kind.name}`), made);
  return [...made.values()];
}

/** Takes the settings of a kind by turns, so that the common ones do not crowd out the rest. */
function spread(kind: Kind, all: readonly Site[], random: Random, made: Map<string, Mutant>): void {
  const byName = new Map<string, Site[]>();
  for (const site of random.shuffled(all)) {
    if (!kind.on(site)) continue;
    const name = site.setting?.key ?? '[';
    const known = byName.get(name);
    if (known) known.push(site);
    else byName.set(name, [site]);
  }
  const turns = random.shuffled([...byName.values()]);
  let left = kind.count;
  for (let round = 0; round < 60 && left > 0; round++) {
    for (const group of turns) {
      const site = group[round % group.length]!;
      const edits = kind.change(site, random, all);
      if (!edits) continue;
      const text = applyEdits(site.text, edits);
      const key = `${site.case.name}\0${site.file}\0${text}`;
      if (text === site.text || made.has(key)) continue;
      const line = site.text.slice(0, Math.min(...edits.map(({ span }) => span.start))).split('\n').length;
      made.set(key, { kind: kind.name, case: site.case, file: site.file, text, line });
      if (--left === 0) break;
    }
  }
}
