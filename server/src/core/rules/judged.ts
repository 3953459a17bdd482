/** Makes the rules for single directives: each hands on the verdicts of one stage of nginx's judgement. */
import type { Verdict } from '../nginx/judge/judge';
import type { Project } from '../project/project';
import type { NginxSource } from '../project/source';
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
      for (const judged of certain(source, verdicts(project, source))) {
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

/** Problems that leave open which block what follows stands in. */
const STRUCTURE = new Set(['unclosed-block', 'unexpected-close', 'missing-brace', 'not-a-block']);

/**
 * nginx stops at the first fault. Where a brace is missing or too many, what stands further down only seems to be in the
 * wrong place: of that the first is told, which is where nginx stops, and the rest when the brace is mended.
 */
function certain(source: NginxSource, all: readonly Judged[]): readonly Judged[] {
  if (all.length < 2) return all;
  const first = source.tree.problems.find(({ code }) => STRUCTURE.has(code));
  if (!first) return all;
  const isStructural = ({ directive, verdict: { stage } }: Judged): boolean =>
    stage === 'misplaced' ||
    (stage === 'value' && directive.called === 'location') ||
    (stage === 'unknown' && first.code === 'missing-brace');
  const told = all.find(isStructural);
  return all.filter(
    (each) => !isStructural(each) || (each === told && each.verdict.span.start <= lineEnd(source, first.span.end)),
  );
}

/** What stands on the line of a problem is told as well: it may be what nginx names. */
function lineEnd({ text }: NginxSource, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline < 0 ? text.length : newline;
}
