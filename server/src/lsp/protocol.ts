/** What the server and its clients say to each other beyond LSP. Plain names and types: clients import nothing else of the server. */

/** 0-based, UTF-16, as in LSP. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** Request, client to server: `ExplainParams` -> `ExplainResult | null`. Null: the line is about no gateway error. */
export const explainRequest = 'upstreamMedic/explain';

export interface ExplainParams {
  readonly textDocument: { readonly uri: string };
  readonly position: Position;
}

/** The fields of a log entry; null where the entry does not have them. */
export interface RecordFields {
  /** `2024-03-15T10:23:45`, in the time zone of the host that wrote it. */
  readonly time: string | null;
  readonly level: string | null;
  readonly pid: number | null;
  readonly tid: number | null;
  readonly connection: number | null;
  readonly message: string;
  readonly errno: number | null;
  readonly phase: string | null;
  readonly client: string | null;
  readonly server: string | null;
  readonly request: string | null;
  readonly subrequest: string | null;
  readonly upstream: string | null;
  readonly host: string | null;
  readonly referrer: string | null;
}

export interface ExplainedPlace {
  readonly uri: string;
  readonly range: Range;
  readonly directive: string;
  /** The directive as written, on one line, without its block. */
  readonly text: string;
}

export interface ExplainedEvidence {
  readonly message: string;
  readonly uri?: string;
  readonly range?: Range;
}

export interface ExplainedEdit {
  readonly uri: string;
  readonly range: Range;
  readonly newText: string;
  /** The file is new and `newText` is all of it. Where the file exists already nothing is done. */
  readonly create?: boolean;
}

export interface ExplainedFix {
  readonly id: string;
  readonly title: string;
  readonly when: string;
  readonly time: string;
  readonly risk: string;
  readonly preferred: boolean;
  /** It gives up some protection: ask before applying it. */
  readonly weakens?: boolean;
  readonly edits: readonly ExplainedEdit[];
  /** What to write by hand, where no file in view can be changed. */
  readonly block?: string;
  /** Commands that make the change take effect. */
  readonly apply: readonly string[];
  /** Commands that show that it worked. */
  readonly confirm: readonly string[];
}

export interface ExplainResult {
  /** First line of the entry. */
  readonly line: number;
  readonly record: RecordFields;
  readonly cause: string;
  readonly title: string;
  readonly status: readonly number[];
  readonly confidence: 'certain' | 'likely' | 'needs-host';
  /** Markdown. */
  readonly why: string;
  readonly evidence: readonly ExplainedEvidence[];
  readonly config: readonly ExplainedPlace[];
  readonly checks: readonly { readonly title: string; readonly command: string }[];
  readonly fixes: readonly ExplainedFix[];
  readonly confirm: readonly string[];
  readonly references: readonly string[];
  /** The page of the cause in the documentation. */
  readonly href: string;
  /** Entries of this document with the same cause and upstream. `first`, `last`: as `record.time`. */
  readonly seen: { readonly count: number; readonly first: string | null; readonly last: string | null };
  /** The main nginx files in view: tells "no configuration is open" from "none of it fits". */
  readonly roots?: readonly string[];
}

/**
 * Request, client to server: `ExplainLinesParams` -> `ExplainLinesResult`. Many lines at once: one explanation for each
 * incident (cause, upstream, place), that of its last entry.
 */
export const explainLinesRequest = 'upstreamMedic/explainLines';

/** Lines of an open document, or a text of no document, such as a terminal's. */
export type ExplainLinesParams =
  | { readonly textDocument: { readonly uri: string }; readonly ranges: readonly Range[] }
  | { readonly text: string };

export interface ExplainLinesResult {
  /** Most frequent first, the dozen most frequent; `line` counts in the document or the text, `seen` in the lines asked for. */
  readonly results: readonly ExplainResult[];
  /** Entries about gateway errors in the lines, and how many of them are in no result. */
  readonly total: number;
  readonly others: number;
}

/**
 * Request, client to server: `SummariseParams` -> `LogSummary | null`. Counts a log of any size, open or not; asked again, it
 * reads only what was added since. Null: nothing has changed since `revision`. Can be cancelled, and reports progress.
 */
export const summariseRequest = 'upstreamMedic/summarise';

export interface SummariseParams {
  readonly uri: string;
  readonly revision?: number;
  readonly workDoneToken?: string | number;
}

/** Notification, client to server: `{ uri }`. The summary of this log is looked at no longer. */
export const summaryClosedNotification = 'upstreamMedic/summaryClosed';

/** Times as `record.time`, lines 0-based. */
export interface LogSummary {
  readonly uri: string;
  readonly revision: number;
  readonly bytes: number;
  readonly lines: number;
  /** Gateway errors. */
  readonly total: number;
  /** Was rotated or cut while it was followed: only what is in it now is counted. */
  readonly anew: boolean;
  /** Null where no entry has a time. */
  readonly range: { readonly first: string; readonly last: string } | null;
  /** Most frequent first, as all lists here. `columns`: how many in each part of the range. */
  readonly statuses: readonly {
    readonly status: readonly number[];
    readonly count: number;
    readonly columns: readonly number[];
  }[];
  readonly rows: readonly SummaryRow[];
  /** What is in no row: pairs of cause and upstream, and their entries. */
  readonly moreRows: { readonly rows: number; readonly count: number };
  /** Method and path, without the query. */
  readonly requests: readonly { readonly request: string; readonly count: number }[];
  readonly moreRequests: { readonly different: number; readonly count: number; readonly beyond: number };
  /** The main nginx files in view. */
  readonly roots: readonly string[];
}

