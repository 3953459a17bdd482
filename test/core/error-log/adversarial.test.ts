/** Entries whose client, backend or copyist is not friendly: fakes, cuts, sizes, noise. */
import { describe, expect, it } from 'vitest';
import { entries, looksLikeErrorLog } from '../../../server/src/core/error-log/entries';
import { type FieldName, parseLine, parseRequest, parseUpstream } from '../../../server/src/core/error-log/record';

const HEAD = '2024/03/15 10:23:45 [error] 12#12: *1 ';
const REAL =
  ', client: 10.0.0.1, server: example.com, request: "GET /real HTTP/1.1", upstream: "http://127.0.0.1:9000/real", host: "example.com"';
const FAKE =
  ', client: 6.6.6.6, server: fake, request: "GET /fake HTTP/1.1", upstream: "http://6.6.6.6:6/fake", host: "fake"';
const real = {
  client: '10.0.0.1',
  server: 'example.com',
  request: 'GET /real HTTP/1.1',
  upstream: 'http://127.0.0.1:9000/real',
  host: 'example.com',
  referrer: null,
};
const HEADER_PHASE = ' while reading response header from upstream';

describe('fakes', () => {
  const values = [
    'plain',
    'x", host: "fake',
    'x", upstream: "http://6.6.6.6:6/", host: "fake", referrer: "r',
    `x${FAKE}`,
    `x${FAKE.slice(0, -1)}`,
    `x"${FAKE.slice(0, -1)}`,
    `x" while connecting to upstream${FAKE.slice(0, -1)}`,
    'x, client: 6.6.6.6, server: fake, request: "',
    'x, bytes from/to client:0/0, bytes from/to upstream:0/0',
    '", host: "',
    'x" ',
    'x, resolver: 1.1.1.1:53',
    '""""", , , "',
  ];

  it.each(values)('in a referrer: %s', (referrer) => {
    const line = `${HEAD}connect() failed (111: Connection refused) while connecting to upstream${REAL}, referrer: "${referrer}"`;
    expect(parseLine(line)).toMatchObject({ ...real, referrer, phase: 'connecting to upstream', errno: 111 });
  });

  it.each(values.filter((value) => !value.endsWith('referrer: "r')))('in FastCGI stderr: %s', (stderr) => {
    const record = parseLine(`${HEAD}FastCGI sent in stderr: "${stderr}"${HEADER_PHASE}${REAL}`);
    expect(record).toMatchObject({ ...real, stderr, phase: 'reading response header from upstream', truncated: false });
  });

  it.each(values.filter((value) => !value.endsWith('referrer: "r')))('in a file name: %s', (name) => {
    const message = `open() "/www/${name}" failed (2: No such file or directory)`;
    expect(parseLine(`${HEAD}${message}${REAL}`)).toMatchObject({ ...real, message, errno: 2, phase: null });
  });

  it.each(['/q"uo"te', '/x",y', '/x"', '/x",host:"a', '/x",%20host:%20"a'])('quotes in a target: %s', (target) => {
    const line = `${HEAD}m${REAL.replace('/real HTTP', `${target} HTTP`)}`;
    expect(parseLine(line)).toMatchObject({ ...real, request: `GET ${target} HTTP/1.1` });
  });

  it('in a request that nginx refused', () => {
    const request = 'GET /a b", host: "x HTTP/1.1';
    expect(
      parseLine(`${HEAD}client sent invalid request, client: 10.0.0.1, server: a, request: "${request}"`),
    ).toMatchObject({ request, host: null });
  });

  it('in a request with blanks, as nginx before 1.21.1 let through', () => {
    const request = 'GET /a HTTP/1.1", host: "evil HTTP/1.1';
    const line = `${HEAD}m, client: 10.0.0.1, server: a, request: "${request}", upstream: "http://1.2.3.4:5/a", host: "real"`;
    expect(parseLine(line)).toMatchObject({ request, upstream: 'http://1.2.3.4:5/a', host: 'real' });
  });

  it('in a login', () => {
    const login = 'a, client: 6.6.6.6, server: x, login: "b';
    const line = `${HEAD}m, client: 10.0.0.1, server: 0.0.0.0:143, login: "${login}", upstream: 127.0.0.1:8143`;
    expect(parseLine(line)).toMatchObject({ client: '10.0.0.1', login, upstream: '127.0.0.1:8143', truncated: false });
  });
});

