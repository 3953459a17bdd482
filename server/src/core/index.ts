/** The API of core: the only file that anything outside imports. Text and files in, plain data out. */

export { default as causes } from './causes/all';
export type { Cause, Check, Evidence } from './causes/cause';
export { addLine, closeEntry, type Entry, entries, looksLikeErrorLog, type OpenEntry } from './error-log/entries';
export { type LogRecord, parseLine, parseRequest, parseUpstream } from './error-log/record';
export { docsUrl } from './features/docs-url';
export { causeOf, type Explanation, explain } from './features/explain';
export { type Finding, findings, type RuleSettings } from './features/findings';
export { ignore } from './features/suppressions';
export { type Discovered, discover, loadDiscovered, loadFolder } from './project/discover';
export { type Language, languageOf, languageOfPath, languageOfText } from './project/language';
export { type Loaded, type LoadRequest, load } from './project/load';
export type { At, Project } from './project/project';
export { serverName } from './project/request';
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
