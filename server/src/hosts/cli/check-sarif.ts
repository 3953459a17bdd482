/** `check --format sarif`: SARIF 2.1.0, which code scanning services read. */
import { pathToFileURL } from 'node:url';
import { docsUrl, type Edit, type Finding, type Project, rules, type Severity, type Span } from '../../core/index';
import type { Checked } from './check';
import { json, print } from './output';
import { shown } from './paths';
import { unmarked } from './plain-text';
import { rangeOf, SOURCE } from './shapes';
import { version } from './version';

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
};

const HOME = 'https://github.com/upstream-medic/upstream-medic';
const BASE = 'SRCROOT';

export async function printSarif({ project, findings, failed }: Checked): Promise<void> {
  const used = rules.filter(({ id }) => findings.some(({ code }) => code === id));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: SOURCE, version: version(), informationUri: HOME, rules: used.map(rule) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [BASE]: { uri: `${pathToFileURL(process.cwd()).href.replace(/\/?$/, '/')}` } },
        invocations: [{ executionSuccessful: !failed }],
        results: findings.map((finding) =>
          result(
            project,
            finding,
            used.findIndex(({ id }) => id === finding.code),
          ),
        ),
      },
    ],
  };
  await print(`${json(log, 2)}\n`);
}

function rule({ id, title, why, severity }: (typeof rules)[number]) {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: unmarked(why).join('\n\n') },
    help: { text: unmarked(why).join('\n\n'), markdown: why },
    helpUri: docsUrl('rules', id),
    defaultConfiguration: { level: LEVELS[severity] },
  };
}

function result(project: Project, finding: Finding, ruleIndex: number) {
  const { file, span, severity, code, message, related } = finding;
  const fixes = finding.fixes.flatMap((fix) => {
    const edits = fix.edits();
    // SARIF can change files, not make them.
    if (edits.length === 0 || edits.some(({ create }) => create)) return [];
    return [{ description: { text: fix.title }, artifactChanges: changes(project, edits) }];
  });
  return {
    ruleId: code,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: message },
    locations: [location(project, file, span)],
    ...(related.length > 0
      ? {
          relatedLocations: related.map((each, id) => ({
            id,
            ...location(project, each.file, each.span),
            message: { text: each.message },
          })),
        }
      : {}),
    ...(fixes.length > 0 ? { fixes } : {}),
  };
}

function changes(project: Project, edits: readonly Edit[]) {
  const files = [...new Set(edits.map(({ file }) => file))];
  return files.map((file) => ({
    artifactLocation: artifact(file),
    replacements: edits
      .filter((edit) => edit.file === file)
      .map(({ span, newText }) => ({
        deletedRegion: region(project, file, span),
        ...(newText === '' ? {} : { insertedContent: { text: newText } }),
      })),
  }));
}

function location(project: Project, file: string, span: Span) {
  return { physicalLocation: { artifactLocation: artifact(file), region: region(project, file, span) } };
}

/** Lines and columns from 1; the end column is the one after the last. */
function region(project: Project, file: string, span: Span) {
  const { start, end } = rangeOf(project, file, span);
  return {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}

function artifact(file: string) {
  const name = shown(file);
  if (name === file) return { uri: pathToFileURL(file).href };
  return { uri: name.split('/').map(encodeURIComponent).join('/'), uriBaseId: BASE };
}
