/** Starts a backend that has crashed or was never started. */
import type { Backend } from '../project/service';
import { shellWord } from '../text/shell';
import { defineRemedy } from './remedy';

export default defineRemedy<{ readonly backend: Backend }>({
  id: 'restart-service',
  title: 'Restart the backend service',
  when: 'The backend has crashed or stopped answering.',
  time: '< 1 min',
  risk: 'Low: brief interruption of the backend',
  why: 'Restarts the unit or container behind the address. Look at its log first when it crashed: a restart alone does not keep it up.',
  references: ['https://www.freedesktop.org/software/systemd/man/latest/systemctl.html'],
  describe: (_, { backend }) =>
    backend.name
      ? `Start ${backend.name} if it should be up`
      : 'Start the service behind this address if it should be up',
  edits: () => [],
  apply: (_, { backend }) => {
    const name = shellWord(backend.name ?? 'SERVICE');
    return backend.kind === 'container' ? [`docker restart ${name}`] : [`systemctl restart ${name}`];
  },
  confirm: (_, { backend }) => {
    const name = shellWord(backend.name ?? 'SERVICE');
    return backend.kind === 'container' ? [`docker ps --filter name=${name}`] : [`systemctl is-active ${name}`];
  },
});
