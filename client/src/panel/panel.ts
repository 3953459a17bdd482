/** The explanation beside the log: one panel, kept up to date while the files it speaks of change. */
import * as vscode from 'vscode';
import type {
  ExplainedFix,
  ExplainLinesParams,
  ExplainLinesResult,
  ExplainResult,
} from '../../../server/src/lsp/protocol';
import { applyFix, closePreviews, openTargets, type Preview, toRange } from './changes';
import { type Applied, type PanelView, panelBody, panelHtml } from './html';
import { followLine } from './lines';
import { explanationMarkdown } from './markdown';
import type { FromPage, ToPage } from './messages';
import { columnOf, dress, nameOf, pageOptions, report, today } from './webview';
import { statusWords } from './words';

const VIEW_TYPE = 'upstreamMedic.explanation';
/** Milliseconds that changes must rest: the server waits too before it judges files anew. */
const REST = 500;

/** What the panel is about; kept over restarts. */
export interface Subject {
  readonly uri: string;
  /** 0-based, one for each cause. */
  readonly lines: readonly number[];
  readonly shown: number;
  /** Lines of no document, a terminal's, instead of `uri`. */
  readonly text?: string;
  /** How often each was seen in the lines that were selected. */
  readonly seen?: readonly ExplainResult['seen'][];
}

export interface Explanations {
  /** Explains what was just found, in a column of its own or the one that is named. */
  show(subject: Subject, results: readonly ExplainResult[], at?: vscode.ViewColumn): void;
  /** Files changed of which the editor has no document. */
  filesChanged(): void;
}

export interface Ask {
  line(uri: string, line: number): Promise<ExplainResult | null>;
  lines(params: ExplainLinesParams): Promise<ExplainLinesResult>;
}

