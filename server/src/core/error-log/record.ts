/** What is known of one entry of a log. */
import type { Span } from '../text/span';
import type { Access } from './access';
import { entries } from './entries';
import type { FpmFields } from './php-fpm';

export { parseRequest, parseUpstream, type Request, type Upstream } from './values';

export type Level = 'debug' | 'info' | 'notice' | 'warn' | 'error' | 'crit' | 'alert' | 'emerg';

/** What the stream module counts (ngx_stream_proxy_log_error). */
export interface ByteCounts {
  readonly fromClient: number;
  readonly toClient: number;
  readonly fromUpstream: number;
  readonly toUpstream: number;
}

/** The fields that nginx may write after the message, in the words of interfaces.md. */
export type TailField =
  | 'client'
  | 'server'
  | 'request'
  | 'subrequest'
  | 'upstream'
  | 'host'
  | 'referrer'
  | 'login'
  | 'resolver'
  | 'responder'
  | 'peer'
  | 'certificate';

export type FieldName =
  | TailField
  | 'time'
  | 'level'
  | 'pid'
  | 'tid'
  | 'connection'
  | 'message'
  | 'errno'
  | 'phase'
  | 'stderr'
  | 'bytes';

/** Where a field's value stands in the text that was parsed, without its label and quotes. */
export interface Field {
  readonly name: FieldName;
  readonly span: Span;
}

export interface LogRecord extends Readonly<Record<TailField, string | null>> {
  /** `2024-03-15T10:23:45`, without a zone because nginx writes local time. */
  readonly time: string | null;
  readonly level: Level | null;
  readonly pid: number | null;
  readonly tid: number | null;
  readonly connection: number | null;
  /** All that stands before `, client: …`, with ` while connecting to upstream`. */
  readonly message: string;
  /** The number of `(111: Connection refused)`, never the words: they are in the system's language. */
  readonly errno: number | null;
  /** What follows the last ` while ` of the message. */
  readonly phase: string | null;
  /** What a FastCGI server wrote to its stderr; may have several lines. */
  readonly stderr: string | null;
  readonly bytes: ByteCounts | null;
  /** The end is missing: nginx cuts an entry at 2048 bytes (NGX_MAX_ERROR_STR), and copying loses ends too. */
  readonly truncated: boolean;
  /** Ordered by start. `errno`, `phase` and `stderr` lie within `message`; the span of `errno` has the words too. */
  readonly fields: readonly Field[];
  /** For a line of the access log: what it says of the request's end. `message` is then the whole line. */
  readonly access?: Access;
  /** For an entry of php-fpm's own log. */
  readonly fpm?: FpmFields;
}

/**
 * The record of one entry as it was pasted: a line, or several joined with their line ends. Null when it begins none.
 * Its spans count from the start of the text.
 */
export function parseLine(text: string): LogRecord | null {
  for (const { span, record } of entries(text)) return shifted(record, span.start);
  return null;
}

function shifted(record: LogRecord, by: number): LogRecord {
  if (by === 0) return record;
  const fields = record.fields.map(({ name, span }) => ({
    name,
    span: { start: span.start + by, end: span.end + by },
  }));
  return { ...record, fields };
}
