/** Makes the rules for single directives: each hands on the verdicts of one stage of nginx's judgement. */
import type { Verdict } from '../nginx/judge/judge';
import type { Project } from '../project/project';
import { type Judged, verdicts } from '../project/verdicts';
import { defineRule, mend, type NginxRule, type Severity } from './rule';

interface Judgement {
  readonly id: string;
  readonly stages: readonly Verdict['stage'][];
  readonly title: string;
  readonly why: string;
  readonly references: readonly string[];
  /** Null: not reported after all. */
  severityOf?(judged: Judged, project: Project): Severity | null;
}

export function judgedRule({ id, stages, title, why, references, severityOf }: Judgement): NginxRule {
  return defineRule({
    id,
    language: 'nginx',
    severity: 'error',
    title,
    why,
    references,
    *check(source, project) {
      const { file } = source;
      for (const judged of verdicts(project, source)) {
        const { stage, span, message, fix } = judged.verdict;
        if (!stages.includes(stage)) continue;
        const severity = severityOf ? severityOf(judged, project) : 'error';
        if (severity === null) continue;
        yield {
          span,
          message,
          severity,
          fixes: fix ? [mend(id, fix.title, [{ file, span: fix.span, newText: fix.newText }])] : [],
        };
      }
    },
  });
}
