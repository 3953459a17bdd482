/** A dump of `nginx -T` in the editor: judged, mended and explained in place. */
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { TextDocumentEdit } from 'vscode-languageserver-protocol/node';
import { buildServer, RICH, type Session, startSession } from './client';

const DUMP = `nginx: the configuration file /etc/nginx/nginx.conf syntax is ok
# configuration file /etc/nginx/nginx.conf:
events {}
http {
    include conf.d/*.conf;
}

# configuration file /etc/nginx/conf.d/shop.conf:
server {
    listen 80;
    server_name example.com;
    location / {
        proxy_pas http://127.0.0.1:9000;
    }
}

`;
const LINE =
  '2024/03/15 10:23:45 [error] 1#1: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: example.com, request: "GET / HTTP/1.1", upstream: "http://127.0.0.1:9000/", host: "example.com"\n';

let session: Session;
beforeAll(buildServer, 60_000);
afterEach(() => session?.stop());

test('pasted into an empty tab', async () => {
  session = await startSession({ capabilities: RICH });
  const uri = 'untitled:Untitled-1';
  session.open(uri, 'plaintext', DUMP);
  const [found, ...others] = await session.diagnostics(uri, (all) => all.length > 0);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ code: 'nginx/unknown-directive', range: { start: { line: 12, character: 8 } } });
  expect(session.languages).toEqual([{ uri, languageId: 'nginx' }]);

  const actions = await session.codeActions(uri, found!.range);
  const fix = actions.find(({ isPreferred }) => isPreferred)!;
  const [change] = fix.edit!.documentChanges as TextDocumentEdit[];
  expect(change).toMatchObject({ textDocument: { uri }, edits: [{ range: found!.range, newText: 'proxy_pass' }] });

  session.change(uri, 2, DUMP.replace('proxy_pas ', 'proxy_pass '));
  // Offers are hints.
  await session.diagnostics(uri, (all, version) => version === 2 && all.every(({ severity }) => severity === 4));
});

test('a log is explained with it, at its places', async () => {
  session = await startSession({ capabilities: RICH });
  const uri = 'untitled:Untitled-1';
  session.open(uri, 'nginx', DUMP.replace('proxy_pas ', 'proxy_pass '));
  session.open('untitled:Untitled-2', 'nginx-error-log', LINE);
  await session.diagnostics('untitled:Untitled-2', (all) => all.length > 0);
  const result = await session.connection.sendRequest<{ config: unknown[] }>('upstreamMedic/explain', {
    textDocument: { uri: 'untitled:Untitled-2' },
    position: { line: 0, character: 0 },
  });
  expect(result.config).toMatchObject([
    { uri, directive: 'proxy_pass', range: { start: { line: 12, character: 8 } } },
    { uri, directive: 'location', range: { start: { line: 11, character: 4 } } },
    { uri, directive: 'server', text: 'server (example.com)', range: { start: { line: 8, character: 0 } } },
  ]);
});
