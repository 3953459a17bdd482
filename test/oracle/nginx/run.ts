/** Everything in one go: corpus and mutants, judged by both sides. */
import { besides, type Case, corpus, missingModules, sites } from './corpus';
import { askAll, type OurError, ourErrors, type RealVerdict, type Subject } from './judge';
import { type Mutant, mutants } from './mutate';
import type { Judged } from './tally';

export interface JudgedCase {
  readonly case: Case;
  /** Null where the machine lacks a module that the case loads. */
  readonly real: RealVerdict | null;
  readonly ours: readonly OurError[];
}

export interface Run {
  readonly cases: readonly JudgedCase[];
  readonly mutants: readonly Judged[];
}

export async function run(wanted: (mutant: Mutant) => boolean = () => true, seed?: string): Promise<Run> {
  const cases = corpus();
  const beside = besides();
  const judgeable = cases.filter((each) => missingModules(each).length === 0);
  const changed = mutants(sites(cases), seed).filter((mutant) => judgeable.includes(mutant.case) && wanted(mutant));
  const asIs = (each: Case): Subject => ({ case: each, file: 'nginx.conf', text: each.files.get('nginx.conf')! });
  // nginx runs in processes of its own while we work here.
  const asked = askAll([...judgeable.map(asIs), ...changed], beside);
  const ours = new Map<Subject | Case, readonly OurError[]>();
  const crashes = new Map<Subject, string>();
  for (const each of cases) ours.set(each, await ourErrors(asIs(each), beside));
  for (const each of changed) {
    try {
      ours.set(each, await ourErrors(each, beside));
    } catch (error) {
      ours.set(each, []);
      crashes.set(each, (error as Error).stack ?? String(error));
    }
    // Lets the answers of nginx in.
    await new Promise(setImmediate);
  }
  const real = await asked;
  return {
    cases: cases.map((each) => ({ case: each, real: real[judgeable.indexOf(each)] ?? null, ours: ours.get(each)! })),
    mutants: changed.map((mutant, index) => ({
      mutant,
      real: real[judgeable.length + index]!,
      ours: ours.get(mutant)!,
      crash: crashes.get(mutant) ?? null,
    })),
  };
}
