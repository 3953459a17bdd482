/** `fix`: applies the preferred fixes of `check`, or those of `explain` for a log, as a diff or to the files. */
import { type Entry, explain, type Finding, type Fix, findings } from '../../core/index';
import { exitStatus, given, type JudgingOptions, settingsOf } from './check';
import { type Draft, draft } from './draft';
import { type ExplainOptions, readLog } from './explain';
import { printDiff } from './fix-diff';
import { type Gathered, type Given, gather } from './gather';
import { incidentKey, MOST_INCIDENTS } from './incident';
import { reaches, UsageError } from './options';
import { complain, say } from './output';
import { shown } from './paths';
import { snapshot } from './snapshot';
import { writeAll } from './write';

export interface FixOptions extends JudgingOptions, Pick<ExplainOptions, 'config' | 'fpm'> {
  readonly log?: string;
  readonly dryRun?: boolean;
  readonly write?: boolean;
}

/** A fix can make room for the next; what is not done by then goes in circles. */
const MOST_ROUNDS = 10;

interface Healing {
  /** What was applied, with the file it is about. */
  readonly done: readonly { readonly file: string; readonly fix: Fix }[];
  /** What no edit can do, for the person. */
  readonly left: readonly Fix[];
  readonly status: number;
}

export async function fix(paths: readonly string[], options: FixOptions): Promise<number> {
  if (options.write && paths.includes('-')) throw new UsageError('standard input cannot be changed: use --dry-run');
  if (options.log === '-' && paths.includes('-')) throw new UsageError('standard input is either the log or a file');
  if (options.log === undefined && (options.config || options.fpm))
    throw new UsageError('--config and --fpm go with --log; without it name the configuration as paths');
  if (!options.write && !options.dryRun) say('Nothing is changed: this is what --write would do.');

  const changes = draft(snapshot());
  const { done, left, status } =
    options.log === undefined
      ? await healFindings(changes, paths, options)
      : await healLog(changes, options.log, paths, options);
  const changed = await changes.changes();

  if (options.write) {
    const problems = await writeAll(changed);
    if (problems.length > 0) {
      for (const { file, reason } of problems) complain(`${shown(file)}: ${reason}`);
      return 2;
    }
  } else {
    for (const change of changed) await printDiff(change);
  }

  const verb = options.write ? 'fixed' : 'would fix';
  for (const each of done) say(`${verb}: ${shown(each.file)}: ${each.fix.title}`);
  if (done.length === 0) say('nothing to fix in the files');
  for (const command of new Set(done.flatMap((each) => each.fix.apply))) say(`then run: ${command}`);
  for (const { title, apply } of left)
    say(`not in the files: ${title}${apply.length > 0 ? `: ${apply.join('; ')}` : ''}`);
  return status;
}

async function healFindings(changes: Draft, paths: readonly string[], options: FixOptions): Promise<Healing> {
  const settings = settingsOf(options);
  const done: { file: string; fix: Fix }[] = [];
  const judge = ({ project, files }: Gathered): Finding[] => files.flatMap((file) => findings(project, file, settings));
  let gathered = await gather(changes.files, given(paths, options), options);
  let found = judge(gathered);
  for (let round = 0; ; round++) {
    let applied = 0;
    for (const { file, severity, fixes } of found) {
      if (!reaches(severity, 'warning')) continue;
      const fix = fixes.find((each) => each.preferred && each.edits().length > 0);
      if (!fix) continue;
      if (round === MOST_ROUNDS) {
        complain(`stopped after ${MOST_ROUNDS} rounds: ${shown(file)}: ${fix.title}`);
        break;
      }
      if ((await changes.add(fix.edits())) !== 'added') continue;
      done.push({ file, fix });
      applied++;
    }
    if (applied === 0) break;
    await changes.apply();
    // What could not be read the first time has been said.
    const { failed } = gathered;
    gathered = { ...(await gather(changes.files, given(paths, options), options, true)), failed };
    found = judge(gathered);
  }
  return { done, left: [], status: exitStatus(gathered, found, options.failOn) };
}

/** Each incident is healed once: a log does not change, so it would ask for more again and again. */
async function healLog(changes: Draft, log: string, paths: readonly string[], options: FixOptions): Promise<Healing> {
  const told = [...(options.config ?? []), ...(options.fpm ?? [])].length > 0;
  const configuration: Given[] = [
    ...(told && paths.length === 0 ? [] : given(paths, options)),
    ...(options.config ?? []).map((path) => ({ path, language: 'nginx' as const })),
    ...(options.fpm ?? []).map((path) => ({ path, language: 'php-fpm' as const })),
  ];
  let gathered = await gather(changes.files, configuration, options);
  const { failed } = gathered;
  const incidents = new Map<string, Entry['record']>();
  const read = await readLog(log, async ({ record }) => {
    const explanation = incidents.size < MOST_INCIDENTS ? explain(record, gathered.project) : null;
    if (explanation && !incidents.has(incidentKey(explanation))) incidents.set(incidentKey(explanation), record);
  });
  const done: { file: string; fix: Fix }[] = [];
  const left = new Map<string, Fix>();
  let open = [...incidents.values()];
  for (let round = 0; round < MOST_ROUNDS && open.length > 0; round++) {
    const waiting: typeof open = [];
    for (const record of open) {
      const fix = explain(record, gathered.project)?.fixes.find(({ preferred }) => preferred);
      if (!fix) continue;
      const edits = fix.edits();
      if (edits.length === 0) {
        if (round === 0) left.set(fix.title, fix);
        continue;
      }
      const outcome = await changes.add(edits);
      if (outcome === 'added') done.push({ file: edits[0]!.file, fix });
      if (outcome === 'waits') waiting.push(record);
    }
    if (waiting.length === open.length) break;
    await changes.apply();
    open = waiting;
    gathered = await gather(changes.files, configuration, options, true);
  }
  return { done, left: [...left.values()], status: failed || read.failed ? 2 : 0 };
}
