/** Everything the rules say about one file. */

import type { Project } from '../project/project';
import all from '../rules/all';
import type { Report, Rule, Severity } from '../rules/rule';
import { plainSpan } from '../text/span';

export interface Finding extends Report {
  /** Id of the rule. */
  readonly code: string;
  readonly file: string;
  readonly severity: Severity;
  readonly fixes: NonNullable<Report['fixes']>;
  readonly related: NonNullable<Report['related']>;
}

export type RuleSettings = Readonly<Record<string, Severity | 'off'>>;

/** Findings of `file`, ordered by place. A file that is not in the project has none. */
export function findings(project: Project, file: string, settings: RuleSettings = {}): Finding[] {
  const source = project.sources.get(file);
  const found: Finding[] = [];
  if (!source) return found;
  for (const rule of all as readonly Rule[]) {
    const set = settings[rule.id];
    if (set === 'off' || rule.language !== source.kind) continue;
    const reports = rule.language === 'nginx' ? project.nginx(file) : project.fpm(file);
    for (const report of rule.check(reports as never, project)) {
      found.push({
        ...report,
        span: plainSpan(report.span),
        code: rule.id,
        file,
        severity: set ?? report.severity ?? rule.severity,
        fixes: report.fixes ?? [],
        related: (report.related ?? []).map((place) => ({ ...place, span: plainSpan(place.span) })),
      });
    }
  }
  return found.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}
