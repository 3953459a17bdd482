/** Lines of the access log: what they tell by themselves, and with the error entries that belong to them. */
import { describe, expect, it } from 'vitest';
import { type Entry, entries, LogExplainer, looksLikeErrorLog, parseLine } from '../../../server/src/core/index';
import { wrappers } from './wrappers';

const TIME = '[15/Mar/2024:10:23:45 +0000]';
const ASKED = `10.0.0.1 - - ${TIME} "GET /api/users HTTP/1.1"`;
/** What a real nginx 1.22.1 wrote for a refused connection, in the fields of its documentation. */
const REFUSED = `${ASKED} 502 157 "-" "curl/8" rt=0.000 ua="127.0.0.1:9000" us="502" uct="-" uht="-" urt="0.001"`;
const ERROR =
  '2024/03/15 10:23:45 [error] 7#7: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: example.com, request: "GET /api/users HTTP/1.1", upstream: "http://127.0.0.1:9000/api/users", host: "example.com"';

const one = { addr: '127.0.0.1:9000', status: 502, connectTime: null, headerTime: null, responseTime: 0, length: null };

/** Line, status and cause, in the order of the log. */
function explained(text: string): [number, number, string][] {
  const log = new LogExplainer(null);
  const found = [...[...entries(text)].flatMap((entry) => [...log.add(entry)]), ...log.end()];
  return found.map(({ entry, explanation }) => [entry.line, explanation.status[0]!, explanation.cause]);
}

function title(line: string): string {
  const log = new LogExplainer(null);
  return [...[...entries(line)].flatMap((entry) => [...log.add(entry)]), ...log.end()][0]!.explanation.title;
}

