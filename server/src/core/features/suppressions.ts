/** Comments by which a person says that a finding is meant so: `# upstream-medic: ignore=rule-id reason`. */

import type { Source } from '../project/source';
import type { Fix } from '../remedies/remedy';
import { mend } from '../rules/rule';
import type { Span } from '../text/span';

/** Code of the findings about the comments themselves. */
export const SUPPRESSION = 'suppression';

export interface Suppression {
  readonly rules: readonly string[];
  /** Why; empty where the comment does not say. */
  readonly reason: string;
  readonly span: Span;
  /** 0-based lines that it covers: its own, and the next one when nothing else stands on its own. */
  readonly lines: readonly number[];
}

/** Bounded, so that a comment of any length is read in linear time. */
const COMMENT = /^[#;]+[ \t]{0,20}upstream-medic:[ \t]{0,20}ignore=([\w/,-]{1,400})(?:[ \t]+(.{1,2000}))?/;

export function suppressions(source: Source): Suppression[] {
  const found: Suppression[] = [];
  for (const span of commentsOf(source)) {
    if (!source.text.startsWith('upstream-medic', source.text.indexOf('u', span.start))) continue;
    const match = COMMENT.exec(source.text.slice(span.start, Math.min(span.end, span.start + 3000)));
    if (!match) continue;
    const { line } = source.lines.position(span.start);
    const alone = source.text.slice(source.lines.lineStart(line), span.start).trim() === '';
    found.push({
      rules: match[1]!.split(',').filter((id) => id !== ''),
      reason: match[2]?.trim() ?? '',
      span,
      lines: alone ? [line, line + 1] : [line],
    });
  }
  return found;
}

/** The fix that says a finding is meant so. The reason is for the person to write. */
export function ignore(source: Source, finding: { readonly code: string; readonly span: Span }): Fix {
  const { line } = source.lines.position(finding.span.start);
  const start = source.lines.lineStart(line);
  const indent = /^[ \t]*/.exec(source.text.slice(start, start + 200))![0];
  const mark = source.kind === 'nginx' ? '#' : ';';
  const newline = source.text.includes('\r\n') ? '\r\n' : '\n';
  const text = `${indent}${mark} upstream-medic: ignore=${finding.code} (say why)${newline}`;
  const edit = { file: source.file, span: { start, end: start }, newText: text };
  return { ...mend('ignore', `Ignore ${finding.code} here (with a reason)`, [edit]), preferred: false };
}

function commentsOf(source: Source): readonly Span[] {
  if (source.kind === 'nginx') return source.tree.comments;
  return source.tree.entries.flatMap((entry) => (entry.kind === 'comment' ? [entry.span] : []));
}
