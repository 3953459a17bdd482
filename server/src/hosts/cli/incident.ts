/** What makes two log entries the same incident, and how the terminal names its parts. */
import { type Explanation, type LogRecord, parseRequest, parseUpstream } from '../../core/index';

/** More distinct incidents than this are counted, not kept: a log can be made to have any number. */
export const MOST_INCIDENTS = 1000;

/** Same cause, same upstream, same place; for messages of PHP, the same message. */
export function incidentKey({ cause, config, record, title }: Explanation): string {
  const place = config[0] ? `${config[0].file}:${config[0].span.start}` : '';
  return [cause, upstreamName(record), place, record.stderr?.slice(0, 200) ?? '', title].join('\u0000');
}

/** The upstream without the path that was asked of it; null where the line has none. */
export function upstreamName(record: LogRecord): string | null {
  if (record.upstream === null) return null;
  return parseUpstream(record.upstream)?.address ?? record.upstream.slice(0, 100);
}

/** Method and path; a query is left out, because tokens travel in it and terminals are pasted into incident channels. */
export function requestName(record: LogRecord): string | null {
  if (record.request === null) return null;
  const request = parseRequest(record.request);
  if (!request) return record.request.slice(0, 60);
  return `${request.method} ${request.path}${request.target.includes('?') ? '?…' : ''}`;
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  499: 'Client Closed Request',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** `502 Bad Gateway`, `502 or 504`, or that no request failed. */
export function statusName(status: readonly number[]): string {
  if (status.length === 0) return 'no request failed';
  if (status.length > 1) return status.join(' or ');
  return [status[0], REASONS[status[0]!]].filter(Boolean).join(' ');
}

/** `2024-03-15T10:23:45` as people write it. */
export function timeName(time: string): string {
  return time.replace('T', ' ');
}
