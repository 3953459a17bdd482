/** Flags a pool's socket that the user nginx runs as may not open. */
import { passesOf } from '../../project/links';
import { poolNear } from '../../project/meant';
import { nginxUser } from '../../project/settings';
import { socketAccess } from '../../project/socket-access';
import { fix } from '../../remedies/remedy';
import permissions from '../../remedies/socket-permissions';
import { defineRule } from '../rule';

export default defineRule({
  id: 'links/socket-permission',
  language: 'nginx',
  severity: 'error',
  title: 'nginx may not open this socket',
  why: `Connecting to a unix socket needs write permission on it. php-fpm creates the socket with \`listen.owner\`, \`listen.group\` and
\`listen.mode\` (0660 by default); where owner and group are not set, it belongs to the user that started php-fpm, mostly
root. A worker of nginx that is neither gets \`connect() to unix:… failed (13: Permission denied)\`, the client **502**.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  *check(source, project) {
    if (project.pools.length === 0) return;
    const user = nginxUser(project, source.file);
    if (!user) return;
    for (const pass of passesOf(project, source)) {
      for (const endpoint of pass.endpoints) {
        const pool = endpoint.address.kind === 'unix' ? poolNear(project, source.file, endpoint.address) : null;
        const access = pool && socketAccess(pool, user);
        if (!pool || !access || access.verdict === 'open') continue;
        const place = access.place ?? pool.get('listen')!;
        yield {
          span: pass.at.directive.args[0]!,
          severity:
            access.verdict === 'closed' ? 'error' : access.verdict === 'closed-by-default' ? 'warning' : 'information',
          message: `${access.reason} nginx runs as ${user.user}${user.group === user.user ? '' : ` (group ${user.group})`}: connecting fails with "13: Permission denied" (502)${access.verdict === 'depends' ? `, unless ${user.user} is a member of that group` : ''}.`,
          related: [
            { file: place.file, span: place.setting.span, message: `Pool "${pool.name}" says so here.` },
            { file: user.at.file, span: user.at.directive, message: `nginx runs as ${user.user}.` },
          ],
          fixes: [fix(permissions, project, { pool, user: user.user, group: user.group }, true)],
        };
        break;
      }
    }
  },
});
