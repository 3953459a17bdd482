/** Hands on what php-fpm says of a file's settings and pools: each rule its own part. */
import { type FpmVerdict, fpmVerdicts } from '../project/pool-verdicts';
import type { Project } from '../project/project';
import type { FpmSource } from '../project/source';
import { mend, type Report } from './rule';

export function* fpmJudged(
  rule: string,
  source: FpmSource,
  project: Project,
  about: readonly FpmVerdict['about'][],
): Generator<Report> {
  for (const { about: is, span, message, severity, related, fix } of fpmVerdicts(project, source)) {
    if (!about.includes(is)) continue;
    yield {
      span,
      message,
      ...(severity ? { severity } : {}),
      related: related ?? [],
      fixes: fix ? [mend(rule, fix.title, fix.edits)] : [],
    };
  }
}
