/** What php-fpm says of all files of each of its processes: single settings, and pools as a whole. */

import { setSettings } from '../php-fpm/edit';
import { type Clash, clashes } from '../php-fpm/judge/listen';
import { isSaid, judgeGlobal, judgePool, type PoolVerdict, type PoolView, placeOf } from '../php-fpm/judge/pool';
import { judgeSetting, type SettingVerdict } from '../php-fpm/judge/setting';
import { type FpmInstance, type IncludePattern, includes, type Pool } from '../php-fpm/model';
import type { FpmTree, Setting } from '../php-fpm/tree';
import type { Edit } from '../text/edit';
import { basename, dirname, isAbsolute } from '../text/path';
import type { Place } from '../text/span';
import { fpmPattern, type Project } from './project';
import type { FpmSource } from './source';
import { systemOf } from './system';

export interface FpmVerdict extends Place {
  readonly about: SettingVerdict['stage'] | PoolVerdict['about'] | 'duplicate-listen' | 'no-pool';
  readonly message: string;
  readonly severity?: 'warning';
  readonly related?: readonly (Place & { readonly message: string })[];
  readonly fix?: { readonly title: string; readonly edits: readonly Edit[] };
}

const bySnapshot = new WeakMap<Project, ReadonlyMap<string, readonly FpmVerdict[]>>();

/** Judged once for each snapshot. */
export function fpmVerdicts(project: Project, { file }: FpmSource): readonly FpmVerdict[] {
  let known = bySnapshot.get(project);
  if (!known) {
    known = byFile(project);
    bySnapshot.set(project, known);
  }
  return known.get(file) ?? [];
}

