/** The command Summarise Error Log: of the log that is named or in front, or one that is chosen. */
import * as vscode from 'vscode';
import type { LogSummary } from '../../../server/src/lsp/protocol';
import { nameOf } from '../panel/webview';

export type Progress = (percentage: number | undefined, message: string | undefined) => void;
export type Summarise = (
  uri: string,
  revision: number | undefined,
  token?: vscode.CancellationToken,
  onProgress?: Progress,
) => Promise<LogSummary | null>;

const LOG = /(?:\.log|error[._-]?log)(?:[.-]\d+)*(?:\.gz)?$/i;

export async function summariseLog(
  summarise: Summarise,
  show: (summary: LogSummary) => void,
  target?: unknown,
): Promise<void> {
  const uri = target instanceof vscode.Uri ? target : typeof target === 'string' ? vscode.Uri.parse(target) : inFront();
  const chosen = uri ?? (await choose());
  if (!chosen) return;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Summarising ${nameOf(chosen.toString())}`,
    cancellable: true,
  };
  const summary = await vscode.window.withProgress(options, async (progress, token) => {
    let before = 0;
    try {
      return await summarise(chosen.toString(), undefined, token, (percentage, message) => {
        progress.report({ message, increment: percentage === undefined ? undefined : percentage - before });
        before = percentage ?? before;
      });
    } catch (error) {
      if (token.isCancellationRequested) return null;
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${nameOf(chosen.toString())} cannot be read: ${reason}.`);
    }
  });
  if (summary) show(summary);
}

/** A log that is too large for extensions has a tab, but no editor that they see. */
function inFront(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId === 'nginx-error-log') return document.uri;
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const isFile = input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom;
  return isFile && LOG.test(input.uri.path) ? input.uri : undefined;
}

async function choose(): Promise<vscode.Uri | undefined> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: 'Summarise Error Log',
      openLabel: 'Summarise',
      canSelectMany: false,
    })) ?? [];
  return chosen;
}
