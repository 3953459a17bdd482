/** Findings and explanations as interfaces.md fixes them: plain data with lines and characters from 0. */
import {
  docsUrl,
  type Explanation,
  type Finding,
  type Fix,
  type LogRecord,
  type Project,
  type Range,
  type Span,
} from '../../core/index';
import { severityNumber } from './options';
import { shown } from './paths';

export const SOURCE = 'upstream-medic';

const NOWHERE: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

export function rangeOf(project: Project, file: string, span: Span): Range {
  return (project.sources.get(file) ?? project.neighbours.get(file))?.lines.range(span) ?? NOWHERE;
}

export function findingJson(project: Project, finding: Finding) {
  const { file, span, severity, code, message } = finding;
  return {
    file: shown(file),
    range: rangeOf(project, file, span),
    severity: severityNumber(severity),
    code,
    source: SOURCE,
    message,
    href: docsUrl('rules', code),
    related: finding.related.map((each) => ({
      file: shown(each.file),
      range: rangeOf(project, each.file, each.span),
      message: each.message,
    })),
    fixes: finding.fixes.map((fix) => fixJson(project, fix)),
  };
}

/** `line`: 0-based. */
export function explanationJson(project: Project | null, explanation: Explanation, line: number) {
  const { cause, title, status, why, confidence, checks, confirm, references } = explanation;
  return {
    line: line + 1,
    record: recordJson(explanation.record),
    cause,
    title,
    status,
    why,
    evidence: explanation.evidence.map(({ message, file, span }) =>
      file === undefined || span === undefined || !project
        ? { message }
        : { message, file: shown(file), range: rangeOf(project, file, span) },
    ),
    config: project
      ? explanation.config.map(({ file, span, directive }) => ({
          file: shown(file),
          range: rangeOf(project, file, span),
          directive,
        }))
      : [],
    checks,
    fixes: explanation.fixes.map((fix) => fixJson(project, fix)),
    href: docsUrl('causes', cause),
    confidence,
    confirm,
    references,
  };
}

function fixJson(project: Project | null, fix: Fix) {
  const { id, title, when, time, risk, preferred, block, apply, confirm } = fix;
  const edits = editsJson(project, fix);
  return { id, title, when, time, risk, preferred, edits, ...(block === null ? {} : { block }), apply, confirm };
}

function editsJson(project: Project | null, fix: Fix) {
  if (!project) return [];
  return fix.edits().map(({ file, span, newText, create }) => ({
    file: shown(file),
    range: rangeOf(project, file, span),
    newText,
    ...(create ? { create } : {}),
  }));
}

/** The fixed fields first and always; those that few lines have, where the line has them. */
function recordJson(record: LogRecord) {
  const { time, level, pid, tid, connection, message, errno, phase } = record;
  const { client, server, request, subrequest, upstream, host, referrer } = record;
  const { stderr, login, resolver, responder, peer, certificate, bytes, truncated, access } = record;
  const rare = {
    ...{ stderr, login, resolver, responder, peer, certificate, bytes },
    ...{ truncated: truncated || null, access: access ? accessJson(access) : null },
  };
  return {
    ...{ time, level, pid, tid, connection, message, errno, phase },
    ...{ client, server, request, subrequest, upstream, host, referrer },
    ...Object.fromEntries(Object.entries(rare).filter(([, value]) => value !== null)),
  };
}

/** What nginx's variables of the same names say, with an element for each upstream server that was tried. */
function accessJson({ status, bytes, requestTime, tries }: NonNullable<LogRecord['access']>) {
  return { status, bytes, requestTime, tries };
}
