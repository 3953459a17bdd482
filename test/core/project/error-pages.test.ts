/** Which error pages are known not to be there: only what was looked for, and could be seen. */
import { expect, it } from 'vitest';
import { findings, load, mapFiles } from '../../../server/src/core/index';
import type { Files } from '../../../server/src/core/text/files';

const MAIN = '/srv/site/nginx.conf';

const site = (root: string): string => `events {}
http {
  server {
    root ${root};
    error_page 502 /50x.html;
    location /api/ { proxy_pass http://127.0.0.1:3000; }
  }
}
`;

const found = async (files: Files, text = site('/srv/site/html')) => {
  const { project } = await load(
    { ...files, read: async (path) => (path === MAIN ? { text } : files.read(path)) },
    { nginx: [MAIN], fpm: [] },
  );
  const ask = (of: typeof project): number =>
    findings(of, MAIN).filter(({ code }) => code === 'nginx/error-page-missing').length;
  return { project, ask, count: ask(project) };
};

const HTML = new Map([
  [MAIN, ''],
  ['/srv/site/html/index.html', 'Hello'],
]);

it('a page that is not there, in a folder that is', async () => {
  expect((await found(mapFiles(HTML))).count).toBe(1);
  expect((await found(mapFiles(new Map([...HTML, ['/srv/site/html/50x.html', 'Back soon']])))).count).toBe(0);
  expect((await found(mapFiles(HTML), site('/srv/site/errors'))).count).toBe(0);
});

it('a folder that this user may not look into says nothing', async () => {
  const files = mapFiles(HTML);
  const closed: Files = {
    ...files,
    read: async (path) =>
      path.startsWith('/srv/site/html/') ? { error: 'unreadable', reason: 'permission denied' } : files.read(path),
  };
  expect((await found(closed)).count).toBe(0);
});

it('while a person types nobody looks at the disk: a page that nobody has looked for is not missed', async () => {
  const { project, ask } = await found(mapFiles(HTML));
  const elsewhere = project.withText(MAIN, site('/srv/site/other'));
  expect(ask(elsewhere)).toBe(0);
  expect(ask(elsewhere.withText(MAIN, site('/srv/site/html')))).toBe(1);
  expect(ask(project.withText(MAIN, site('/srv/site/html').replace('/50x.html', '/503.html')))).toBe(0);
});
