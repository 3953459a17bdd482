/** Code actions: the light bulb in configurations and in logs. */
import { type CodeAction, CodeActionKind } from 'vscode-languageserver';
import {
  findings,
  ignore,
  overlaps,
  type Position,
  type Project,
  type Range,
  type RuleSettings,
  rules,
} from '../core/index';
import { type EditOptions, entryDiagnostic, findingDiagnostic, fixAction } from './convert';
import type { Logs } from './logs';
import { fileOf } from './uris';

const GRAVITY = { error: 0, warning: 1, information: 2, hint: 3 } as const;

const RULE_IDS = new Set<string>(rules.map(({ id }) => id));

/** The fixes of findings at `range` of the file that `look` is from, the gravest first, then what ignores each of them. */
export function fileActions(project: Project, range: Range, settings: RuleSettings, look: EditOptions): CodeAction[] {
  const file = fileOf(look.here);
  const source = project.sources.get(file);
  if (!source) return [];
  const cursor = { start: source.lines.offset(range.start), end: source.lines.offset(range.end) };
  const actions: CodeAction[] = [];
  const near = findings(project, file, settings)
    // The other half of a finding in the same file (the quote that is not closed) offers the same fix.
    .filter(({ span, related }) =>
      [span, ...related.flatMap((place) => (place.file === source.file ? [place.span] : []))].some((each) =>
        overlaps(each, cursor),
      ),
    )
    .sort((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity]);
  const titles = new Set<string>();
  for (const finding of near) {
    const diagnostic = findingDiagnostic(project, finding);
    for (const fix of finding.fixes) {
      if (titles.has(fix.title) || fix.edits().length === 0) continue;
      titles.add(fix.title);
      // An offer is no repair: only what mends a finding may be applied by "fix all" and the like.
      const preferred = fix.preferred && finding.severity !== 'hint';
      const action = fixAction(project, fix, [diagnostic], preferred, look);
      if (action) actions.push(action);
    }
  }
  for (const finding of near) {
    // Last, and only for what stands in the problems list.
    if (finding.severity === 'hint' || !RULE_IDS.has(finding.code)) continue;
    const fix = ignore(source, finding);
    const action = fixAction(project, fix, [findingDiagnostic(project, finding)], false, look);
    if (action) actions.push(action);
  }
  return actions;
}

/** The fixes of the entry at `position` of a log, and the command that explains it. */
export function logActions(log: Logs, position: Position, look: EditOptions, explain: string): CodeAction[] {
  const found = log.explainAt(look.here, position);
  if (!found) return [];
  const { document, entry, explanation, project } = found;
  const cause = log.cause(document, entry)!;
  const diagnostics = [entryDiagnostic(log.read(document).lines, entry, cause)];
  const actions: CodeAction[] = [];
  for (const fix of explanation.fixes) {
    if (!project || fix.edits().length === 0) continue;
    const action = fixAction(project, fix, diagnostics, fix.preferred, look);
    if (action) actions.push(action);
  }
  actions.push({
    title: 'Explain 502 Log Line',
    kind: CodeActionKind.QuickFix,
    diagnostics,
    command: {
      title: 'Explain 502 Log Line',
      command: explain,
      arguments: [look.here, position],
    },
  });
  return actions;
}
