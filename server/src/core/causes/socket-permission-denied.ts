/** connect() to a unix socket that nginx's user may not open. */
import { poolAt } from '../project/links';
import { nginxUser } from '../project/settings';
import { socketAccess } from '../project/socket-access';
import { fix } from '../remedies/remedy';
import permissions from '../remedies/socket-permissions';
import { dirname } from '../text/path';
import { shellWord } from '../text/shell';
import { defineCause, type Incident } from './cause';
import { connectFailure } from './connecting';

export default defineCause({
  id: 'socket-permission-denied',
  title: 'nginx may not open the socket',
  headline: ({ address }) =>
    address?.kind === 'unix' ? `nginx may not open ${address.path}` : 'nginx may not open the socket',
  status: [502],
  pattern: /^(?:kevent\(\) reported that )?connect\(\) (?:to |failed)/,
  when: (record) => connectFailure(record) === 'socket-permission-denied',
  why: `The socket is there, but the user that nginx's workers run as has no write permission on it, or may not enter one of the
folders above it. php-fpm creates the socket with \`listen.owner\`, \`listen.group\` and \`listen.mode\` (0660 by default); unset,
it belongs to the user that started php-fpm, mostly root. The client gets **502** at once.

On SELinux systems a denial shows in \`ausearch -m avc\`, not in the file's mode.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  checks: ({ address, project, route }) => {
    const path = address?.kind === 'unix' ? address.path : null;
    const main = project && route ? nginxUser(project, route.pass.at.file)?.at.file : undefined;
    return [
      ...(path
        ? [
            { title: 'Who owns the socket, and with which mode?', command: `ls -la ${shellWord(path)}` },
            { title: 'May nginx enter every folder above it?', command: `namei -l ${shellWord(dirname(path))}` },
          ]
        : []),
      {
        title: 'Which user does nginx run as?',
        command: `grep -E '^\\s*user' ${shellWord(main ?? '/etc/nginx/nginx.conf')}`,
      },
      { title: 'Does SELinux deny it?', command: 'ausearch -m avc -ts recent' },
    ];
  },
  evidence: (incident) => {
    const found = closed(incident);
    const place = found?.access.place ?? found?.pool.get('listen');
    if (!found || !place) return [];
    return [
      { message: found.access.reason, file: place.file, span: place.setting.span },
      { message: `nginx runs as ${found.user.user}.`, file: found.user.at.file, span: found.user.at.directive },
    ];
  },
  fixes: (incident) => {
    const { project } = incident;
    const found = closed(incident);
    return found
      ? [fix(permissions, project, { pool: found.pool, user: found.user.user, group: found.user.group }, true)]
      : [];
  },
  advice: [permissions],
});

/** The pool behind the socket and nginx's user, where both are in view. */
function closed({ project, address, route }: Incident) {
  const pool = project && address ? poolAt(project, address) : null;
  const user = project && nginxUser(project, route?.pass.at.file ?? '');
  return pool && user ? { pool, user, access: socketAccess(pool, user) } : null;
}
