/** Plain data of core to the types of the protocol, and nothing else. */
import {
  type CodeAction,
  CodeActionKind,
  type Diagnostic,
  DiagnosticSeverity,
  type Range,
  type WorkspaceEdit,
} from 'vscode-languageserver-types';
import {
  docsUrl,
  type Edit,
  type Entry,
  type Explanation,
  type Finding,
  type Fix,
  type LineMap,
  type Place,
  type Project,
  type Severity,
  serverName,
} from '../core/index';
import type { ExplainResult } from './protocol';
import { uriOf } from './uris';

const SEVERITY: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

const SOURCE = 'upstream-medic';
const NOWHERE: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

export function rangeOf(project: Project, { file, span }: Place): Range {
  return (project.sources.get(file) ?? project.neighbours.get(file))?.lines.range(span) ?? NOWHERE;
}

export function findingDiagnostic(project: Project, finding: Finding): Diagnostic {
  return {
    range: rangeOf(project, finding),
    severity: SEVERITY[finding.severity],
    code: finding.code,
    codeDescription: { href: docsUrl('rules', finding.code) },
    source: SOURCE,
    message: finding.message,
    relatedInformation: finding.related.map((place) => ({
      location: { uri: uriOf(place.file), range: rangeOf(project, place) },
      message: place.message,
    })),
  };
}

/** A line of a log that tells of a gateway error, underlined as gravely as the client felt it. */
export function entryDiagnostic(
  lines: LineMap,
  entry: Entry,
  cause: { id: string; title: string; status: readonly number[] },
): Diagnostic {
  const fails = cause.status.some((status) => status >= 500);
  const answer = cause.status.length > 0 ? ` (${cause.status.join(' or ')})` : '';
  // The message says it; a line underlined from end to end is hard to read.
  const message = entry.record.fields.find(({ name }) => name === 'message')?.span;
  const { start } = entry.span;
  return {
    range: lines.range(message ? { start: start + message.start, end: start + message.end } : entry.span),
    severity: fails
      ? DiagnosticSeverity.Error
      : cause.status.length > 0
        ? DiagnosticSeverity.Warning
        : DiagnosticSeverity.Information,
    code: cause.id,
    codeDescription: { href: docsUrl('causes', cause.id) },
    source: SOURCE,
    message: `${cause.title}${answer}`,
  };
}

export interface EditOptions {
  /** The client takes `documentChanges`, created files and annotations that ask for confirmation. */
  readonly rich: boolean;
  /** The document that the person is in: a change elsewhere asks first. */
  readonly here: string;
}

/** Null when an edit is for a file that is not loaded. */
export function workspaceEdit(project: Project, fix: Fix, { rich, here }: EditOptions): WorkspaceEdit | null {
  const edits = fix.edits();
  const byFile = new Map<string, Edit[]>();
  for (const edit of edits) byFile.set(edit.file, [...(byFile.get(edit.file) ?? []), edit]);
  if (edits.some((edit) => !edit.create && !project.sources.has(edit.file))) return null;
  const range = (edit: Edit): Range => (edit.create ? NOWHERE : rangeOf(project, edit));
  if (!rich) {
    if (edits.some(({ create }) => create)) return null;
    return {
      changes: Object.fromEntries(
        [...byFile].map(([file, list]) => [
          uriOf(file),
          list.map((edit) => ({ range: range(edit), newText: edit.newText })),
        ]),
      ),
    };
  }
  const elsewhere = [...byFile.keys()].some((file) => uriOf(file) !== here);
  const asks = elsewhere || fix.weakens;
  return {
    documentChanges: [...byFile].flatMap(([file, list]) => [
      ...(list.some(({ create }) => create)
        ? [{ kind: 'create' as const, uri: uriOf(file), ...(asks ? { annotationId: 'asks' } : {}) }]
        : []),
      {
        textDocument: { uri: uriOf(file), version: null },
        edits: list.map((edit) => ({
          range: range(edit),
          newText: edit.newText,
          ...(asks ? { annotationId: 'asks' } : {}),
        })),
      },
    ]),
    ...(asks
      ? { changeAnnotations: { asks: { label: fix.title, needsConfirmation: true, description: fix.risk } } }
      : {}),
  };
}

export function fixAction(
  project: Project,
  fix: Fix,
  diagnostics: Diagnostic[],
  preferred: boolean,
  options: EditOptions,
): CodeAction | null {
  const edit = workspaceEdit(project, fix, options);
  return edit && { title: fix.title, kind: CodeActionKind.QuickFix, diagnostics, isPreferred: preferred, edit };
}

/** The answer to `upstreamMedic/explain`: `line` is 0-based here, as everything in LSP. */
export function explainResult(
  explanation: Explanation,
  project: Project | null,
  line: number,
  seen: ExplainResult['seen'],
): ExplainResult {
  const { record } = explanation;
  const place = ({ file, span }: Place): { uri: string; range: Range } => ({
    uri: uriOf(file),
    range: project ? rangeOf(project, { file, span }) : NOWHERE,
  });
  return {
    line,
    record: {
      time: record.time,
      level: record.level,
      pid: record.pid,
      tid: record.tid,
      connection: record.connection,
      message: record.message,
      errno: record.errno,
      phase: record.phase,
      client: record.client,
      server: record.server,
      request: record.request,
      subrequest: record.subrequest,
      upstream: record.upstream,
      host: record.host,
      referrer: record.referrer,
    },
    cause: explanation.cause,
    title: explanation.title,
    status: [...explanation.status],
    confidence: explanation.confidence,
    why: explanation.why,
    evidence: explanation.evidence.map(({ message, file, span }) => ({
      message,
      ...(file !== undefined && span ? place({ file, span }) : {}),
    })),
    config: explanation.config.map(({ file, span, directive }) => ({
      ...place({ file, span }),
      directive,
      text: project ? headline(project, { file, span }) : '',
    })),
    checks: [...explanation.checks],
    fixes: explanation.fixes.map((fix) => ({
      id: fix.id,
      title: fix.title,
      when: fix.when,
      time: fix.time,
      risk: fix.risk,
      preferred: fix.preferred,
      ...(fix.weakens ? { weakens: true } : {}),
      edits: fix.edits().map((edit) => ({
        ...place(edit),
        newText: edit.newText,
        ...(edit.create ? { create: true } : {}),
      })),
      ...(fix.block === null ? {} : { block: fix.block }),
      apply: [...fix.apply],
      confirm: [...fix.confirm],
    })),
    confirm: [...explanation.confirm],
    references: [...explanation.references],
    href: docsUrl('causes', explanation.cause),
    seen,
  };
}

/** A directive on one line; a server block with its name, because "server" alone says nothing. */
function headline(project: Project, { file, span }: Place): string {
  const text = project.sources.get(file)?.text.slice(span.start, Math.min(span.end, span.start + 200)) ?? '';
  const name = text === 'server' ? serverName(project, file, span.start) : null;
  return (name === null ? text : `server (${name})`).replace(/\s+/g, ' ');
}
