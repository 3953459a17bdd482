/** A worker that may open few files: nginx asks itself until it can open no more. */
import { connect } from 'node:net';
import { beforeAll, it } from 'vitest';
import { describeReal } from '../real/programs';
import { ask } from './client';
import { type Fault, type Lab, openLab, play } from './lab';

const loop: Fault = {
  name: 'loop',
  site: 'proxy_read_timeout 3s;\nproxy_pass http://127.0.0.1:<self>;',
  cause: 'too-many-open-files',
  got: 500,
  // Where the last file goes to the connection that is accepted, its request waits in vain.
  also: ['read-timed-out', 'connection-reset', 'client-closed'],
  async ask(lab, at) {
    const idle = connect(lab.port, '127.0.0.1').on('error', () => {});
    const reply = await ask(lab.port, at);
    idle.destroy();
    return reply.status === 500 ? reply : ask(lab.port, at);
  },
};

describeReal('limits of a worker', ['nginx'], () => {
  let lab: Lab;
  beforeAll(async () => {
    let close = async (): Promise<void> => {};
    lab = await openLab(
      {
        faults: [loop],
        main: 'worker_rlimit_nofile 60;',
        places: async ({ folder }) => new Map([['folder', folder]]),
      },
      (end) => {
        close = end;
      },
    );
    return close;
  });

  it('no file left for a connection', async () => play(lab, loop));
});
