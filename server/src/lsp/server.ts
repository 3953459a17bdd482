/** The language server: starts on a connection and a file system, and turns requests into questions to core. */
import {
  type CodeAction,
  CodeActionKind,
  type CodeLens,
  CodeLensRefreshRequest,
  type Connection,
  DidChangeConfigurationNotification,
  type InitializeParams,
  type InitializeResult,
  type InlayHint,
  InlayHintRefreshRequest,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  docsUrl,
  type Files,
  type Finding,
  findings,
  type Position,
  type Project,
  parseUpstream,
  type Reference,
  type RuleSettings,
  readReference,
  rules,
} from '../core/index';
import { fileActions, logActions } from './actions';
import { entryDiagnostic, explainResult, findingDiagnostic, rangeOf } from './convert';
import { completionItems, configHover, documented } from './help';
import { configHints, configLenses, SHOW_USES, showUses } from './hints';
import { lenses } from './lenses';
import type { OpenLog } from './log-bytes';
import { logs } from './logs';
import {
  type ExplainLinesParams,
  type ExplainLinesResult,
  type ExplainResult,
  explainLinesRequest,
  explainRequest,
  languageNotification,
  trustedNotification,
} from './protocol';
import { serveSummaries } from './serve-summaries';
import { serveTopology } from './topology';
import { fileOf, uriOf } from './uris';
import { DEFAULT_SETTINGS, type Document, type Settings, workspace } from './workspace';

/** Milliseconds that typing must rest before other documents are judged anew. */
const REST = 150;

/** What only the machine knows that the server runs on. */
export interface Host {
  /** What `nginx -v` says: `1.22.1`; null where it cannot be asked. */
  nginxVersion?(): Promise<string | null>;
  /** nginx's documentation as `readReference` takes it; null where the host has none. */
  reference?(): Promise<string | null>;
  /** For the summary of a log, which may be larger than anything that is opened. */
  openLog?: OpenLog;
}

