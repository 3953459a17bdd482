/** Error logs that are open: their entries, read once for each version, and what is behind the entry at a position. */
import {
  type Cause,
  causeOf,
  contains,
  type Entry,
  type Explanation,
  entries,
  explain,
  type LineMap,
  type LogRecord,
  lineMap,
  meaningOf,
  type Position,
  type Project,
  parseUpstream,
  type Range,
  RecentErrors,
  type Report,
  reasonOf,
  Tally,
} from '../core/index';
import type { ExplainResult } from './protocol';
import type { Document, Workspace } from './workspace';

/** More underlined lines than a person looks at; the rest of a log is for the summary. */
const MOST_ENTRIES = 2000;

export interface ExplainedEntry {
  readonly document: Document;
  readonly entry: Entry;
  readonly explanation: Explanation;
  /** The one whose files show most of it; null where none is in view. */
  readonly project: Project | null;
}

export interface Logs {
  /** The entries about gateway errors, the first two thousand. */
  read(document: Document): { readonly lines: LineMap; readonly list: readonly Entry[]; readonly isCut: boolean };
  /** What is behind an entry; of a line of the access log what the error log says of it, here or in another open one. */
  cause(document: Document, entry: Entry): Pick<Cause, 'id' | 'title' | 'status'> | null;
  /** The entry at a position, explained; null where there is none, or it is about no gateway error. */
  explainAt(uri: string, position: Position): ExplainedEntry | null;
  /** How often the same thing happened to the same upstream in this log. */
  seen(explained: ExplainedEntry): ExplainResult['seen'];
  /** The incidents in these lines of a document, or in a text that is none: see explainLinesRequest. */
  explainLines(uri: string, lines: readonly Range[] | string): ExplainedLines;
  forget(uri: string): void;
}

export interface ExplainedLines {
  readonly incidents: readonly (Found & { readonly entry: Entry; readonly seen: ExplainResult['seen'] })[];
  readonly total: number;
  readonly others: number;
}

interface Found {
  readonly explanation: Explanation;
  readonly project: Project | null;
}

interface Known {
  readonly document: Document;
  readonly lines: LineMap;
  readonly list: readonly Entry[];
  readonly isCut: boolean;
  readonly errors: RecentErrors;
  /** Of the whole log, when it was asked for. */
  report?: Report;
}

export function logs(open: Workspace): Logs {
  const known = new Map<string, Known>();

  function read(document: Document): Known {
    const before = known.get(document.uri);
    if (before?.document === document) return before;
    const list: Entry[] = [];
    for (const entry of entries(document.text)) {
      if (list.length >= MOST_ENTRIES) break;
      if (causeOf(entry.record)) list.push(entry);
    }
    const errors = new RecentErrors();
    for (const { record } of list) errors.add(record);
    const made = { document, lines: lineMap(document.text), list, isCut: list.length >= MOST_ENTRIES, errors };
    known.set(document.uri, made);
    return made;
  }

  /** The errors of its own text before those of other open logs: these are as likely another server's. */
  function errorsFor(document: Document, record: LogRecord): RecentErrors {
    const own = read(document).errors;
    if (!record.access || reasonOf(record, own)) return own;
    const others = [...known.values()].filter((each) => each.document !== document);
    return others.find(({ errors }) => reasonOf(record, errors))?.errors ?? own;
  }

  function causeIn(document: Document, { record }: Entry): ReturnType<Logs['cause']> {
    const error = record.access ? reasonOf(record, errorsFor(document, record)) : null;
    const cause = causeOf(error ?? record);
    return cause && record.access ? { ...cause, status: [record.access.status] } : cause;
  }

  /** Among those read already, or in a long log read from its own lines. */
  function entryAt(document: Document, offset: number): Entry | null {
    const { list } = read(document);
    const holds = ({ span }: Entry): boolean => contains(span, offset);
    const found = list.find(holds);
    if (found || list.length < MOST_ENTRIES) return found ?? null;
    for (const entry of entries(document.text)) {
      if (holds(entry)) return entry;
      if (entry.span.start > offset) break;
    }
    return null;
  }

  return {
    read,
    cause: causeIn,
    explainAt(uri, position) {
      const document = open.document(uri);
      if (!document || open.language(document) !== 'nginx-error-log') return null;
      const entry = entryAt(document, read(document).lines.offset(position));
      if (!entry) return null;
      const found = explainBest(open.projectsFor(uri), entry.record, errorsFor(document, entry.record));
      return found && { document, entry, ...found };
    },
    explainLines(uri, lines) {
      const document = open.document(uri);
      const list =
        typeof lines === 'string'
          ? [...entries(lines)]
          : document && open.language(document) === 'nginx-error-log'
            ? entriesIn(document, read(document).lines, lines)
            : [];
      const own = new RecentErrors();
      for (const { record } of list) own.add(record);
      const errorsOf = ({ record }: Entry): RecentErrors =>
        document && !(record.access && reasonOf(record, own)) ? errorsFor(document, record) : own;
      return incidents(open.projectsFor(uri), list, errorsOf);
    },
    seen({ document, explanation }) {
      const known = read(document);
      if (known.isCut) {
        const all = seenInAll(known, explanation);
        if (all) return all;
      }
      const upstream = peerOf(explanation.record.upstream);
      const same = known.list.filter(
        (each) => peerOf(each.record.upstream) === upstream && causeIn(document, each)?.id === explanation.cause,
      );
      const times = same.flatMap(({ record }) => record.time ?? []);
      return { count: same.length, first: times[0] ?? null, last: times[times.length - 1] ?? null };
    },
    forget: (uri) => void known.delete(uri),
  };
}

