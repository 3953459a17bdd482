/** What the rules see of an incident in the files: the mistake that wrote the line, with the fix that belongs to it. */
import type { Cause, Evidence, Incident } from '../causes/cause';
import type { Project } from '../project/project';
import { poolService } from '../project/service';
import type { NginxSource } from '../project/source';
import { type Fix, RELOAD } from '../remedies/remedy';
import all from '../rules/all';
import type { Report, Rule } from '../rules/rule';

export interface Seen {
  readonly evidence: readonly Evidence[];
  readonly fixes: readonly Fix[];
}

const NOTHING: Seen = { evidence: [], fixes: [] };

/** Findings of the cause's own rules at the pass, or at the address that the line names. `own`: what the cause tells by itself. */
export function seen({ rules = [] }: Cause, incident: Incident, own: readonly Evidence[]): Seen {
  const { project, route } = incident;
  if (!project || !route || rules.length === 0) return NOTHING;
  const places = [route.pass.at, ...(route.endpoint ? [route.endpoint.at] : [])];
  const files = new Set(places.map(({ file }) => file));
  const found = rules.flatMap((id) =>
    [...files].flatMap((file) =>
      reports(project, id, project.nginx(file)!)
        .filter(({ span: { start, end } }) =>
          places.some(({ file: of, directive }) => of === file && directive.start <= start && end <= directive.end),
        )
        .map((report) => ({ file, report })),
    ),
  );
  const isTold = ({ file, span }: Evidence): boolean =>
    own.some((each) => each.file === file && each.span?.start === span?.start);
  return {
    evidence: found
      .map(({ file, report: { span, message, related = [] } }): Evidence[] => [{ message, file, span }, ...related])
      .flatMap((each) => (each.some(isTold) ? [] : each)),
    fixes: found.flatMap(({ report }) => report.fixes ?? []).map((fix) => told(fix, project, incident)),
  };
}

/** A mend has no words of its own for what a person asks before doing it. */
function told(fix: Fix, project: Project, { backend: { pool } }: Incident): Fix {
  if (fix.when !== '') return fix;
  const isPool = fix.edits().some(({ file }) => project.fpm(file));
  return {
    ...fix,
    when: 'The files in view show this mistake.',
    time: '5 min',
    risk: isPool ? 'Low: requires a php-fpm restart' : 'Low: requires an nginx reload',
    apply: [isPool ? `systemctl restart ${pool ? poolService(pool) : 'php-fpm'}` : RELOAD],
  };
}

const known = new WeakMap<Project, Map<string, readonly Report[]>>();

/** A log has many lines, and the files stay the same. */
function reports(project: Project, id: string, source: NginxSource): readonly Report[] {
  let own = known.get(project);
  if (!own) {
    own = new Map();
    known.set(project, own);
  }
  const key = `${id} ${source.file}`;
  let found = own.get(key);
  if (!found) {
    const rule = (all as readonly Rule[]).find((each) => each.id === id);
    found = rule?.language === 'nginx' ? [...rule.check(source, project, false)] : [];
    own.set(key, found);
  }
  return found;
}