describe('formats', () => {
  it.each<[string, string, object, object]>([
    [
      'combined',
      `${ASKED} 502 157 "https://r/" "curl/8"`,
      { referrer: 'https://r/' },
      { status: 502, bytes: 157, tries: [] },
    ],
    ['with names', REFUSED, { upstream: '127.0.0.1:9000' }, { tries: [{ ...one, responseTime: 0.001 }] }],
    [
      'ingress-nginx, two servers',
      `${ASKED} 502 150 "-" "Mozilla/5.0 (X11)" 412 0.002 [default-web-80] [] 10.0.0.5:8080, 127.0.0.1:9000 0, 0 0.001, 0.000 502, 502 abcdef0123456789`,
      { upstream: '127.0.0.1:9000' },
      {
        requestTime: 0.002,
        tries: [
          { ...one, addr: '10.0.0.5:8080', responseTime: 0.001, length: 0 },
          { ...one, length: 0 },
        ],
      },
    ],
    [
      'Nginx Proxy Manager',
      `${TIME} - 502 502 - GET https example.com "/api/users" [Client 10.0.0.1] [Length 150] [Gzip -] [Sent-to 10.0.0.2] "curl/8" "-"`,
      { host: 'example.com', request: 'GET /api/users' },
      { bytes: 150 },
    ],
    [
      'a virtual host in front',
      `example.com ${ASKED} 502 157 "-" "curl/8" "127.0.0.1:9000"`,
      { host: 'example.com', upstream: '127.0.0.1:9000' },
      {},
    ],
    [
      'JSON as nginx escapes it',
      '{"time_local":"15/Mar/2024:10:23:45 +0000","remote_addr":"10.0.0.1","request":"GET \\/api/users HTTP/1.1","status": "502","upstream_addr":"127.0.0.1:9000","upstream_status":"502","upstream_response_time":"0.000"}',
      { upstream: '127.0.0.1:9000' },
      { tries: [one] },
    ],
    [
      'nested JSON',
      '{"@timestamp":"2024-03-15T10:23:45+00:00","client":{"ip":"10.0.0.1"},"http":{"request":{"method":"GET"},"response":{"status_code":502}},"url":{"path":"/api/users"}}',
      { request: 'GET /api/users' },
      {},
    ],
    [
      'LTSV',
      'time:2024-03-15T10:23:45+00:00\tclient:10.0.0.1\tmethod:GET\turi:/api/users\tstatus:502\tupstream_addr:127.0.0.1:9000\tupstream_status:502\tupstream_response_time:0.000',
      { upstream: '127.0.0.1:9000', request: 'GET /api/users' },
      { tries: [one] },
    ],
    [
      'logfmt',
      'time=2024-03-15T10:23:45+00:00 client=10.0.0.1 request="GET /api/users HTTP/1.1" status=502 upstream_addr=127.0.0.1:9001, 127.0.0.1:9000 upstream_status=502, 502',
      { upstream: '127.0.0.1:9000' },
      {},
    ],
  ])('%s', (_, line, record, access) => {
    const found = parseLine(line)!;
    expect(found).toMatchObject({
      time: '2024-03-15T10:23:45',
      client: '10.0.0.1',
      ...record,
      access: { status: 502, ...access },
    });
    expect(found.request).toMatch(/^GET \/api\/users(?: HTTP\/1\.1)?$/);
    for (const { name, span } of found.fields) {
      const text = line.slice(span.start, span.end).replaceAll('\\/', '/');
      if (name === 'client' || name === 'upstream' || name === 'host' || name === 'request')
        expect(text).toBe(found[name]);
    }
    expect(explained(line)).toEqual([[0, 502, 'bad-gateway']]);
  });

  it.each([
    `${ASKED} 200 502 "-" "curl/8"`,
    `${ASKED} 404 157 "-" "curl/8"`,
    `${ASKED} 500 12345 "-" "curl/8" rt=0.1 us="500" urt="0.1"`,
    `10.0.0.1 - - ${TIME} "GET /?q=${ERROR.replaceAll('"', '\\x22')} HTTP/1.1" 200 157 "-" "curl/8"`,
    `10.0.0.1 - - ${TIME} "GET / HTTP/1.1" 200 157 "-" "${ERROR.replaceAll('"', '\\x22')}"`,
    '{"status":502,"message":"the order of 502 pieces"}',
    '{"level":"info","status":"502","path":"/a","took":3}',
    'status=502 is what they get',
    '502 Bad Gateway',
  ])('no gateway error: %s', (line) => {
    expect(explained(line)).toEqual([]);
  });

  it.each(wrappers.filter(({ name }) => !/CSV|Fluent/.test(name)).map((each) => [each.name, each] as const))(
    'in %s',
    (_, { wrap, written }) => {
      const text = wrap([REFUSED]);
      const [entry, more] = [...entries(text)] as [Entry, Entry | undefined];
      expect(more).toBeUndefined();
      expect(entry.record).toMatchObject({ client: '10.0.0.1', upstream: '127.0.0.1:9000', access: { status: 502 } });
      for (const { name, span } of entry.record.fields) {
        if (name !== 'request' && name !== 'upstream') continue;
        const slice = text.slice(entry.span.start + span.start, entry.span.start + span.end);
        expect(slice).toBe((written ?? String)(entry.record[name]!));
      }
    },
  );
});

describe('what a line tells by itself', () => {
  const tail = (connect: string, header: string, response: string, addr = '127.0.0.1:9000'): string =>
    `"-" "curl/8" ua="${addr}" us="502" uct="${connect}" uht="${header}" urt="${response}"`;
  it.each<[string, string]>([
    ['No connection to 127.0.0.1:9000 came about', `${ASKED} 502 157 ${tail('-', '-', '0.001')}`],
    ['nginx reached 127.0.0.1:9000, but no usable answer came back', `${ASKED} 502 157 ${tail('0.001', '-', '0.003')}`],
    ['The backend itself answered 502 (127.0.0.1:9000)', `${ASKED} 502 157 ${tail('0.001', '0.003', '0.003')}`],
    ['No server of "backend" was left to ask', `${ASKED} 502 157 ${tail('-', '-', '0.000', 'backend')}`],
    [
      'nginx had no backend to ask: a name that could not be resolved, or a 502 of its own',
      `${ASKED} 502 157 "-" "curl/8" ua="-" us="-" uct="-" uht="-" urt="-"`,
    ],
    ['127.0.0.1:9000 took the request and did not answer in time', `${ASKED} 504 167 ${tail('0.001', '-', '60.001')}`],
    ['No connection to 127.0.0.1:9000 came about in time', `${ASKED} 504 167 ${tail('-', '-', '60.001')}`],
    [
      'nginx answered 503 without asking a backend: a limit or a "return 503"',
      `${ASKED} 503 190 "-" "curl/8" ua="-" us="-"`,
    ],
    ['The client went away before it had its answer', `${ASKED} 499 0 "-" "curl/8"`],
  ])('%s', (expected, line) => {
    expect(title(line)).toBe(expected);
  });
});

