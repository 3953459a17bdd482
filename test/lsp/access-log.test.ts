/** Pasted logs of other shapes: lines of the access log, joined to the error log in another tab, and entries in JSON. */
import { afterEach, beforeAll, expect, test } from 'vitest';
import { buildServer, RICH, type Session, startSession } from './client';

const ERROR =
  '2024/03/15 10:23:45 [error] 1#1: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: example.com, request: "GET /a HTTP/1.1", upstream: "http://127.0.0.1:9000/a", host: "example.com"';
const ACCESS = '10.0.0.1 - - [15/Mar/2024:10:23:45 +0000] "GET /a HTTP/1.1" 502 157 "-" "curl/8"';

let session: Session;
beforeAll(buildServer, 60_000);
afterEach(() => session?.stop());

async function explained(uri: string, line: number): Promise<unknown> {
  return session.connection.sendRequest('upstreamMedic/explain', {
    textDocument: { uri },
    position: { line, character: 3 },
  });
}

test('a line of the access log is explained by the error log beside it', async () => {
  session = await startSession({ capabilities: RICH });
  session.open('untitled:access', 'plaintext', `${ACCESS}\n${ACCESS.replace('/a', '/b')}\n`);
  const alone = await session.diagnostics('untitled:access', (all) => all.length === 2);
  expect(alone).toMatchObject([
    { code: 'bad-gateway', severity: 1 },
    { code: 'bad-gateway', severity: 1 },
  ]);
  expect(session.languages).toEqual([{ uri: 'untitled:access', languageId: 'nginx-error-log' }]);

  session.open('untitled:error', 'nginx-error-log', `${ERROR}\n`);
  await session.diagnostics('untitled:error', (all) => all.length === 1);
  expect(await explained('untitled:access', 0)).toMatchObject({
    cause: 'connection-refused',
    status: [502],
    record: { request: 'GET /a HTTP/1.1', client: '10.0.0.1' },
    evidence: [{ message: expect.stringContaining('connect() failed (111') }],
  });
  expect(await explained('untitled:access', 1)).toMatchObject({ cause: 'bad-gateway' });
});

test('an entry in JSON is underlined where its message stands', async () => {
  session = await startSession({ capabilities: RICH });
  const text = JSON.stringify({ log: `${ERROR}\n`, stream: 'stderr', time: '2024-03-15T10:23:45.1Z' });
  session.open('untitled:json', 'plaintext', `${text}\n`);
  const [found] = await session.diagnostics('untitled:json', (all) => all.length === 1);
  expect(found).toMatchObject({ code: 'connection-refused' });
  expect(text.slice(found!.range.start.character, found!.range.end.character)).toBe(
    'connect() failed (111: Connection refused) while connecting to upstream',
  );
  expect(await explained('untitled:json', 0)).toMatchObject({ line: 0, record: { host: 'example.com' } });
});
