/** Every fix that any rule offers anywhere in the fixtures and the corpora, each applied alone as an editor does. */
import { type Finding, type Fix, findings, mapFiles, type Project } from '../../../server/src/core';
import { loadDiscovered } from '../../../server/src/core/project/discover';
import { type FixtureCase, fixtures } from '../../core/fixtures';
import { edited, HOME, projectOf } from '../../core/world';
import { besides, corpus as nginxCorpus } from '../nginx/corpus';
import { corpus as fpmCorpus } from '../php-fpm/corpus';

/** A configuration that fixes are taken from. */
export interface Subject {
  readonly title: string;
  readonly project: Project;
  readonly options: FixtureCase['options'];
  /** Offers included. */
  readonly found: readonly Finding[];
}

export interface Offered {
  readonly subject: Subject;
  readonly finding: Finding;
  readonly fix: Fix;
  readonly after: Project;
}

export async function subjects(): Promise<Subject[]> {
  const found: Subject[] = [];
  const add = (title: string, project: Project, options: FixtureCase['options'] = new Map()): void => {
    found.push({ title, project, options, found: all(project) });
  };
  for (const kind of ['rules', 'remedies'] as const) {
    for (const { id, cases } of fixtures(kind)) {
      for (const one of cases) add(`${kind}/${id}: ${one.title}`, await projectOf(one), one.options);
    }
  }
  const load = async (folder: string, files: ReadonlyMap<string, string>, fpm: readonly string[]): Promise<Project> => {
    const placed = new Map([...files].map(([name, text]) => [`${folder}/${name}`, text]));
    const nginx = placed.has(`${folder}/nginx.conf`) ? [`${folder}/nginx.conf`] : [];
    return (await loadDiscovered(mapFiles(placed), { nginx, fpm: fpm.map((name) => `${folder}/${name}`) })).project;
  };
  const beside = besides();
  for (const { name, files } of nginxCorpus()) {
    add(`nginx corpus: ${name}`, await load(HOME, new Map([...beside, ...files]), []));
  }
  for (const { name, files } of fpmCorpus()) {
    add(`php-fpm corpus: ${name}`, await load('/etc/php/8.2/fpm', files, [...files.keys()]));
  }
  return found;
}

export function offered(subject: Subject): Offered[] {
  return subject.found.flatMap((finding) =>
    finding.fixes.map((fix) => ({ subject, finding, fix, after: edited(subject.project, fix.edits()) })),
  );
}

/** The files that a fix changes. */
export function changedBy({ fix }: Offered): string[] {
  return [...new Set(fix.edits().map(({ file }) => file))];
}

/** All findings of a project. */
export function all(project: Project): Finding[] {
  return [...project.sources.keys()].flatMap((file) => findings(project, file));
}

/** Which codes are found more often than before; `only`: of that severity. */
export function added(before: readonly Finding[], after: readonly Finding[], only?: Finding['severity']): Finding[] {
  const of = (found: readonly Finding[], code: string): number =>
    found.filter((each) => each.code === code && (only === undefined || each.severity === only)).length;
  return after.filter(
    ({ code, severity }) => (only === undefined || severity === only) && of(after, code) > of(before, code),
  );
}

/** The project after the preferred fixes of its errors, one after the other. */
export function mended(project: Project): Project {
  let current = project;
  for (let round = 0; round < 40; round++) {
    const fix = all(current)
      .filter(({ severity }) => severity === 'error')
      .flatMap(({ fixes }) => fixes.filter(({ preferred }) => preferred))[0];
    if (!fix) return current;
    current = edited(current, fix.edits());
  }
  throw new Error('the preferred fixes of the errors come to no end');
}

export const show = ({ subject, finding, fix }: Offered): string =>
  `${finding.code} (${finding.severity}) in ${subject.title}: "${fix.title}" (${fix.id})`;
