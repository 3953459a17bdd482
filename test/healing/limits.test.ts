/** A worker that may hold too few connections, or too few files: one request more, and there is none left for the backend. */
import { connect, type Socket } from 'node:net';
import { it } from 'vitest';
import { httpBackend } from '../real/backends';
import { type Answer, get } from '../real/http';
import { mainFile } from '../real/nginx';
import { describeReal } from '../real/programs';
import { heal, type Stage, site, stage } from './heal';

describeReal('limits of a worker', ['nginx'], () => {
  /** Holds connections open, one more each time, until a request fails or `most` are held. */
  async function crowd({ port }: Stage, least: number, most: number): Promise<Answer> {
    const held: Socket[] = [];
    const hold = async (): Promise<void> => {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      held.push(socket);
      // The beginning of a request: nginx gives up connections that have none.
      await new Promise((resolve) => socket.write('GET / HTTP/1.1\r\n', resolve));
    };
    try {
      for (let i = 0; i < least; i++) await hold();
      let answer = await get(port, '/');
      while (answer.status === 200 && held.length < most) {
        await hold();
        answer = await get(port, '/');
      }
      return answer;
    } finally {
      for (const socket of held) socket.destroy();
    }
  }

  const limits = [
    {
      cause: 'worker-connections-exhausted',
      main: (text: string) => text,
      around: [100, 130],
      changes: ['+ worker_rlimit_nofile 8192;', '- worker_connections 128;', '+ worker_connections 4096;'],
    },
    {
      cause: 'too-many-open-files',
      main: (text: string) => text.replace('\nevents', 'worker_rlimit_nofile 60; # as the hoster said\n\nevents'),
      around: [30, 60],
      changes: [
        '- worker_rlimit_nofile 60; # as the hoster said',
        '+ worker_rlimit_nofile 8192; # as the hoster said',
        '- worker_connections 128;',
        '+ worker_connections 4096;',
      ],
    },
  ] as const;

  it.each(limits)('$cause', async ({ cause, main, around: [least, most], changes }) => {
    const at = await stage();
    const port = await httpBackend(at.scene);
    await heal({
      ...at,
      main: main(mainFile(at.scene)),
      site: site(at, `location / {\n    proxy_pass http://127.0.0.1:${port};\n}`),
      ask: () => crowd(at, least, most),
      expected: {
        status: 500,
        cause,
        confidence: 'certain',
        rule: null,
        fix: 'worker-limits',
        place: `sites-enabled/shop.conf: proxy_pass http://127.0.0.1:${port};`,
        changes,
      },
    });
  });
});
