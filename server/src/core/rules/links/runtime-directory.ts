/** Flags a socket in a folder that goes away whenever the service restarts. */
import { meets, socketPath, spell } from '../../project/address';
import { linkedAddresses } from '../../project/links';
import { areNear } from '../../project/meant';
import { unitListeners } from '../../project/units';
import { defineRule } from '../rule';

export default defineRule({
  id: 'links/runtime-directory',
  language: 'nginx',
  severity: 'warning',
  title: 'The socket’s folder goes away when the service restarts',
  why: `\`RuntimeDirectory=app\` of a service makes \`/run/app\` when it starts and removes it, with all that is in it, when it stops. A
socket that a \`.socket\` unit holds open in that folder is gone after the first restart of the service, while systemd goes on listening
where nobody can find it: \`connect() to unix:/run/app/… failed (2: No such file or directory)\` and **502**. Put the socket beside
the folder (\`/run/app.sock\`), or set \`RuntimeDirectoryPreserve=yes\`.`,
  references: ['https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#RuntimeDirectoryPreserve='],
  *check(source, project) {
    if (unitListeners(project).length === 0) return;
    for (const { endpoint } of linkedAddresses(project, source)) {
      const { address } = endpoint;
      if (address.kind !== 'unix') continue;
      const listener = unitListeners(project).find((each) => each.socket && meets(address, each.address));
      if (!listener?.socket || listener.unit === listener.socket) continue;
      if (listener.socket.get('Socket', 'RuntimeDirectory') || !areNear(project, source.file, listener.at.file))
        continue;
      const folder = /^\/run\/([^/]+)\//.exec(socketPath(address.path))?.[1];
      const made = listener.unit
        .list('Service', 'RuntimeDirectory')
        .find(({ value }) => value.split(/\s+/).includes(folder ?? ''));
      if (
        !made ||
        /^(?:yes|true|on|1|restart)$/i.test(listener.unit.get('Service', 'RuntimeDirectoryPreserve')?.value ?? '')
      )
        continue;
      yield {
        span: endpoint.span,
        message: `${spell(address)} is gone after a restart of ${listener.unit.name}, which removes /run/${folder} when it stops (RuntimeDirectory): requests get 502 until ${listener.socket.name} is restarted too. Set RuntimeDirectoryPreserve=yes, or use /run/${folder}.sock.`,
        related: [
          { file: made.file, span: made.span, message: 'The folder lives as long as the service.' },
          { file: listener.at.file, span: listener.at.span, message: 'The socket is in it.' },
        ],
      };
    }
  },
});
