/** The API of core: the only file that anything outside imports. Text and files in, plain data out. */

export { default as causes } from './causes/all';
export type { Cause, Check, Evidence } from './causes/cause';
export { addLine, closeEntry, type Entry, entries, looksLikeErrorLog, type OpenEntry } from './error-log/entries';
export { LineSplitter } from './error-log/line-splitter';
export { RecentErrors } from './error-log/recent';
export { type LogRecord, parseLine, parseRequest, parseUpstream } from './error-log/record';
export { type Counted, type Report, type Row, seam, Tally } from './error-log/tally';
export { type Completion, completionMarkdown, completions, type Topic } from './features/completion';
export { docsUrl } from './features/docs-url';
export { type Explanation, explain, meaningOf, reasonOf } from './features/explain';
export { type Explained, LogExplainer } from './features/explain-log';
export { type Finding, findings, type RuleSettings } from './features/findings';
export { type Hover, hover } from './features/hover';
export { causeOf, plainMeaning } from './features/meaning';
export { serverName } from './features/outside';
export { type Reference, readReference } from './features/reference';
export { ignore } from './features/suppressions';
export {
  type Topology,
  type TopologyEndpoint,
  type TopologyLocation,
  type TopologyPass,
  type TopologyServer,
  topology,
} from './features/topology';
export { type HintPart, type ReachHint, reachHints, type UseLens, useLenses } from './features/topology-hints';
export { type Discovered, discover, loadDiscovered, loadFolder } from './project/discover';
export {
  isForeign,
  type Language,
  languageOf,
  languageOfPath,
  languageOfText,
  neighbourKind,
} from './project/language';
export { type Loaded, type LoadRequest, load } from './project/load';
export type { At, Project } from './project/project';
export { default as remedies } from './remedies/all';
export type { Fix, Remedy } from './remedies/remedy';
export { default as rules } from './rules/all';
export type { Rule, Severity } from './rules/rule';
export { applyEdits, type Edit } from './text/edit';
export { type Files, mapFiles, type ReadResult } from './text/files';
export { type LineMap, lineMap, type Position, type Range } from './text/line-map';
export { basename, dirname, relative, resolve } from './text/path';
export { contains, overlaps, type Place, type Span } from './text/span';
export { editDistance } from './text/spelling';