const RANK = { 'needs-host': 0, likely: 1, certain: 2 } as const;

/** By the project whose files show most of it; null when the record is about no gateway error. */
export function explainBest(
  projects: readonly Project[],
  record: LogRecord,
  errors?: RecentErrors,
): { explanation: Explanation; project: Project | null } | null {
  let best: { explanation: Explanation; project: Project | null } | null = null;
  for (const project of [...projects, null]) {
    const explanation = explain(record, project, errors);
    if (!explanation) return null;
    if (!best || RANK[explanation.confidence] > RANK[best.explanation.confidence]) best = { explanation, project };
  }
  return best;
}

/** An entry may begin above the first line, where PHP's messages go on for many. */
const MOST_LINES_ABOVE = 200;
/** More than a person compares. */
const MOST_INCIDENTS = 12;

function entriesIn(document: Document, lines: LineMap, ranges: readonly Range[]): Entry[] {
  const found = new Map<number, Entry>();
  for (const { start, end } of ranges) {
    const from = Math.max(0, start.line - MOST_LINES_ABOVE);
    const offset = lines.lineStart(from);
    // The last line is selected only if something of it is.
    const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
    const selected = { start: lines.lineStart(start.line), end: lines.lineEnd(last) };
    for (const entry of entries(document.text.slice(offset, selected.end))) {
      const span = { start: offset + entry.span.start, end: offset + entry.span.end };
      if (span.end > selected.start) found.set(span.start, { ...entry, line: from + entry.line, span });
    }
  }
  return [...found.values()];
}

function incidents(
  projects: readonly Project[],
  list: readonly Entry[],
  errorsOf: (entry: Entry) => RecentErrors,
): ExplainedLines {
  const groups = new Map<string, Entry[]>();
  let total = 0;
  for (const entry of list) {
    const { record } = entry;
    const error = record.access ? reasonOf(record, errorsOf(entry)) : null;
    const cause = causeOf(error ?? record);
    if (!cause) continue;
    total++;
    const key = [cause.id, peerOf((error ?? record).upstream), record.stderr?.slice(0, 200)].join('\u0000');
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  const most = [...groups.values()].sort((a, b) => b.length - a.length).slice(0, MOST_INCIDENTS);
  return {
    incidents: most.flatMap((group) => {
      const entry = group[group.length - 1]!;
      const found = explainBest(projects, entry.record, errorsOf(entry));
      const times = group.flatMap(({ record }) => record.time ?? []);
      const seen = { count: group.length, first: times[0] ?? null, last: times[times.length - 1] ?? null };
      return found ? [{ ...found, entry, seen }] : [];
    }),
    total,
    others: total - most.reduce((sum, group) => sum + group.length, 0),
  };
}

/** Among all entries of a long log, which only the tally reads; null where it tells causes apart by other means. */
function seenInAll(known: Known, { cause, record }: Explanation): ExplainResult['seen'] | null {
  known.report ??= count(known.document.text);
  const upstream = record.upstream === null ? null : (parseUpstream(record.upstream)?.address ?? null);
  const row = known.report.rows.find((each) => each.cause === cause && each.upstream === upstream);
  if (!row) return null;
  const { range, count: number } = row.timeline;
  return { count: number, first: range && timeOf(range[0]), last: range && timeOf(range[1]) };
}

function count(text: string): Report {
  const tally = new Tally({
    meaning: (record) => meaningOf(record, null),
    decoder: new TextDecoder('utf-8', { ignoreBOM: true }),
  });
  tally.add(new TextEncoder().encode(text));
  tally.finish();
  return tally.counts.report();
}

/** As records have it. */
export const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19);

/** Scheme and address, without the URI that each request has of its own. */
function peerOf(upstream: string | null): string | null {
  const parsed = upstream === null ? null : parseUpstream(upstream);
  return parsed ? `${parsed.scheme ?? ''}//${parsed.address}` : upstream;
}
