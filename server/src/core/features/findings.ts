/** Everything the rules say about one file. */

import type { Project } from '../project/project';
import type { Source } from '../project/source';
import all from '../rules/all';
import type { Report, Rule, Severity } from '../rules/rule';
import { plainSpan } from '../text/span';
import { SUPPRESSION, type Suppression, suppressions } from './suppressions';

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
  return withoutSuppressed(source, found).sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

/** Takes away what a comment says is meant so, and points out comments that take nothing away or give no reason. */
function withoutSuppressed(source: Source, found: readonly Finding[]): Finding[] {
  const comments = suppressions(source);
  if (comments.length === 0) return [...found];
  const used = new Set<Suppression>();
  const kept = found.filter(({ code, span }) => {
    const { line } = source.lines.position(span.start);
    const by = comments.find(({ rules, lines }) => rules.includes(code) && lines.includes(line));
    if (by) used.add(by);
    return !by;
  });
  for (const comment of comments) {
    const message = !used.has(comment)
      ? `This comment ignores ${comment.rules.join(', ')}, but nothing here is found by that. Remove it.`
      : comment.reason === '' || comment.reason === '(say why)'
        ? `Say why ${comment.rules.join(', ')} is meant so: # upstream-medic: ignore=${comment.rules.join(',')} reason`
        : null;
    if (message === null) continue;
    kept.push({
      code: SUPPRESSION,
      file: source.file,
      span: comment.span,
      severity: 'information',
      message,
      fixes: [],
      related: [],
    });
  }
  return kept;
}
