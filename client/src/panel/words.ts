/** How the panel and its Markdown copy put things. */
import type { ExplainResult, RecordFields } from '../../../server/src/lsp/protocol';

/** As nginx writes them (ngx_http_special_response.c), and 499, which only its logs show. */
const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Authorization Required',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Time-out',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Large',
  429: 'Too Many Requests',
  495: 'SSL Certificate Error',
  499: 'Client Closed Request',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

/** `502`, `Bad Gateway`; several codes have no common phrase; no code means that no request failed. */
export function statusWords(status: readonly number[]): { code: string; phrase: string } {
  if (status.length === 0) return { code: '', phrase: 'No failed request' };
  if (status.length === 1) return { code: String(status[0]), phrase: reasons[status[0]!] ?? '' };
  return { code: `${status.slice(0, -1).join(', ')} or ${status[status.length - 1]}`, phrase: '' };
}

export const confidenceWords: Readonly<Record<ExplainResult['confidence'], { word: string; meaning: string }>> = {
  certain: { word: 'certain', meaning: 'The files in view show it.' },
  likely: { word: 'likely', meaning: 'The line says what happened, and the files in view name a place.' },
  'needs-host': {
    word: 'check the host',
    meaning: 'The line says what happened; only the host can tell what is behind it.',
  },
};

/** `GET /api/users`: the request line without its protocol. */
export function requestWords(request: string): string {
  return request.replace(/ HTTP\/[\d.]+$/, '');
}

/** `10:23:45` on the day `today` (2024-03-15), `2024-03-15 10:23:45` on another. */
export function timeWords(time: string, today?: string): string {
  const [day, clock] = time.split('T');
  return clock === undefined ? time : day === today ? clock : `${day} ${clock}`;
}

export function seenWords({ seen, record }: Pick<ExplainResult, 'seen' | 'record'>, today?: string): string {
  if (seen.count <= 1) return 'seen once';
  const since = seen.first && ` since ${timeWords(seen.first, record.time?.split('T')[0] ?? today)}`;
  return `seen ${seen.count.toLocaleString('en-US')} times${since ?? ''}`;
}

/** The first two sentences of the explanation. */
export function leadOf(why: string): string {
  const paragraph = why.trim().split(/\n\s*\n/, 1)[0]!;
  // Full stops within code are none, nor are those of "e.g. " and "etc. ".
  const sentence = /(?:`[^`]*`|[^`])*?(?<!\b(?:e\.g|i\.e|etc|vs|cf))[.!?](?=\s+[A-Z`*"]|\s*$)/y;
  let end = 0;
  for (let count = 0; count < 2; count++) {
    sentence.lastIndex = end;
    if (!sentence.test(paragraph)) break;
    end = sentence.lastIndex;
  }
  return end > 0 ? paragraph.slice(0, end) : paragraph;
}

export function whyTitle(status: readonly number[]): string {
  if (status.length === 0) return 'Why it is logged';
  if (status.length > 1) return 'Why these statuses';
  if (status[0] === 502) return 'Why 502 and not 504';
  return status[0] === 504 ? 'Why 504 and not 502' : `Why ${status[0]}`;
}

const labels: readonly (readonly [field: keyof RecordFields, label: string])[] = [
  ['time', 'Time'],
  ['level', 'Level'],
  ['pid', 'Process'],
  ['tid', 'Thread'],
  ['connection', 'Connection'],
  ['message', 'Message'],
  ['errno', 'Errno'],
  ['phase', 'While'],
  ['client', 'Client'],
  ['server', 'Server'],
  ['request', 'Request'],
  ['subrequest', 'Subrequest'],
  ['upstream', 'Upstream'],
  ['host', 'Host header'],
  ['referrer', 'Referrer'],
];

/** The fields that the entry has, with what they are called. */
export function fieldsOf(record: RecordFields): { label: string; value: string }[] {
  return labels.flatMap(([field, label]) => {
    const value = record[field];
    return value === null || value === undefined || value === '' ? [] : [{ label, value: String(value) }];
  });
}
