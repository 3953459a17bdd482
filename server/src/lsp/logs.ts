/** Error logs that are open: their entries, read once for each version, and what is behind the entry at a position. */
import {
  causeOf,
  contains,
  type Entry,
  type Explanation,
  entries,
  explain,
  type LineMap,
  lineMap,
  type Position,
  type Project,
  parseUpstream,
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
  read(document: Document): { readonly lines: LineMap; readonly list: readonly Entry[] };
  /** The entry at a position, explained; null where there is none, or it is about no gateway error. */
  explainAt(uri: string, position: Position): ExplainedEntry | null;
  /** How often the same thing happened to the same upstream in this log. */
  seen(explained: ExplainedEntry): ExplainResult['seen'];
  forget(uri: string): void;
}

export function logs(open: Workspace): Logs {
  const known = new Map<string, { document: Document; lines: LineMap; list: Entry[] }>();

  function read(document: Document): { lines: LineMap; list: readonly Entry[] } {
    const before = known.get(document.uri);
    if (before?.document === document) return before;
    const list: Entry[] = [];
    for (const entry of entries(document.text)) {
      if (list.length >= MOST_ENTRIES) break;
      if (causeOf(entry.record)) list.push(entry);
    }
    const made = { document, lines: lineMap(document.text), list };
    known.set(document.uri, made);
    return made;
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
    explainAt(uri, position) {
      const document = open.document(uri);
      if (!document || open.language(document) !== 'nginx-error-log') return null;
      const entry = entryAt(document, read(document).lines.offset(position));
      if (!entry) return null;
      let best: ExplainedEntry | null = null;
      for (const project of [...open.projectsFor(uri), null]) {
        const explanation = explain(entry.record, project);
        if (!explanation) return null;
        if (!best || RANK[explanation.confidence] > RANK[best.explanation.confidence]) {
          best = { document, entry, explanation, project };
        }
      }
      return best;
    },
    seen({ document, explanation }) {
      const upstream = peerOf(explanation.record.upstream);
      const same = read(document).list.filter(
        ({ record }) => peerOf(record.upstream) === upstream && causeOf(record)?.id === explanation.cause,
      );
      const times = same.flatMap(({ record }) => record.time ?? []);
      return { count: same.length, first: times[0] ?? null, last: times[times.length - 1] ?? null };
    },
    forget: (uri) => void known.delete(uri),
  };
}

const RANK = { 'needs-host': 0, likely: 1, certain: 2 } as const;

/** Scheme and address, without the URI that each request has of its own. */
function peerOf(upstream: string | null): string | null {
  const parsed = upstream === null ? null : parseUpstream(upstream);
  return parsed ? `${parsed.scheme ?? ''}//${parsed.address}` : upstream;
}
