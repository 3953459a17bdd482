/** `explain`: what the gateway errors in a log mean, and where they are in the configuration. */
import { type Explanation, explain, type Project } from '../../core/index';
import { jsonFormat, jsonLinesFormat } from './explain-json';
import { summaryFormat } from './explain-summary';
import { textFormat } from './explain-text';
import { type Gathered, type Given, gather, type ReadingOptions } from './gather';
import { type Log, openLog } from './log';
import { UsageError } from './options';
import { complain } from './output';
import { type Snapshot, snapshot } from './snapshot';

export interface ExplainOptions extends ReadingOptions {
  readonly format: 'text' | 'json' | 'jsonl' | 'summary';
  readonly config?: readonly string[];
  readonly fpm?: readonly string[];
}

/** How explanations are printed, one at a time. */
export interface ExplainFormat {
  /** `line`: 0-based. */
  add(explanation: Explanation, line: number): Promise<void> | void;
  end(lineCount: number): Promise<void>;
}

const FORMATS: Readonly<Record<ExplainOptions['format'], (project: Project | null, log: string) => ExplainFormat>> = {
  text: textFormat,
  json: jsonFormat,
  jsonl: jsonLinesFormat,
  summary: summaryFormat,
};

export async function explainLog(file: string | undefined, options: ExplainOptions): Promise<number> {
  if (file === undefined && process.stdin.isTTY) throw new UsageError('name a log, or give one on standard input');
  const path = file ?? '-';
  const gathered = await configuration(snapshot(), options);
  const project = gathered && gathered.files.length > 0 ? gathered.project : null;
  const format = FORMATS[options.format](project, path === '-' ? 'line ' : `${path}:`);
  const { lineCount, failed } = await readLog(path, async (entry) => {
    const explanation = explain(entry.record, project);
    if (explanation) await format.add(explanation, entry.line);
  });
  if (lineCount !== null) await format.end(lineCount);
  return failed || gathered?.failed ? 2 : 0;
}

/** The project that `--config` and `--fpm` name; null where neither is given. */
export async function configuration(
  files: Snapshot,
  options: Pick<ExplainOptions, 'config' | 'fpm'> & ReadingOptions,
): Promise<Gathered | null> {
  const given: Given[] = [
    ...(options.config ?? []).map((path) => ({ path, language: 'nginx' as const })),
    ...(options.fpm ?? []).map((path) => ({ path, language: 'php-fpm' as const })),
  ];
  return given.length === 0 ? null : gather(files, given, options);
}

/** Hands over each entry; says why when the log cannot be read, or not to its end. `lineCount` is null when it never began. */
export async function readLog(
  path: string,
  take: (entry: Log['entries'] extends AsyncIterable<infer E> ? E : never) => Promise<void>,
): Promise<{ lineCount: number | null; failed: boolean }> {
  let log: Log | null = null;
  try {
    log = await openLog(path);
    for await (const entry of log.entries) await take(entry);
    return { lineCount: log.lineCount(), failed: false };
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === null) throw error;
    complain(`${path}: ${reason}`);
    return { lineCount: log ? log.lineCount() : null, failed: true };
  }
}

/** What the file system or gzip has against the log; null for a mistake of ours. */
function reasonOf(error: unknown): string | null {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return null;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file or directory';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'EISDIR') return 'is a folder';
  return code.startsWith('Z_') ? `broken gzip: ${message}` : message;
}