function byFile(project: Project): Map<string, FpmVerdict[]> {
  const found = new Map<string, FpmVerdict[]>();
  const seen = new Set<string>();
  project.fpmInstances.forEach((instance, i) => {
    for (const verdict of judgeInstance(project, instance, project.fpmRoots[i]!.files)) {
      // A file that two pools include is judged in both.
      const key = `${verdict.file}\0${verdict.span.start}\0${verdict.message}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const same = found.get(verdict.file);
      if (same) same.push(verdict);
      else found.set(verdict.file, [verdict]);
    }
  });
  return found;
}

function* judgeInstance(project: Project, instance: FpmInstance, roots: readonly string[]): Generator<FpmVerdict> {
  const tree = (file: string): FpmTree | null => project.fpm(file)?.tree ?? null;
  const templates = new Map<string, boolean>();
  const isFilledIn = (file: string): boolean => {
    const known = templates.get(file) ?? isTemplate(tree(file)?.text ?? '');
    templates.set(file, known);
    return known;
  };
  const inView = isInView(project, instance, roots);
  /** What stands before the first header of a file whose includer is not in view. */
  const adrift = new Set<Setting>();
  for (const file of roots) {
    const root = tree(file);
    if (root && !startsGlobal(root)) for (const setting of root.preamble.settings) adrift.add(setting);
  }

  let faults = 0;
  const bad = new Set<Pool>();
  for (const [pool, values] of [
    [null, instance.global.values] as const,
    ...instance.pools.map((one) => [one, one.values] as const),
  ]) {
    for (const { file, setting } of values) {
      const loose = isFilledIn(file) || adrift.has(setting);
      const verdict = judgeSetting(setting, loose ? 'either' : pool ? 'pool' : 'global', faults < MOST_SUGGESTED);
      if (!verdict) continue;
      faults++;
      if (pool) bad.add(pool);
      const { stage: about, fix, ...rest } = verdict;
      const moved = about === 'misplaced' ? move(tree(file), file, setting, pool) : null;
      yield {
        about,
        file,
        ...rest,
        ...(fix
          ? { fix: { title: fix.title, edits: [{ file, span: fix.span, newText: fix.newText }] } }
          : moved
            ? { fix: moved }
            : {}),
      };
    }
  }

  for (const verdict of judgeGlobal(instance.global)) yield verdict;
  const startedBy: PoolView['startedBy'] = instance.pools.some((pool) => pool.get('user'))
    ? 'root'
    : systemOf(project).hasOwnUser
      ? 'other'
      : null;
  for (const pool of instance.pools) {
    const files = [...new Set(pool.places.map(({ file }) => file))];
    if (files.some(isFilledIn)) continue;
    const isRead = files.every((file) => tree(file)?.problems.length === 0);
    const whole = isRead && !bad.has(pool) && (inView || looksWhole(pool));
    const view = { whole, startedBy, mechanism: instance.global.get('events.mechanism'), tree };
    for (const verdict of judgePool(pool, view)) {
      // Files of one folder may be examples that are never read together.
      const apart = !inView && verdict.related?.some(({ file }) => file !== verdict.file);
      yield apart ? { ...verdict, severity: 'warning' } : verdict;
    }
  }
  for (const clash of clashes(instance)) {
    if (![clash.first, clash.again].some(({ value }) => isFilledIn(value.file))) yield taken(clash, inView);
  }
  if (faults === 0 && instance.pools.length === 0) yield* noPool(project, instance, roots, inView);
}

/** In a file of another program no name is meant by any other. */
const MOST_SUGGESTED = 100;

/** Marks of template languages outside of `${…}`, which is php-fpm's own. */
export function isTemplate(text: string): boolean {
  return /\{\{|(?<!%)\{%|<%|<\?(?:php|=)|<tmpl_|\{tmpl_|^[ \t]*@(?:include|if|foreach|php|env|isset|unless)\b/m.test(
    text,
  );
}

/** A main file, with all that it and the files in it include, or with pools of its own and no include. */
function isInView(project: Project, instance: FpmInstance, roots: readonly string[]): boolean {
  const main = roots.length === 1 ? project.fpm(roots[0]!) : null;
  if (!main) return false;
  if (includes(main.tree).length === 0) {
    const hasGlobal = main.tree.sections.some(({ name }) => name.toLowerCase() === 'global');
    return hasGlobal && instance.pools.some(looksWhole);
  }
  const seen = new Set<string>();
  const open = [...roots];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    const tree = seen.has(file) ? undefined : project.fpm(file)?.tree;
    seen.add(file);
    for (const include of tree ? includes(tree) : []) {
      const files = project.resolved.get(fpmPattern(file, include.pattern))?.files ?? [];
      if (files.length === 0 && !bringsNothing(project, file, include)) return false;
      open.push(...files);
    }
  }
  return true;
}

/** An include that is for the machine at hand, and has no file on it. */
export function bringsNothing(project: Project, file: string, { pattern, setting }: IncludePattern): boolean {
  if (!setting.known || !isAbsolute(pattern) || project.resolved.get(pattern)?.files.length !== 0) return false;
  // Elsewhere than beside the main file it may be there on the machine that the files are for.
  return project.fpmRoots.some(({ files: [root] }) => {
    const home = `${dirname(root!)}/`;
    return file.startsWith(home) && pattern.startsWith(home);
  });
}

/** Three of what a pool must have: the fourth is forgotten, not set elsewhere; but for a file that is named to be read last. */
function looksWhole(pool: Pool): boolean {
  if (pool.places.some(({ file }) => /^(?:z+|\d{2,4})[-_.]/i.test(basename(file)))) return false;
  return ['user', 'listen', 'pm', 'pm.max_children'].filter((key) => pool.get(key)).length >= 3;
}

/** Is what stands before the first header [global]'s, whoever may include the file? */
function startsGlobal(tree: FpmTree): boolean {
  const { preamble, sections } = tree;
  if (sections.length > 0 || includes(tree).length > 0) return true;
  const keys = new Set(preamble.settings.map(({ key }) => key.toLowerCase()));
  const needed = ['user', 'listen', 'pm', 'pm.max_children'].filter((key) => keys.has(key)).length;
  return needed >= 3 && !preamble.settings.some(({ value }) => value.includes('$pool'));
}

function taken({ first, again, seen }: Clash, inView: boolean): FpmVerdict {
  const { value } = again.value;
  const certain = seen && (inView || first.value.file === again.value.file);
  return {
    about: 'duplicate-listen',
    ...placeOf(again.value),
    message: seen
      ? `Pool "${first.pool}" listens on ${value} already: php-fpm refuses to start. Each pool needs an address of its own.`
      : `Pool "${first.pool}" listens on ${first.value.value} already, and so takes ${value}: php-fpm -t passes, but php-fpm cannot bind it and does not start.`,
    related: [{ ...placeOf(first.value), message: `Pool "${first.pool}" listens here.` }],
    ...(certain ? {} : { severity: 'warning' }),
  };
}

/** A main file that brings in no pool. */
function* noPool(
  project: Project,
  { global }: FpmInstance,
  roots: readonly string[],
  inView: boolean,
): Generator<FpmVerdict> {
  const file = roots[0]!;
  const tree = project.fpm(file)?.tree;
  if (roots.length !== 1 || !tree || tree.problems.length > 0 || isTemplate(tree.text)) return;
  const [include] = global.values.filter(({ setting }) => setting.key === 'include');
  const header = tree.sections[0];
  const message = 'php-fpm finds no pool and refuses to start: at least one section such as [www] is needed.';
  const found = include && project.resolved.get(fpmPattern(file, include.value));
  if (found?.error?.reason === 'is a folder') {
    const pattern = `${include!.value.replace(/\/+$/, '')}/*.conf`;
    yield {
      about: 'no-pool',
      ...placeOf(include!),
      message: `${include!.value} is a folder, and php-fpm reads nothing of it. It finds no pool and refuses to start: write ${pattern}.`,
      fix: { title: `Include ${pattern}`, edits: [{ file, span: include!.setting.rawValueSpan, newText: pattern }] },
    };
  } else if (include && (inView || include.value === '')) {
    yield { about: 'no-pool', ...placeOf(include), message };
  } else if (!include && header && isMain(global)) {
    yield { about: 'no-pool', file, span: header.headerSpan, message };
  }
}

/** Nobody sets the place of the process id but in the file that php-fpm is started with. */
function isMain(global: FpmInstance['global']): boolean {
  const pid = global.get('pid');
  return pid !== undefined && isSaid(pid);
}

/** Moves a setting to the other section, where the same file has just one that it can mean. */
function move(tree: FpmTree | null, file: string, setting: Setting, pool: Pool | null): FpmVerdict['fix'] | null {
  if (!tree) return null;
  const fitting = tree.sections.filter(({ name }) => (name.toLowerCase() === 'global') === (pool !== null));
  const [target] = fitting;
  if (!target || fitting.length > 1) return null;
  const key = setting.sub === null ? setting.key : `${setting.key}[${setting.sub}]`;
  const value = tree.text.slice(setting.rawValueSpan.start, setting.rawValueSpan.end);
  const added = setSettings(tree, target, [{ key, value }]);
  const start = tree.text.lastIndexOf('\n', setting.span.start - 1) + 1;
  const feed = tree.text.indexOf('\n', setting.span.end);
  const end = feed < 0 ? tree.text.length : feed + 1;
  if (added.some(({ span }) => span.start > start && span.start < end)) return null;
  return {
    title: `Move it to [${target.name}]`,
    edits: [...added, { span: { start, end }, newText: '' }]
      .map((edit) => ({ file, ...edit }))
      .sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end),
  };
}
