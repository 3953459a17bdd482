/** Summaries of logs that somebody looks at: counted once, kept current, with the entries that each row leads to. */
import type { CancellationToken } from 'vscode-languageserver';
import type { Entry, Project, Report, Row } from '../core/index';
import { explainResult } from './convert';
import type { LogBytes, OpenLog } from './log-bytes';
import { textBytes } from './log-bytes';
import { type LogCount, logCount } from './log-count';
import { explainBest, timeOf } from './logs';
import type { ExplainResult, LogSummary, SummaryRow } from './protocol';
import { fileOf, uriOf } from './uris';
import type { Workspace } from './workspace';

/** Nobody compares more. */
const MOST_ROWS = 100;
const COLUMNS = 60;
const ROW_COLUMNS = 24;
const LONGEST_TEXT = 2000;
/** One log at a time is usual. */
const MOST_LOGS = 4;

export interface Summaries {
  /** Null: nothing has changed since `revision`. Throws what `OpenLog` does, and `Cancelled`. */
  summarise(
    uri: string,
    revision: number | undefined,
    token: CancellationToken,
    onProgress: (done: number, size: number | null) => void,
  ): Promise<LogSummary | null>;
  /** What `upstreamMedic/explain` says of a line of a log that is summarised, and too large to be open. */
  explainLine(uri: string, line: number): Promise<ExplainResult | null>;
  forget(uri: string): void;
}

export class Cancelled extends Error {}

interface Known {
  readonly count: LogCount;
  revision: number;
  projects: readonly Project[];
  report: Report | null;
  /** One request at a time. */
  turn: Promise<unknown>;
}

export function summaries(open: Workspace, openLog: OpenLog): Summaries {
  const known = new Map<string, Known>();
  /** Never the same twice, also of another server. */
  let revisions = Date.now();

  const isOnDisk = (uri: string): boolean => uri.startsWith('file:');

  /** The disk's is newer than the editor's text, and larger texts are not given to us. */
  function bytesOf(uri: string): Promise<LogBytes> {
    const document = isOnDisk(uri) ? null : open.document(uri);
    return document ? Promise.resolve(textBytes(document.text)) : openLog(fileOf(uri));
  }

  function knownOf(uri: string): Known {
    const file = fileOf(uri);
    const found = known.get(file);
    if (found) return found;
    const projects = open.projectsFor(uri);
    const made = { count: logCount(projects[0] ?? null), revision: 0, projects, report: null, turn: Promise.resolve() };
    known.set(file, made);
    for (const oldest of known.keys()) {
      if (known.size <= MOST_LOGS) break;
      known.delete(oldest);
    }
    return made;
  }

  const summarise: Summaries['summarise'] = async (uri, revision, token, onProgress) => {
    await open.visit(uri);
    const log = knownOf(uri);
    const turn = log.turn.then(async () => {
      // While it is rotated there is none for a moment.
      const bytes = await bytesOf(uri);
      try {
        const isNew = await log.count.read(bytes, (done, size) => {
          if (token.isCancellationRequested) throw new Cancelled();
          onProgress(done, size);
        });
        const projects = open.projectsFor(uri);
        const isOther = projects.length !== log.projects.length || projects.some((each, i) => each !== log.projects[i]);
        if (isNew || isOther || log.report === null) {
          log.report = log.count.tally.counts.report();
          log.projects = projects;
          log.revision = ++revisions;
        }
        return log.revision === revision ? null : await summaryOf(uri, log, log.report, bytes);
      } catch (error) {
        // Read in part, it can only be counted anew.
        if (known.get(fileOf(uri)) === log) known.delete(fileOf(uri));
        throw error;
      } finally {
        await bytes.close();
      }
    });
    log.turn = turn.catch(() => undefined);
    return turn;
  };

  async function summaryOf(uri: string, log: Known, report: Report, bytes: LogBytes): Promise<LogSummary> {
    const { count, projects, revision } = log;
    const { range, rows, others, requests, otherRequests } = report;
    const shown = rows.slice(0, MOST_ROWS);
    const more = [...rows.slice(MOST_ROWS), ...(others ? [others] : [])];
    const columns = ({ timeline }: Report['statuses'][number], most: number): number[] =>
      range ? timeline.columns(range, Math.min(most, range[1] + 1 - range[0])).map(rounded) : [];
    const result: SummaryRow[] = [];
    for (const row of shown) {
      const ends = [...new Set(row.lines)];
      const found: ({ entry: Entry; text: string } | null)[] = [];
      for (const line of ends) found.push(await count.entryAt(bytes, line));
      const last = found[found.length - 1];
      const explained = last ? explain(projects, row, last.entry) : null;
      const best = explained?.fixes.find(({ preferred }) => preferred) ?? explained?.fixes[0];
      result.push({
        cause: row.cause,
        upstream: row.upstream,
        title: explained?.title ?? row.cause.replaceAll('-', ' '),
        status: row.status,
        count: row.timeline.count,
        first: row.timeline.range && timeOf(row.timeline.range[0]),
        last: row.timeline.range && timeOf(row.timeline.range[1]),
        columns: columns(row, ROW_COLUMNS),
        entries: ends.map((line, i) => ({ line, text: found[i]?.text.slice(0, LONGEST_TEXT) ?? null })),
        config: explained?.config[0] ?? null,
        remedy: best?.title ?? null,
      });
    }
    return {
      uri,
      revision,
      bytes: count.offset,
      lines: count.tally.lineCount,
      total: report.total,
      anew: count.anew,
      range: range && { first: timeOf(range[0]), last: timeOf(range[1]) },
      statuses: report.statuses.map((each) => ({
        status: each.status,
        count: each.timeline.count,
        columns: columns(each, COLUMNS),
      })),
      rows: result,
      moreRows: { rows: more.length, count: more.reduce((sum, { timeline }) => sum + timeline.count, 0) },
      requests,
      moreRequests: otherRequests,
      roots: projects.flatMap(({ nginxRoots }) => nginxRoots.map(({ file }) => uriOf(file))),
    };
  }

  return {
    summarise,
    async explainLine(uri, line) {
      const log = known.get(fileOf(uri));
      if (!log?.report) return null;
      const bytes = await bytesOf(uri).catch(() => null);
      if (!bytes) return null;
      try {
        const found = await log.count.entryAt(bytes, line);
        if (!found) return null;
        const row = log.report.rows.find(({ lines }) => lines.includes(line));
        return explain(open.projectsFor(uri), row ?? null, found.entry, line);
      } finally {
        await bytes.close();
      }
    },
    forget: (uri) => void known.delete(fileOf(uri)),
  };
}

function explain(
  projects: readonly Project[],
  row: Row | null,
  { record, line }: Entry,
  at = line,
): ExplainResult | null {
  const found = explainBest(projects, record);
  if (!found) return null;
  const { range = null, count = 1 } = row?.timeline ?? {};
  const seen = { count, first: range && timeOf(range[0]), last: range && timeOf(range[1]) };
  return explainResult(found.explanation, found.project, at, seen);
}

const rounded = (count: number): number => Math.round(count * 100) / 100;