export interface SummaryRow {
  readonly cause: string;
  readonly upstream: string | null;
  /** Of the last entry: names the address. */
  readonly title: string;
  readonly status: readonly number[];
  readonly count: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly columns: readonly number[];
  /** The first and the last entry in the log; their text, cut, where it could be read again. */
  readonly entries: readonly { readonly line: number; readonly text: string | null }[];
  readonly config: ExplainedPlace | null;
  /** The title of the remedy to try first. */
  readonly remedy: string | null;
}

/** Notification, server to client: `LanguageParams`. A document without a language of its own was recognised by its text. */
export const languageNotification = 'upstreamMedic/language';

export interface LanguageParams {
  readonly uri: string;
  readonly languageId: string;
}

/**
 * Request, server to client: `FilesParams` -> `FilesAnswer`. The editor's file system, for a server without a disk (the web
 * worker). Never fails.
 */
export const filesRequest = 'upstreamMedic/files';

export interface FilesParams {
  /** `bytes`: of a log, `length` of them from `offset` on. */
  readonly operation: 'read' | 'list' | 'stat' | 'bytes';
  readonly uri: string;
  readonly offset?: number;
  readonly length?: number;
}

/** The field of the operation that was asked for; an answer to `read` without a text says why there is none. */
export interface FilesAnswer {
  readonly text?: string;
  readonly error?: 'missing' | 'unreadable';
  readonly reason?: string;
  /** Names in the folder, sorted by code unit. */
  readonly names?: readonly string[];
  readonly stat?: 'file' | 'folder' | 'missing';
  /** Base64, and the size of the whole file. */
  readonly bytes?: string;
  readonly size?: number;
}

/** What a client may say at the start, in `initializationOptions`. */
export interface StartOptions {
  /** It has the command `upstreamMedic.explainLine` and shows explanations itself. */
  readonly panel?: boolean;
  /** The person trusts the workspace, so that a program of this machine may be asked: `nginx -v`. */
  readonly trusted?: boolean;
}

/** Notification, client to server, without parameters: the person has come to trust the workspace. */
export const trustedNotification = 'upstreamMedic/trusted';

/**
 * Request, client to server, without parameters -> `TopologyResult`: where requests go, in all that is in view. After an
 * answer the server says once that things have changed; to be told again, ask again.
 */
export const topologyRequest = 'upstreamMedic/topology';

/** Notification, server to client, without parameters: the last answer to `upstreamMedic/topology` is no longer current. */
export const topologyChangedNotification = 'upstreamMedic/topologyChanged';

export interface TopologyResult {
  /** Main files, and fragments that nothing includes; only those with servers that pass requests on. */
  readonly roots: readonly TopologyRoot[];
  readonly upstreams: readonly TopologyUpstream[];
  readonly pools: readonly TopologyPool[];
}

export interface Located {
  readonly uri: string;
  readonly range: Range;
}

/** A part of the way. `broken`, `warning`: a rule says so here; `ok`: what it leads to is in view; `unknown`: the files do not tell. */
export interface TopologyLink extends Located {
  readonly state: 'ok' | 'broken' | 'warning' | 'unknown';
  readonly said: readonly {
    /** Id of the rule, and its title. */
    readonly code: string;
    readonly title: string;
    readonly severity: 'error' | 'warning' | 'information' | 'hint';
    readonly message: string;
  }[];
}

export interface TopologyRoot {
  readonly uri: string;
  /** The name that nginx knew the file by, for one that a dump of `nginx -T` holds. */
  readonly held: string | null;
  readonly isMain: boolean;
  /** The service of a Compose file that is given it. */
  readonly service: string | null;
  readonly servers: readonly TopologyServer[];
}

export interface TopologyServer extends Located {
  /** `fragment`: locations of a server that is not in view. */
  readonly kind: 'http' | 'stream' | 'fragment';
  readonly names: readonly string[];
  readonly listen: readonly string[];
  readonly passes: readonly TopologyPass[];
  readonly locations: readonly TopologyLocation[];
}

export interface TopologyLocation extends Located {
  /** As written, without `location`: `~ \.php$`. */
  readonly name: string;
  readonly passes: readonly TopologyPass[];
  readonly locations: readonly TopologyLocation[];
}

export interface TopologyPass extends TopologyLink {
  readonly directive: string;
  readonly target: string;
  /** The target has a variable: what follows is what it can be, as far as the files tell. */
  readonly dynamic: boolean;
  /** Places in `upstreams` of the result. */
  readonly upstreams: readonly number[];
  readonly endpoints: readonly TopologyEndpoint[];
}

export interface TopologyUpstream extends TopologyLink {
  readonly name: string;
  /** `least_conn`, `keepalive 16`. */
  readonly options: readonly string[];
  readonly endpoints: readonly TopologyEndpoint[];
  /** How many passes name it. */
  readonly uses: number;
}

export interface TopologyEndpoint extends TopologyLink {
  readonly address: string;
  /** `backup`, `down`, `weight=2`. */
  readonly parameters: readonly string[];
  /** What in view listens there. `server`: nginx itself. */
  readonly reached: readonly (Located & {
    readonly kind: 'pool' | 'unit' | 'service' | 'server';
    readonly name: string;
  })[];
  /** A rule says that nothing in view listens there. */
  readonly nothing: boolean;
}

export interface TopologyPool extends TopologyLink {
  readonly name: string;
  readonly listen: string | null;
  /** How many passes lead to it. */
  readonly uses: number;
  /** None does in view, but a variable or another host may. */
  readonly perhaps: boolean;
}