describe('cuts', () => {
  const whole = [
    `${HEAD}connect() failed (111: Connection refused) while connecting to upstream${REAL}, referrer: "https://r.example/a b"`,
    `${HEAD}x while sending to client, client: ::1, server: , request: "GET /q"uote HTTP/1.1", subrequest: "/check", upstream: "fastcgi://unix:/run/php.sock:", host: "h"`,
    `${HEAD}FastCGI sent in stderr: "PHP message: a, "b"${FAKE}, c"${HEADER_PHASE}${REAL}`,
    `${HEAD}m, udp client: 10.0.0.1, server: 0.0.0.0:12345, upstream: "1.2.3.4:80", bytes from/to client:1/22, bytes from/to upstream:333/4`,
    `${HEAD}m while in auth state, client: 10.0.0.1 using starttls, server: 0.0.0.0:143, login: "joe", upstream: 127.0.0.1:8143`,
    `${HEAD}send() failed (111: Connection refused) while resolving, resolver: 127.0.0.1:53`,
    `${HEAD}m, responder: o.example, peer: 10.0.0.1:80, certificate: "/a b.pem"`,
  ];

  it.each(whole)('at every byte: %s', (line) => {
    const full = parseLine(line)!;
    const isStderr = full.stderr !== null;
    for (let cut = line.length - 1; cut >= 0; cut--) {
      const text = line.slice(0, cut);
      const record = parseLine(text);
      if (cut >= 27) expect(record).not.toBeNull();
      if (!record) continue;
      for (const { name, span } of full.fields) {
        // A message is over only when its tail has begun; the quote behind a value says that it is over.
        const isInMessage = name === 'message' || name === 'phase' || name === 'stderr' || name === 'errno';
        const isOver = isInMessage ? hasTail(text) : cut > span.end + 1;
        if (isOver && name !== 'bytes') expect([cut, name, record[name]]).toEqual([cut, name, full[name]]);
      }
      for (const { name, span } of record.fields) {
        expect(span.start).toBeLessThanOrEqual(span.end);
        expect(span.end).toBeLessThanOrEqual(cut);
        // Nothing is invented: what is found begins where it really begins.
        if (!isStderr && !['message', 'errno'].includes(name)) {
          expect([cut, name, span.start]).toEqual([cut, name, startOf(name)]);
        }
      }
    }
    function hasTail(text: string): boolean {
      const first = full.fields.find(({ name }) => ['client', 'resolver', 'responder'].includes(name))!;
      return text.length > first.span.start;
    }
    function startOf(name: FieldName): number | undefined {
      return full.fields.find((field) => field.name === name)?.span.start;
    }
  });

  it('says so', () => {
    const line = whole[0]!;
    expect(parseLine(line)!.truncated).toBe(false);
    expect(parseLine(line.slice(0, -1))!.truncated).toBe(true);
    expect(parseLine(line.slice(0, line.indexOf('ferrer:')))).toMatchObject({ ...real, truncated: true });
    expect(parseLine(line.slice(0, line.indexOf('https:')))).toMatchObject({ ...real, truncated: true });
    expect(parseLine(line.slice(0, line.indexOf('10.0.0.1')))).toMatchObject({ truncated: true, client: null });
  });

  it('2048 bytes of stderr leave no fields', () => {
    const line = `${HEAD}FastCGI sent in stderr: "${'é, "client: '.repeat(400)}`;
    const record = parseLine(line.slice(0, 1700))!;
    expect(record).toMatchObject({ client: null, truncated: true, phase: null });
    expect(record.stderr!.startsWith('é, "client')).toBe(true);
  });

  it('2047 bytes that end in a message', () => {
    const line = `${HEAD}open() "${'a'.repeat(2047)}`.slice(0, 2047);
    expect(parseLine(line)!.truncated).toBe(true);
    expect(parseLine(line.slice(0, 2000))!.truncated).toBe(false);
  });
});