/** Runs until the connection closes. */
export function startServer(connection: Connection, files: Files, host: Host = {}): void {
  const texts = new TextDocuments(TextDocument);
  let rich = false;
  let panel = false;
  let snippets = false;
  let configurable = false;
  let watchesFolders = false;
  let initialFolders: string[] = [];
  let trusted = false;
  let hasLenses = true;
  let refreshesLenses = false;
  let hasHints = true;
  let refreshesHints = false;
  let showsDocuments = false;

  const open = workspace(files, (uris, urgency) => {
    refreshSoon();
    if (urgency === 'now') for (const uri of uris) publishSoon(uri, 0);
    else for (const uri of uris) publishSoon(uri, REST);
  });

  const log = logs(open);
  const summary = serveSummaries(connection, open, host.openLog);
  const topologyChanged = serveTopology(connection, open, findingsOf);

  connection.onInitialize((params: InitializeParams): InitializeResult => {
    const { capabilities, initializationOptions } = params;
    rich =
      capabilities.workspace?.workspaceEdit?.documentChanges === true &&
      capabilities.workspace.workspaceEdit.resourceOperations?.includes('create') === true &&
      capabilities.workspace.workspaceEdit.changeAnnotationSupport !== undefined;
    snippets = capabilities.textDocument?.completion?.completionItem?.snippetSupport === true;
    panel = (initializationOptions as { panel?: unknown } | undefined)?.panel === true;
    trusted = (initializationOptions as { trusted?: unknown } | undefined)?.trusted === true;
    configurable = capabilities.workspace?.configuration === true;
    refreshesLenses = capabilities.workspace?.codeLens?.refreshSupport === true;
    refreshesHints = capabilities.workspace?.inlayHint?.refreshSupport === true;
    showsDocuments = capabilities.window?.showDocument?.support === true;
    watchesFolders = capabilities.workspace?.workspaceFolders === true;
    initialFolders = (params.workspaceFolders ?? (params.rootUri ? [{ uri: params.rootUri }] : [])).map(({ uri }) =>
      fileOf(uri),
    );
    return {
      serverInfo: { name: 'upstream-medic' },
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.Incremental,
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
        hoverProvider: true,
        // A blank opens no list: most are typed in the middle of a thought.
        completionProvider: { triggerCharacters: ['$'], resolveProvider: true },
        codeLensProvider: {},
        inlayHintProvider: true,
        executeCommandProvider: { commands: [EXPLAIN, SHOW_USES] },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });

  connection.onInitialized(async () => {
    if (configurable) {
      void connection.client.register(DidChangeConfigurationNotification.type, { section: 'upstreamMedic' });
      await readSettings();
    } else {
      await set(DEFAULT_SETTINGS);
    }
    if (watchesFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(async () => {
        const folders = (await connection.workspace.getWorkspaceFolders()) ?? [];
        open.setFolders(folders.map(({ uri }) => fileOf(uri)));
      });
    }
    open.setFolders(initialFolders);
  });

  async function readSettings(): Promise<void> {
    const raw: unknown = await connection.workspace.getConfiguration('upstreamMedic');
    setShown(raw);
    await set(settingsOf(raw));
  }

  let settings = DEFAULT_SETTINGS;
  let asked: Promise<string | null> | undefined;
  let judgedBy = '';

  /** Without a version set, the one of this machine's nginx counts: the workspace must be trusted for it to be asked. */
  async function set(next: Settings): Promise<void> {
    settings = next;
    if (next.nginxVersion === null && trusted) asked ??= host.nginxVersion?.().catch(() => null);
    const nginxVersion = next.nginxVersion ?? (await asked) ?? null;
    if (settings !== next) return; // set anew meanwhile
    const by =
      next.nginxVersion !== null
        ? `nginx ${nginxVersion}, as upstreamMedic.nginxVersion says`
        : nginxVersion !== null
          ? `nginx ${nginxVersion}, as "nginx -v" says; upstreamMedic.nginxVersion sets another`
          : 'the newest nginx known; upstreamMedic.nginxVersion sets another';
    if (by !== judgedBy) connection.console.info(`Judged by ${by}`);
    judgedBy = by;
    open.setSettings({ ...next, nginxVersion });
  }

  connection.onNotification(trustedNotification, () => {
    trusted = true;
    void set(settings);
  });

  connection.onDidChangeConfiguration(({ settings }: { settings: { upstreamMedic?: unknown } | null }) => {
    if (configurable) void readSettings();
    else {
      setShown(settings?.upstreamMedic);
      void set(settingsOf(settings?.upstreamMedic));
    }
  });

  function setShown(raw: unknown): void {
    const { codeLens, inlayHints } = (raw ?? {}) as { codeLens?: unknown; inlayHints?: unknown };
    if (hasLenses === (codeLens !== false) && hasHints === (inlayHints !== false)) return;
    hasLenses = codeLens !== false;
    hasHints = inlayHints !== false;
    refreshSoon();
  }

  let restTimer: ReturnType<typeof setTimeout> | undefined;
  /** What stands beside the lines of one file depends on others: asked for again when typing rests. */
  function refreshSoon(): void {
    clearTimeout(restTimer);
    restTimer = setTimeout(() => {
      topologyChanged();
      if (open.documents.length === 0) return;
      if (refreshesLenses) void connection.sendRequest(CodeLensRefreshRequest.type);
      if (refreshesHints) void connection.sendRequest(InlayHintRefreshRequest.type);
    }, 2 * REST);
  }

  let refreshTimer: ReturnType<typeof setTimeout> | undefined;
  connection.onDidChangeWatchedFiles(() => {
    clearTimeout(refreshTimer);
    refreshTimer = setTimeout(() => open.refresh(), REST);
  });

  // What is known of a document is computed once for each of its versions.
  const suggested = new Set<string>();
  texts.onDidChangeContent(({ document }) => {
    const { uri, languageId, version } = document;
    const next: Document = { uri, languageId, version, text: document.getText() };
    open.change(next);
    const language = open.language(next);
    if (language !== null && language !== languageId && languageId !== 'NGINX' && !suggested.has(uri)) {
      suggested.add(uri);
      void connection.sendNotification(languageNotification, { uri, languageId: language });
    }
  });
  texts.onDidClose(({ document: { uri } }) => {
    open.close(uri);
    log.forget(uri);
    clearTimeout(timers.get(uri));
    timers.delete(uri);
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  });

  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  function publishSoon(uri: string, delay: number): void {
    clearTimeout(timers.get(uri));
    timers.set(
      uri,
      setTimeout(() => {
        timers.delete(uri);
        try {
          publish(uri);
        } catch (error) {
          // A fault in one rule must not take the server, and with it every other finding, away.
          connection.console.error(
            `${uri}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
          );
        }
      }, delay),
    );
  }

  const found = new WeakMap<Project, { rules: RuleSettings; byFile: Map<string, readonly Finding[]> }>();
  /** Asked once for each snapshot and its rules. */
  function findingsOf(project: Project, file: string): readonly Finding[] {
    const { rules } = open.settings;
    let known = found.get(project);
    if (known?.rules !== rules) {
      known = { rules, byFile: new Map() };
      found.set(project, known);
    }
    let list = known.byFile.get(file);
    if (!list) {
      list = findings(project, file, rules);
      known.byFile.set(file, list);
    }
    return list;
  }

  function publish(uri: string): void {
    const document = open.document(uri);
    const language = document && open.language(document);
    if (!document || !language) return;
    const { version } = document;
    if (language === 'nginx-error-log') {
      const { lines, list } = log.read(document);
      const diagnostics = list.flatMap((entry) => {
        const cause = log.cause(document, entry);
        return cause ? [entryDiagnostic(lines, entry, cause)] : [];
      });
      void connection.sendDiagnostics({ uri, version, diagnostics });
      return;
    }
    const project = open.projectOf(uri);
    if (!project?.sources.has(fileOf(uri))) return; // being loaded: told again when it is there
    const diagnostics = findingsOf(project, fileOf(uri)).map((finding) => findingDiagnostic(project, finding));
    void connection.sendDiagnostics({ uri, version, diagnostics });
  }

  async function explainDocument(uri: string, position: Position): Promise<ExplainResult | null> {
    await open.settled();
    const found = log.explainAt(uri, position);
    if (found)
      return withRoots(explainResult(found.explanation, found.project, found.entry.line, log.seen(found)), uri);
    // Too large to be open, or the editor is behind what is on the disk.
    const result = await summary.explainLine(uri, position.line);
    return result && withRoots(result, uri);
  }

  function withRoots(result: ExplainResult, uri: string): ExplainResult {
    const roots = open.projectsFor(uri).flatMap(({ nginxRoots }) => nginxRoots.map(({ file }) => uriOf(file)));
    return { ...result, roots };
  }

  connection.onRequest(explainLinesRequest, async (params: ExplainLinesParams): Promise<ExplainLinesResult> => {
    await open.settled();
    const uri = 'text' in params ? '' : params.textDocument.uri;
    const { incidents, total, others } = log.explainLines(uri, 'text' in params ? params.text : params.ranges);
    const results = incidents.map(({ explanation, project, entry, seen }) =>
      withRoots(explainResult(explanation, project, entry.line, seen), uri),
    );
    return { results, total, others };
  });

  connection.onCodeLens(async ({ textDocument: { uri } }): Promise<CodeLens[]> => {
    const document = open.document(uri);
    if (!hasLenses || !document) return [];
    if (open.language(document) !== 'nginx-error-log') {
      const project = await loadedProject(uri);
      return project ? configLenses(project, uri, panel ? 'upstreamMedic.showUses' : SHOW_USES) : [];
    }
    const { lines, list, isCut } = log.read(document);
    return lenses(
      list,
      (entry) => log.cause(document, entry),
      ({ record }) => (record.upstream === null ? null : (parseUpstream(record.upstream)?.address ?? null)),
      isCut,
    ).map(({ entry, text }) => {
      const { start } = lines.range(entry.span);
      const command = panel ? 'upstreamMedic.explainLine' : EXPLAIN;
      return { range: { start, end: start }, command: { title: text, command, arguments: [uri, start] } };
    });
  });

  connection.languages.inlayHint.on(async ({ textDocument: { uri }, range }): Promise<InlayHint[]> => {
    const project = hasHints ? await loadedProject(uri) : null;
    return project ? configHints(project, uri, range, (file) => findingsOf(project, file)) : [];
  });

  connection.onRequest(
    explainRequest,
    ({ textDocument, position }: { textDocument: { uri: string }; position: Position }) =>
      explainDocument(textDocument.uri, position),
  );

  connection.onExecuteCommand(async ({ command, arguments: args }) => {
    if (command === SHOW_USES) return showUses(connection, args?.[2], showsDocuments);
    if (command !== EXPLAIN) return null;
    const [uri, position] = (args ?? []) as [unknown, unknown];
    if (typeof uri !== 'string' || !isPosition(position)) return null;
    const result = await explainDocument(uri, position);
    if (result) {
      const { title, status, fixes } = result;
      const first = fixes.find(({ preferred }) => preferred);
      const answer = status.length > 0 ? `${status.join(' or ')}: ` : '';
      connection.window.showInformationMessage(
        `${answer}${title}.${first ? ` To do: ${first.title} (${first.time}).` : ''}`,
      );
    }
    return result;
  });

  let read: Promise<Reference | null> | undefined;
  /** Parsed when it is first asked for, so that starting costs nothing. */
  function reference(): Promise<Reference | null> {
    read ??= (host.reference?.() ?? Promise.resolve(null)).then((json) => (json === null ? null : readReference(json)));
    return read;
  }

  /** The project of a configuration that has just been opened may still be loading. */
  async function loadedProject(uri: string): Promise<Project | null> {
    const document = open.document(uri);
    const language = document && open.language(document);
    if (language !== 'nginx' && language !== 'php-fpm') return null;
    if (!open.projectOf(uri)?.sources.has(fileOf(uri))) await open.settled();
    return open.projectOf(uri);
  }

  connection.onCompletion(async ({ textDocument: { uri }, position }) => {
    const docs = await reference();
    const project = await loadedProject(uri);
    return project && completionItems(project, fileOf(uri), position, docs, snippets);
  });

  connection.onCompletionResolve(async (item) => documented(item, await reference()));

  connection.onHover(async ({ textDocument, position }) => {
    const found = log.explainAt(textDocument.uri, position);
    if (!found) {
      const docs = await reference();
      const project = await loadedProject(textDocument.uri);
      return project && configHover(project, fileOf(textDocument.uri), position, docs);
    }
    const { explanation, project, entry, document } = found;
    const place = explanation.config[0];
    const first = explanation.fixes.find(({ preferred }) => preferred);
    const answer =
      explanation.status.length > 0 ? `client gets ${explanation.status.join(' or ')}` : 'fails no request';
    const lines = [`**${plain(explanation.title)}** (${answer})`];
    if (place && project) {
      const { start } = rangeOf(project, place);
      lines.push(
        `${plain(place.file.slice(place.file.lastIndexOf('/') + 1))}:${start.line + 1} ${plain(place.directive)}`,
      );
    }
    if (first) lines.push(`To do: ${plain(first.title)}`);
    const link = encodeURIComponent(JSON.stringify([textDocument.uri, position]));
    const panelLink = panel ? `[Explain 502 Log Line](command:upstreamMedic.explainLine?${link}) · ` : '';
    lines.push(`${panelLink}[What this means](${docsUrl('causes', explanation.cause)})`);
    return {
      contents: { kind: 'markdown', value: lines.join('  \n') },
      range: log.read(document).lines.range(entry.span),
    };
  });

  connection.onCodeAction(({ textDocument: { uri }, range, context }): CodeAction[] => {
    const document = open.document(uri);
    const language = document && open.language(document);
    if (
      !document ||
      !language ||
      (context.only && !context.only.some((kind) => CodeActionKind.QuickFix.startsWith(kind)))
    )
      return [];
    const look = { rich, here: uri };
    if (language === 'nginx-error-log')
      return logActions(log, range.start, look, panel ? 'upstreamMedic.explainLine' : EXPLAIN);
    const project = open.projectOf(uri);
    return project ? fileActions(project, range, open.settings.rules, look) : [];
  });

  texts.listen(connection);
  connection.listen();
}

/** For clients that have no panel: answers with the explanation and shows it in a message. */
const EXPLAIN = 'upstreamMedic.explain';

const RULE_IDS = new Set<string>(rules.map(({ id }) => id));
const LEVELS = new Set(['error', 'warning', 'information', 'hint', 'off']);

/** Settings come from people: what is not understood is left at its default. */
function settingsOf(raw: unknown): Settings {
  const given = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
  const version = given.nginxVersion;
  const prefix = given.prefix;
  const chosen = Object.entries((given.rules ?? {}) as Record<string, unknown>).filter(
    ([id, level]) => RULE_IDS.has(id) && LEVELS.has(String(level)),
  );
  return {
    ...DEFAULT_SETTINGS,
    nginxVersion: typeof version === 'string' && /^\d+\.\d+\.\d+$/.test(version) ? version : null,
    directives: Array.isArray(given.directives) ? given.directives.filter((name) => typeof name === 'string') : [],
    prefix: typeof prefix === 'string' && prefix !== '' ? prefix : null,
    rules: Object.fromEntries(chosen) as RuleSettings,
  };
}

function isPosition(value: unknown): value is Position {
  const { line, character } = (value ?? {}) as Partial<Record<string, unknown>>;
  return typeof line === 'number' && typeof character === 'number';
}

/** Text from a file or log inside Markdown: shown as it is, never as a link, an image or HTML. */
function plain(text: string): string {
  return text.replace(/[\u0000-\u001f]/g, ' ').replace(/[\\`*_{}[\]()#+\-!<>|~&]/g, '\\$&');
}