describe('together with the error log', () => {
  const line = `${ASKED} 502 157 "-" "curl/8"`;

  it('is explained by the entry of its time, client and request, before it or after', () => {
    expect(explained(`${ERROR}\n${line}`)).toEqual([
      [0, 502, 'connection-refused'],
      [1, 502, 'connection-refused'],
    ]);
    expect(explained(`${line}\n${ERROR}`)).toEqual([
      [0, 502, 'connection-refused'],
      [1, 502, 'connection-refused'],
    ]);
  });

  it.each<[string, string]>([
    ['another client', ERROR.replace('client: 10.0.0.1', 'client: 10.0.0.2')],
    ['another request', ERROR.replace('GET /api/users', 'GET /api/orders')],
    ['another method', ERROR.replace('"GET', '"POST')],
    ['another time', ERROR.replace('10:23:45', '10:23:55')],
    [
      'a notice that fails nothing',
      ERROR.replace(
        /connect\(\).*upstream, client/,
        'upstream server temporarily disabled while connecting to upstream, client',
      ),
    ],
  ])('but not by that of %s', (_, error) => {
    expect(explained(`${error}\n${line}`).at(-1)).toEqual([1, 502, 'bad-gateway']);
  });

  it('reaches back as long as the request took', () => {
    const slow = `${ASKED.replace('10:23:45', '10:24:45')} 502 157 "-" "curl/8" rt=60.010`;
    expect(explained(`${ERROR}\n${slow}`).at(-1)).toEqual([1, 502, 'connection-refused']);
  });

  it('prefers the entry of the server that was asked last', () => {
    const gone = ERROR.replace(/connect\(\).*?upstream,/, 'no live upstreams while connecting to upstream,').replace(
      '127.0.0.1:9000',
      'backend',
    );
    expect(explained(`${ERROR}\n${gone}\n${REFUSED}`).at(-1)).toEqual([2, 502, 'connection-refused']);
  });

  it('keeps the order of the log, and holds back no more than it must', () => {
    const log = new LogExplainer(null);
    const text = Array.from({ length: 1000 }, (_, i) => line.replace('/api', `/${i}`)).join('\n');
    let most = 0;
    let out = 0;
    let read = 0;
    for (const entry of entries(text)) {
      read++;
      for (const { entry: each } of log.add(entry)) expect(each.line).toBe(out++);
      most = Math.max(most, read - out);
    }
    expect(most).toBeLessThanOrEqual(201);
    expect(out + log.end().length).toBe(1000);
  });
});

describe('looksLikeErrorLog', () => {
  it('knows an access log in which something failed', () => {
    const fine = `${ASKED} 200 157 "-" "curl/8"\n`;
    expect(looksLikeErrorLog(fine.repeat(9))).toBe(false);
    expect(looksLikeErrorLog(`${fine.repeat(9)}${ASKED} 502 157 "-" "curl/8"\n`)).toBe(true);
  });

  it('knows the log of php-fpm', () => {
    const started = '[22-Nov-2026 14:00:00] NOTICE: fpm is running, pid 1\n';
    const full =
      '[22-Nov-2026 14:00:05] WARNING: [pool www] server reached pm.max_children setting (5), consider raising it\n';
    expect(looksLikeErrorLog(started.repeat(3) + full)).toBe(true);
    // What PHP itself writes has its dates too, and so have many others.
    expect(
      looksLikeErrorLog('[22-Nov-2026 14:00:00 UTC] PHP Warning:  Undefined variable $a in /a.php on line 3\n'),
    ).toBe(false);
    expect(looksLikeErrorLog('NOTICE: [pool www] is a sentence\nof a mail\n')).toBe(false);
  });
});
