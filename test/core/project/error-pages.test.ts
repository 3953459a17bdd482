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

it('of mounts within mounts the innermost has the page; what a volume of Docker holds nobody sees', async () => {
  const conf = '/srv/site/default.conf';
  const count = async (inner: string, page: string): Promise<number> => {
    const files = mapFiles(
      new Map([
        [conf, 'server {\n  root /html;\n  error_page 502 /errors/50x.html;\n}\n'],
        ['/srv/site/public/index.html', 'Hello'],
        [page, 'Hello'],
        [
          '/srv/site/compose.yaml',
          `services:
  web:
    image: nginx
    volumes:
      - ./default.conf:/etc/nginx/conf.d/default.conf
      - ./public:/html
${inner}`,
        ],
      ]),
    );
    const { project } = await load(files, { nginx: [conf], fpm: [], around: ['/srv/site/compose.yaml'] });
    return findings(project, conf).filter(({ code }) => code === 'nginx/error-page-missing').length;
  };
  expect(await count('', '/srv/site/other.html')).toBe(1);
  expect(await count('      - ./errors:/html/errors\n', '/srv/site/errors/50x.html')).toBe(0);
  expect(await count('      - errors:/html/errors\n', '/srv/site/other.html')).toBe(0);
});
