/** Everything the rules say about one file. */

import { projectsInside, views as viewsOf } from '../project/inside';
import type { Project } from '../project/project';
import type { Source } from '../project/source';
import all from '../rules/all';
import type { Report, Rule, Severity } from '../rules/rule';
import { plainSpan } from '../text/span';
import { type Outward, outward } from './outside';
import { SUPPRESSION, type Suppression, suppressions } from './suppressions';

export interface Finding extends Report {
  /** Id of the rule. */
  readonly code: string;
  readonly file: string;
  readonly severity: Severity;
  readonly fixes: NonNullable<Report['fixes']>;
  readonly related: NonNullable<Report['related']>;
}

const NONE: readonly never[] = [];

export type RuleSettings = Readonly<Record<string, Severity | 'off'>>;

/** Findings of `file`, ordered by place. A file that is not in the project has none. `hints`: offers are wanted too. */
export function findings(project: Project, file: string, settings: RuleSettings = {}, hints = true): Finding[] {
  const source = project.sources.get(file);
  if (!source) return [];
  const found = views(project, source).flatMap((view) => {
    const out = outward(project, view);
    const own = view === project || source.kind === 'php-fpm' ? [source] : view.nginxSources;
    const all = own.flatMap((each) => findingsIn(view, each, settings, hints));
    return out ? all.map((each) => moved(each, out)) : all;
  });
  return found.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

/** Whom to ask about a file: what it holds, if it is a dump; about a pool, the only nginx there is. */
function views(project: Project, source: Source): readonly Project[] {
  if (source.kind === 'nginx') return source.held.length > 0 ? projectsInside(project, source) : [project];
  const all = viewsOf(project);
  return all.length === 1 ? all : [project];
}

function moved(finding: Finding, { place, fix }: Outward): Finding {
  return { ...place(finding), related: finding.related.map(place), fixes: finding.fixes.map(fix) };
}

function findingsIn(project: Project, source: Source, settings: RuleSettings, hints: boolean): readonly Finding[] {
  const found: Finding[] = [];
  const comments = suppressions(source);
  // A comment about an offer is of use only where there is one.
  const least = hints || comments.length > 0 ? null : 'hint';
  for (const rule of all as readonly Rule[]) {
    const set = settings[rule.id];
    if (set === 'off' || rule.language !== source.kind) continue;
    if ((set ?? rule.severity) === least) continue;
    for (const report of rule.check(source as never, project, least === null)) {
      const severity = set ?? report.severity ?? rule.severity;
      if (severity === least) continue;
      found.push({
        span: plainSpan(report.span),
        message: report.message,
        code: rule.id,
        file: source.file,
        severity,
        fixes: report.fixes ?? NONE,
        related: report.related?.map(({ file, span, message }) => ({ file, span: plainSpan(span), message })) ?? NONE,
      });
    }
  }
  const kept = withoutSuppressed(source, comments, found);
  return hints ? kept : kept.filter(({ severity }) => severity !== 'hint');
}

/** Takes away what a comment says is meant so, and points out comments that take nothing away or give no reason. */
function withoutSuppressed(
  source: Source,
  comments: readonly Suppression[],
  found: readonly Finding[],
): readonly Finding[] {
  if (comments.length === 0) return found;
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
