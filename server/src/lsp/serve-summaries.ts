/** Answers requests for summaries, with progress and cancellation. */
import { type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { OpenLog } from './log-bytes';
import { type LogSummary, type SummariseParams, summariseRequest, summaryClosedNotification } from './protocol';
import { Cancelled, type Summaries, summaries } from './summaries';
import type { Workspace } from './workspace';

/** Milliseconds between two words of progress. */
const PROGRESS = 100;

const noLogs: OpenLog = () => Promise.reject(new Error('this server reads no files: open the log first'));

export function serveSummaries(connection: Connection, open: Workspace, openLog = noLogs): Summaries {
  const all = summaries(open, openLog);

  connection.onRequest(
    summariseRequest,
    async ({ uri, revision, workDoneToken }: SummariseParams, token): Promise<LogSummary | null> => {
      const progress = workDoneToken === undefined ? null : connection.window.attachWorkDoneProgress(workDoneToken);
      progress?.begin('Reading the log', 0, undefined, true);
      let told = Date.now();
      const onProgress = (done: number, size: number | null): void => {
        const now = Date.now();
        if (now - told < PROGRESS) return;
        told = now;
        if (size) progress?.report(Math.floor((done / size) * 100), `${megabytes(done)} of ${megabytes(size)} MB`);
        else progress?.report(`${megabytes(done)} MB`);
      };
      try {
        return await all.summarise(uri, revision, token, onProgress);
      } catch (error) {
        if (error instanceof Cancelled) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
        const reason = error instanceof Error ? error.message : String(error);
        throw new ResponseError(LSPErrorCodes.RequestFailed, reason);
      } finally {
        progress?.done();
      }
    },
  );

  connection.onNotification(summaryClosedNotification, ({ uri }: { uri: string }) => all.forget(uri));

  return all;
}

const megabytes = (bytes: number): string => Math.round(bytes / 1e6).toLocaleString('en-US');
