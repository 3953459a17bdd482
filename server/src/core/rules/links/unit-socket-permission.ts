/** Flags a socket unit whose socket the user nginx runs as may not open. */
import { meets } from '../../project/address';
import { linkedAddresses } from '../../project/links';
import { areNear } from '../../project/meant';
import { nginxUser } from '../../project/settings';
import type { Unit } from '../../project/system';
import { unitListeners } from '../../project/units';
import { defineRule } from '../rule';

export default defineRule({
  id: 'links/unit-socket-permission',
  language: 'nginx',
  severity: 'error',
  title: 'nginx may not open the socket of this unit',
  why: `systemd makes the socket of a \`.socket\` unit with \`SocketUser=\`, \`SocketGroup=\` and \`SocketMode=\` (root and 0666 where nothing is set).
Connecting needs write permission: a worker of nginx without it gets \`connect() to unix:… failed (13: Permission denied)\`, the
client **502**.`,
  references: ['https://www.freedesktop.org/software/systemd/man/latest/systemd.socket.html#SocketMode='],
  *check(source, project) {
    if (unitListeners(project).length === 0) return;
    const nginx = nginxUser(project, source.file);
    if (!nginx || nginx.user === 'root' || /^\d+$/.test(nginx.user)) return;
    for (const { endpoint } of linkedAddresses(project, source)) {
      const { address } = endpoint;
      if (address.kind !== 'unix') continue;
      const found = unitListeners(project).filter((each) => each.socket && meets(address, each.address));
      const [listener] = found;
      if (found.length !== 1 || !listener?.socket || !areNear(project, source.file, listener.at.file)) continue;
      const access = accessOf(listener.socket, nginx);
      if (access === null) continue;
      const place = listener.socket.get('Socket', 'SocketMode') ?? listener.at;
      yield {
        span: endpoint.span,
        message: `${listener.socket.name} makes ${address.path} for ${access}; nginx runs as ${nginx.user}: connecting fails with "13: Permission denied" (502). Set SocketUser=${nginx.user}.`,
        related: [{ file: place.file, span: place.span, message: `${listener.socket.name} says so here.` }],
      };
    }
  },
});

/** Whose the socket is, where nginx is none of them; null where it may open it, or be a member of the group. */
function accessOf(socket: Unit, nginx: { user: string; group: string }): string | null {
  const set = (key: string): string | null => socket.get('Socket', key)?.value ?? null;
  const mode = Number.parseInt(set('SocketMode') ?? '0666', 8);
  const user = set('SocketUser') ?? 'root';
  const group = set('SocketGroup') ?? user;
  if (!Number.isFinite(mode) || mode & 0o002 || /[%$\d]/.test(user + group)) return null;
  if (user === nginx.user && mode & 0o200) return null;
  if (
    mode & 0o020 &&
    (group === nginx.group || group === nginx.user || (set('SocketGroup') !== null && group !== 'root'))
  )
    return null;
  return `${user}:${group} with mode 0${(mode & 0o777).toString(8)}`;
}