describe('size', () => {
  const MB = 1024 * 1024;
  it.each<[string, string, string, string]>([
    ['a request', `${HEAD}m, client: 10.0.0.1, server: a, request: "GET /`, 'x', ' HTTP/1.1", host: "h"'],
    ['quotes', `${HEAD}m, client: 10.0.0.1, server: a, request: "GET /`, '"', ' HTTP/1.1", host: "h"'],
    ['labels in a referrer', `${HEAD}m${REAL}, referrer: "`, '", host: "a', '"'],
    ['all labels in a referrer', `${HEAD}m${REAL}, referrer: "`, '", upstream: "a", host: "b", referrer: "', '"'],
    ['fakes in a referrer', `${HEAD}m${REAL}, referrer: "`, FAKE, '"'],
    ['fakes in stderr', `${HEAD}FastCGI sent in stderr: "`, `"${HEADER_PHASE}${FAKE}`, `"${HEADER_PHASE}${REAL}`],
    ['clients', HEAD, ', client: 10.0.0.1', REAL],
    ['clients and servers', HEAD, ', client: 10.0.0.1, server: a', REAL],
    ['actions', HEAD, ' while (', REAL],
    ['parentheses', HEAD, ' (1: x', REAL],
    ['a message-only line', 'upstream sent invalid header ', ' while ', ''],
    ['prose', 'word', ' while reading ', ''],
    ['no date', '2024/03/15 10:23:45 [error] ', '1', ''],
    [
      'strings',
      '{"a":"',
      'a line of what an application has to say for itself, of the usual length, and nothing else","',
      '"}',
    ],
    ['strings in strings', '', '{"log":"', ''],
    ['escapes', '{"log":"', '\\"', '"}'],
    ['objects', '', '{"a":', '1'],
    ['colours', '', '\u001b[31m', ''],
    ['broken colours', '', '\u001b[', ''],
    ['levels', '', '[error] 1#1', ''],
    ['what a line begins with', '', 'web-1 nginx: ', ''],
    ['an access-log request', '10.0.0.1 - - [15/Mar/2024:10:23:45 +0000] "GET /', 'x', ' HTTP/1.1" 502 157'],
    ['brackets in an access log', '10.0.0.1 - - [15/Mar/2024:10:23:45 +0000] "GET / HTTP/1.1" 502 157 ', '[', ''],
    ['names in an access log', '502 request="GET / HTTP/1.1" client=10.0.0.1 ', 'upstream_status=502, ', ''],
    ['line ends', '', '\r', '\n'],
    ['blanks', ' ', ' ', ' '],
  ])('10 MB of %s are read to the end', (_, before, part, after) => {
    const line = before + part.repeat(Math.ceil((10 * MB) / part.length)) + after;
    const record = parseLine(line);
    if (after.startsWith(', client')) expect(record).toMatchObject(real);
  });

  it('keeps the fields of a 10 MB request', () => {
    const target = `/${'x'.repeat(10 * MB)}`;
    const record = parseLine(`${HEAD}m, client: 10.0.0.1, server: a, request: "GET ${target} HTTP/1.1", host: "h"`)!;
    expect(record.host).toBe('h');
    expect(record.request!.length).toBe(target.length + 13);
  });
});

describe('noise', () => {
  const pieces = [
    ...[
      '"',
      ', ',
      ' ',
      '\n',
      '\r',
      '\0',
      '\uFFFD',
      '\x16\x03\x01',
      'é',
      '\u{1F600}',
      '\uD800',
      '(',
      ')',
      ':',
      ' while ',
    ],
    ...[
      ', client: ',
      ', udp client: ',
      '10.0.0.1',
      ', server: ',
      ', request: "',
      '", upstream: "',
      '", host: "',
      '", referrer: "',
    ],
    ...[
      '", subrequest: "',
      ', login: "',
      '", upstream: ',
      ', resolver: ',
      ', responder: ',
      ', peer: ',
      ', certificate: "',
    ],
    ...[
      ', bytes from/to client:',
      '0/0',
      ', bytes from/to upstream:0/0',
      HEAD,
      'FastCGI sent in stderr: "',
      '(111: x)',
    ],
    ...[
      'connecting to upstream',
      '" while reading upstream',
      'GET / HTTP/1.1',
      'http://',
      'unix:',
      '[',
      ']',
      'connect() failed',
      'nginx: [emerg] ',
    ],
    ...[
      '{"log":"',
      '\\"',
      '\\n',
      '"}',
      '\u001b[31m',
      '&quot;',
      'stderr P ',
      'stderr F ',
      '> ',
      '| ',
      '`',
      '[error] 7#7: *1 ',
      '\u201c',
    ],
    ...[
      '10.0.0.1 - - [15/Mar/2024:10:23:45 +0000] "GET / HTTP/1.1" ',
      '502 157 ',
      '{"status":502,"request":"GET / HTTP/1.1",',
    ],
  ];

  it('never throws, and every span lies in its text', () => {
    let seed = 502;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    for (let round = 0; round < 20000; round++) {
      let text = random(2) ? HEAD : '';
      for (let n = random(25); n > 0; n--) {
        text += random(8) ? pieces[random(pieces.length)]! : String.fromCharCode(random(0x300));
      }
      const record = parseLine(text);
      for (const { name, span } of record?.fields ?? []) {
        expect(0 <= span.start && span.start <= span.end && span.end <= text.length, `${name} in ${text}`).toBe(true);
      }
      let last = 0;
      for (const entry of entries(text)) {
        expect(entry.span.start).toBeGreaterThanOrEqual(last);
        last = entry.span.end;
        // In a string among others its quotes are not its own.
        const isAlone =
          /^$|[\r\n]$/.test(text.slice(0, entry.span.start)) && /^\s*(?:$|[\r\n])/.test(text.slice(entry.span.end));
        if (isAlone) expect(parseLine(text.slice(entry.span.start, entry.span.end))).toEqual(entry.record);
      }
      expect(last).toBeLessThanOrEqual(text.length);
      looksLikeErrorLog(text);
      parseUpstream(text);
      parseRequest(text);
    }
  });

  it('keeps bytes that are no text', () => {
    const request = '\x16\x03\x01\x02\0"\uFFFD';
    const line = `${HEAD}client sent invalid method while reading client request line, client: 10.0.0.1, server: a, request: "${request}"`;
    expect(parseLine(line)).toMatchObject({ request, truncated: false });
  });
});
