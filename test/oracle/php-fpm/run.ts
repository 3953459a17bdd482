/** Everything in one go, and the verdicts side by side. */
import { type Case, corpus, sites } from './corpus';
import { askAll, type OurError, ourErrors, type RealVerdict, type Subject } from './judge';
import { type Mutant, mutants } from './mutate';

export interface Judged<S extends Subject = Mutant> {
  readonly subject: S;
  readonly real: RealVerdict;
  readonly ours: readonly OurError[];
}

export interface Run {
  readonly cases: readonly Judged<Subject>[];
  readonly mutants: readonly Judged[];
}

export async function run(wanted: (mutant: Mutant) => boolean = () => true, seed?: string): Promise<Run> {
  const cases = corpus();
  const changed = mutants(sites(cases), seed).filter(wanted);
  const asIs = cases.map((each: Case): Subject => ({ case: each, file: MAIN, text: each.files.get(MAIN)! }));
  const subjects = [...asIs, ...changed];
  const asked = askAll(subjects);
  const ours: (readonly OurError[])[] = [];
  for (const each of subjects) {
    ours.push(await ourErrors(each));
    // Lets the answers of php-fpm in.
    await new Promise(setImmediate);
  }
  const real = await asked;
  const judged = subjects.map((subject, i) => ({ subject, real: real[i]!, ours: ours[i]! }));
  return { cases: judged.slice(0, asIs.length), mutants: judged.slice(asIs.length) as Judged[] };
}

const MAIN = 'php-fpm.conf';

export type Disagreement = 'false alarm' | 'missed' | 'other line';

export function disagreement({ real, ours }: Judged<Subject>): Disagreement | null {
  if (real.host) return null;
  if (real.accepted) return ours.length > 0 ? 'false alarm' : null;
  if (ours.length === 0) return 'missed';
  return real.places.size === 0 || ours.some(({ file, line }) => real.places.has(`${file}:${line}`))
    ? null
    : 'other line';
}

export interface Count {
  readonly mutants: number;
  readonly accepted: number;
  readonly host: number;
  readonly rejected: number;
  readonly flagged: number;
  readonly rightLine: number;
  readonly falseAlarms: number;
}

export function count(all: readonly Judged[]): Count {
  const judged = all.filter(({ real }) => !real.host);
  const refused = judged.filter(({ real }) => !real.accepted);
  const times = (of: readonly Judged[], what: Disagreement | null): number =>
    of.filter((each) => disagreement(each) === what).length;
  return {
    mutants: all.length,
    accepted: judged.length - refused.length,
    host: all.length - judged.length,
    rejected: refused.length,
    flagged: refused.length - times(refused, 'missed'),
    rightLine: times(refused, null),
    falseAlarms: times(judged, 'false alarm'),
  };
}

export function table(all: readonly Judged[]): string {
  const names = [...new Set(all.map(({ subject }) => subject.kind))].sort();
  const percent = (part: number, whole: number): string =>
    whole === 0 ? '-' : `${((part / whole) * 100).toFixed(1)} %`;
  const row = (name: string, { mutants, accepted, host, rejected, flagged, rightLine, falseAlarms }: Count): string =>
    [
      name.padEnd(28),
      ...[mutants, accepted, host, rejected].map((number) => `${number}`.padStart(9)),
      percent(flagged, rejected).padStart(10),
      percent(rightLine, rejected).padStart(11),
      `${falseAlarms}`.padStart(6),
    ].join('');
  return [
    `${'kind'.padEnd(28)}  mutants accepted     host rejected   flagged right line false`,
    ...names.map((name) => row(name, count(all.filter(({ subject }) => subject.kind === name)))),
    row('ALL', count(all)),
  ].join('\n');
}

/** One disagreement: what was changed, what php-fpm says, what we say. */
export function describe(each: Judged): string {
  const { subject, real, ours } = each;
  const lines = subject.text.split('\n');
  const from = Math.max(0, subject.line - 3);
  const excerpt = lines.slice(from, subject.line + 2).map((text, i) => `${`${from + i + 1}`.padStart(4)}  ${text}`);
  return [
    `### ${disagreement(each) ?? 'agreed'}: ${subject.kind}, ${subject.case.name}/${subject.file}:${subject.line}`,
    ...excerpt,
    `php-fpm: ${real.accepted ? 'accepts it' : `${real.message} (${[...real.places].join(' or ') || 'no line'})`}`,
    ...(ours.length === 0 ? ['ours: nothing'] : []),
    ...ours.slice(0, 5).map((error) => `ours: ${error.code} (${error.file}:${error.line}) ${error.message}`),
    '',
  ].join('\n');
}