export function explanations(context: vscode.ExtensionContext, ask: Ask, preview: Preview): Explanations {
  let panel: vscode.WebviewPanel | undefined;
  let subject: Subject = { uri: '', lines: [], shown: 0 };
  let view: PanelView = { results: [], shown: 0 };
  /** The body that the page has, or will have when it is seen again. */
  let sent: string | undefined;
  /** The column of the log: what is opened from the panel goes there, not over the panel. */
  let column = vscode.ViewColumn.One;
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function show(next: Subject, results: readonly ExplainResult[], at?: vscode.ViewColumn): void {
    subject = next;
    view = { results, shown: next.shown };
    asked++;
    const active = vscode.window.activeTextEditor?.viewColumn;
    if (active !== undefined && active !== panel?.viewColumn) column = active;
    if (panel) {
      panel.reveal(at, false);
      render();
    } else {
      adopt(
        vscode.window.createWebviewPanel(VIEW_TYPE, 'Upstream Medic', at ?? vscode.ViewColumn.Beside, {
          enableFindWidget: true,
        }),
      );
    }
  }

  function adopt(created: vscode.WebviewPanel): void {
    panel = created;
    sent = undefined;
    dress(created, context.extensionUri);
    created.webview.onDidReceiveMessage((message: FromPage) => void receive(message).catch(report));
    // A page that is hidden is thrown away, and made anew of the last HTML.
    created.onDidChangeViewState(() => {
      if (created.visible) render();
    });
    created.onDidDispose(() => {
      if (panel === created) panel = undefined;
      clearTimeout(timer);
    });
    render();
  }

  function render(): void {
    if (!panel) return;
    const { code, phrase } = statusWords(view.results[view.shown]?.status ?? []);
    panel.title = view.results.length > 0 ? [code, phrase].filter(Boolean).join(' ') : 'Upstream Medic';
    const options = { nameOf, today: today() };
    const body = panelBody(view, options);
    if (body === sent || !panel.visible) return;
    const { webview } = panel;
    if (sent !== undefined && webview.html !== '') {
      post({ type: 'body', html: body, state: subject });
    } else {
      webview.html = panelHtml(view, { ...options, ...pageOptions(panel, context.extensionUri, subject) });
    }
    sent = body;
  }

  /** How the entry on a line is explained now. */
  async function asker({ uri, text }: Subject): Promise<(line: number) => Promise<ExplainResult | null>> {
    if (text === undefined) return (line) => ask.line(uri, line);
    const { results } = await ask.lines({ text });
    return async (line) => results.find((result) => result.line === line) ?? null;
  }

  async function refresh(): Promise<void> {
    if (!panel || (subject.uri === '' && subject.text === undefined)) return;
    const mine = ++asked;
    const { uri, lines, shown, seen } = subject;
    let empty: string | undefined;
    const results: ExplainResult[] = [];
    const applied = new Map<number, Applied>();
    try {
      const again = await asker(subject);
      for (const [index, line] of lines.entries()) {
        const result = await again(line);
        const done = view.applied?.get(index);
        // Offered again, it has been undone.
        if (done && !(result && sameFix(result, done.fix)?.edits.length)) applied.set(results.length, done);
        const found = result ?? done?.result;
        if (found) results.push({ ...found, seen: seen?.[index] ?? found.seen });
      }
    } catch {
      empty = `${nameOf(uri)} cannot be read. Open it and run Explain 502 Log Line on the line again.`;
    }
    // Something newer is shown already.
    if (mine !== asked) return;
    view = { results, applied, shown: Math.min(shown, Math.max(0, results.length - 1)), empty };
    render();
  }

  function soon(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), REST);
  }

  async function receive(message: FromPage): Promise<void> {
    const result = view.results[view.shown];
    switch (message.type) {
      case 'show':
        subject = { ...subject, shown: message.index };
        view = { ...view, shown: message.index };
        render();
        return;
      case 'open':
        await vscode.window.showTextDocument(vscode.Uri.parse(message.uri), {
          viewColumn: columnOf(message.uri, column, panel),
          selection: toRange(message.range),
        });
        return;
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        post({ type: 'say', text: 'Copied' });
        return;
      case 'markdown':
        if (!result) return;
        await vscode.env.clipboard.writeText(explanationMarkdown(result, nameOf));
        post({ type: 'say', text: 'Copied as Markdown, without the values in query strings' });
        return;
      case 'preview':
        if (result?.fixes[message.index]) await preview(result.fixes[message.index]!, column);
        return;
      case 'apply':
        if (result?.fixes[message.index]) await apply(result, result.fixes[message.index]!);
        return;
      case 'folder':
        await vscode.commands.executeCommand('workbench.action.files.openFolder');
        return;
      case 'again':
        view = { ...view, applied: undefined };
        await refresh();
        return;
      case 'leave':
        if (subject.uri === '') {
          await vscode.commands.executeCommand('workbench.action.terminal.focus');
          return;
        }
        await vscode.window.showTextDocument(vscode.Uri.parse(subject.uri), {
          viewColumn: columnOf(subject.uri, column, panel),
        });
    }
  }

  /** Nothing is applied to a text that is not the one it was made for. */
  async function apply(result: ExplainResult, fix: ExplainedFix): Promise<void> {
    await openTargets(fix);
    const fresh = await (await asker(subject))(result.line);
    if (JSON.stringify(fresh && sameFix(fresh, fix)?.edits) !== JSON.stringify(fix.edits)) {
      await refresh();
      void vscode.window.showWarningMessage(
        'The files have changed since this was explained. Nothing was applied; the panel now shows the present state.',
      );
      return;
    }
    if (fix.weakens) {
      const detail = `${fix.when}\n\nRisk: ${fix.risk}`;
      const answer = await vscode.window.showWarningMessage(`${fix.title}?`, { modal: true, detail }, 'Apply');
      if (answer !== 'Apply') return;
    }
    const files = await applyFix(fix);
    if (files === null) {
      void vscode.window.showErrorMessage(`The editor could not apply "${fix.title}". Nothing was changed.`);
    } else if (files.length === 0) {
      void vscode.window.showInformationMessage('Nothing to do: the file is there already.');
    } else {
      view = { ...view, applied: new Map(view.applied).set(view.shown, { fix, result }) };
      render();
      post({ type: 'say', text: 'Applied' });
      await closePreviews();
      const [first] = files;
      const place = fix.edits.find(({ uri }) => vscode.Uri.parse(uri).toString() === first!.toString())!;
      const at = toRange(place.range).start;
      await vscode.window.showTextDocument(first!, {
        viewColumn: columnOf(place.uri, column, panel),
        selection: new vscode.Range(at, at),
        preserveFocus: true,
      });
      void tellApplied(fix, files).catch(report);
    }
  }

  const post = (message: ToPage) => void panel?.webview.postMessage(message);

  const isMentioned = (uri: vscode.Uri) => mentioned(subject, view).has(uri.toString());
  context.subscriptions.push(
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (!panel) return;
      if (document.uri.toString() === vscode.Uri.parse(subject.uri || 'none:').toString()) {
        subject = { ...subject, lines: subject.lines.map((line) => followLine(line, contentChanges)) };
        soon();
      } else if (isMentioned(document.uri)) soon();
    }),
    vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      if (panel && uris.some(isMentioned)) soon();
    }),
    vscode.workspace.onDidOpenTextDocument(({ languageId }) => {
      if (panel && /^(?:nginx|NGINX|php-fpm)$/.test(languageId)) soon();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(soon),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      async deserializeWebviewPanel(restored, state: unknown) {
        subject = subjectOf(state);
        view = { results: [], shown: 0, empty: 'Reading the log…' };
        if (restored.viewColumn === column) column = vscode.ViewColumn.Two;
        panel?.dispose();
        adopt(restored);
        await refresh();
      },
    }),
    { dispose: () => panel?.dispose() },
  );

  return { show, filesChanged: soon };
}

