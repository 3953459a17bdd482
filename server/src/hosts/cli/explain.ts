/** `explain`: what the gateway errors in a log mean, and where they are in the configuration. */
import { type Entry, type Explained, type Explanation, LogExplainer, type Project } from '../../core/index';
import { jsonFormat, jsonLinesFormat } from './explain-json';
import { summarise } from './explain-summary';
import { textFormat } from './explain-text';
import { type Gathered, type Given, gather, type ReadingOptions } from './gather';
import { openLog } from './log';
import { UsageError } from './options';
import { complain } from './output';
import { type Snapshot, snapshot } from './snapshot';

export interface ExplainOptions extends ReadingOptions {
  readonly format: 'text' | 'json' | 'jsonl' | 'summary';
  readonly config?: readonly string[];
  readonly fpm?: readonly string[];
  /** See explain-time.ts. */
  readonly since?: number;
  readonly until?: number;
}

/** How explanations are printed, one at a time. */
export interface ExplainFormat {
  /** `line`: 0-based. `log`: its path as it was given. */
  add(explanation: Explanation, line: number, log: string): Promise<void> | void;
  end(lineCount: number): Promise<void>;
}

/** Runs what reads a log; says why when it cannot be read, or not to its end. */
export type Read = (path: string, reading: () => Promise<void>) => Promise<boolean>;

type Format = (project: Project | null, hasSeveral: boolean) => ExplainFormat;
const FORMATS: Readonly<Record<Exclude<ExplainOptions['format'], 'summary'>, Format>> = {
  text: textFormat,
  json: jsonFormat,
  jsonl: jsonLinesFormat,
};

export async function explainLogs(given: readonly string[], options: ExplainOptions): Promise<number> {
  if (given.length === 0 && process.stdin.isTTY) throw new UsageError('name a log, or give one on standard input');
  const { since, until } = options;
  if (since !== undefined && until !== undefined && since > until)
    throw new UsageError('--since is later than --until');
  const paths = given.length === 0 ? ['-'] : given;
  const gathered = await configuration(snapshot(), options);
  const project = gathered && gathered.files.length > 0 ? gathered.project : null;
  const read = options.format === 'summary' ? summarise : explainEach;
  const ok = await read(paths, project, options, reading);
  return ok && !gathered?.failed ? 0 : 2;
}

async function explainEach(
  paths: readonly string[],
  project: Project | null,
  options: ExplainOptions,
): Promise<boolean> {
  const { format: name, since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = options;
  const format = FORMATS[name as keyof typeof FORMATS](project, paths.length > 1);
  const isLimited = options.since !== undefined || options.until !== undefined;
  let lines: number | null = null;
  let ok = true;
  for (const path of paths) {
    const explainer = new LogExplainer(project);
    const print = async (explained: readonly Explained[]): Promise<void> => {
      for (const { entry, explanation } of explained) await format.add(explanation, entry.line, path);
    };
    const read = await readLog(path, (entry) => {
      const seconds = entry.record.time === null ? Number.NaN : Date.parse(`${entry.record.time}Z`) / 1000;
      if (isLimited && !(seconds >= since && seconds <= until)) return undefined;
      const explained = explainer.add(entry);
      return explained.length > 0 ? print(explained) : undefined;
    });
    await print(explainer.end());
    if (read.lineCount !== null) lines = (lines ?? 0) + read.lineCount;
    ok &&= !read.failed;
  }
  if (lines !== null) await format.end(lines);
  return ok;
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

/** Hands over each entry. `lineCount` is null when the log could not be opened. */
export async function readLog(
  path: string,
  take: (entry: Entry) => Promise<void> | undefined,
): Promise<{ lineCount: number | null; failed: boolean }> {
  let lineCount: (() => number) | null = null;
  const ok = await reading(path, async () => {
    const log = await openLog(path);
    lineCount = log.lineCount;
    for await (const entries of log.batches) {
      for (const entry of entries) {
        const taken = take(entry);
        if (taken) await taken;
      }
    }
  });
  return { lineCount: (lineCount as (() => number) | null)?.() ?? null, failed: !ok };
}

const reading: Read = async (path, read) => {
  try {
    await read();
    return true;
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === null) throw error;
    complain(`${path}: ${reason}`);
    return false;
  }
};

/** What the file system or gzip has against the log; null for a mistake of ours. */
function reasonOf(error: unknown): string | null {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return null;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file or directory';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'EISDIR') return 'is a folder';
  return code.startsWith('Z_') ? `broken gzip: ${message}` : message;
}