/** Says what changed and what is left to do; nothing is run from here. */
async function tellApplied(fix: ExplainedFix, files: readonly vscode.Uri[]): Promise<void> {
  const names = files.map((file) => nameOf(file.toString())).join(', ');
  const commands = fix.apply.join('\n');
  const then = commands === '' ? '' : ` Then run: ${fix.apply.join(' ; ')}`;
  const copy = commands === '' ? [] : ['Copy Command'];
  const isDirty = () =>
    vscode.workspace.textDocuments.filter(
      ({ uri, isDirty }) => isDirty && files.some((file) => file.toString() === uri.toString()),
    );
  let answer = await vscode.window.showInformationMessage(
    `Changed ${names}${isDirty().length > 0 ? ', not saved yet' : ''}.${then}`,
    ...(isDirty().length > 0 ? ['Save'] : []),
    ...copy,
  );
  if (answer === 'Save') {
    for (const document of isDirty()) await document.save();
    answer = await vscode.window.showInformationMessage(`Saved ${names}.${then}`, ...copy);
  }
  if (answer === 'Copy Command') await vscode.env.clipboard.writeText(commands);
}

const sameFix = ({ fixes }: ExplainResult, { id, title }: ExplainedFix) =>
  fixes.find((fix) => fix.id === id && fix.title === title);

/** The documents on which the explanation depends. */
function mentioned({ uri }: Subject, { results, applied }: PanelView): Set<string> {
  const uris = [uri];
  const before = [...(applied?.values() ?? [])].map(({ result }) => result);
  for (const { config, evidence, fixes, roots } of [...results, ...before]) {
    for (const place of config) uris.push(place.uri);
    for (const place of evidence) if (place.uri !== undefined) uris.push(place.uri);
    for (const { edits } of fixes) for (const edit of edits) uris.push(edit.uri);
    uris.push(...(roots ?? []));
  }
  // As VS Code spells them.
  return new Set(uris.filter(Boolean).map((each) => vscode.Uri.parse(each).toString()));
}

function subjectOf(state: unknown): Subject {
  const { uri, lines, shown, text, seen } = (state ?? {}) as Partial<Record<string, unknown>>;
  const isSubject = typeof uri === 'string' && Array.isArray(lines) && lines.every(Number.isInteger);
  if (!isSubject) return { uri: '', lines: [], shown: 0 };
  return {
    ...{ uri, lines, shown: Number(shown) || 0 },
    ...(typeof text === 'string' ? { text } : {}),
    ...(Array.isArray(seen) && seen.length === lines.length ? { seen } : {}),
  };
}
