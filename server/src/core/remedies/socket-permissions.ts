/** Lets the user that nginx runs as open a pool's socket. */
import { setSettings } from '../php-fpm/edit';
import type { Pool } from '../php-fpm/model';
import { poolService } from '../project/service';
import type { Edit } from '../text/edit';
import { shellWord } from '../text/shell';
import { defineRemedy } from './remedy';

export interface ClosedSocket {
  readonly pool: Pool;
  readonly user: string;
  readonly group: string;
}

export default defineRemedy<ClosedSocket>({
  id: 'socket-permissions',
  title: 'Let nginx open the pool’s socket',
  when: 'The error log shows "connect() to unix:… failed (13: Permission denied)".',
  time: '5 min',
  risk: 'Low: requires a php-fpm restart and an nginx reload',
  why: `Sets \`listen.owner\`, \`listen.group\` and \`listen.mode\` of the pool to the user that nginx's workers run as. All three belong
together: the mode without the owner leaves the socket to the user that started php-fpm, mostly root. Where the pool uses
\`listen.acl_users\`, php-fpm ignores owner and group, so the user is added there instead.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  block: `; php-fpm pool: the user that nginx runs as
listen.owner = www-data
listen.group = www-data
listen.mode = 0660`,
  applyBlock: ['systemctl restart php-fpm && systemctl reload nginx'],
  describe: (_, { pool, user, group }) =>
    pool.get('listen.acl_users')?.value
      ? `Let nginx (${user}) open the socket of pool "${pool.name}": listen.acl_users`
      : `Let nginx (${user}) open the socket of pool "${pool.name}": listen.owner ${user}, listen.group ${group}, listen.mode 0660`,
  edits: (project, { pool, user, group }) => {
    const acl = pool.get('listen.acl_users')?.value;
    const wanted = acl
      ? [{ key: 'listen.acl_users', value: acl.split(',').includes(user) ? acl : `${acl},${user}` }]
      : [
          { key: 'listen.owner', value: user },
          { key: 'listen.group', value: group },
          { key: 'listen.mode', value: '0660' },
        ];
    const edits: Edit[] = [];
    // A setting is changed where it is in force; new ones stand beside "listen".
    const byPlace = new Map<Pool['places'][number], typeof wanted>();
    for (const setting of wanted) {
      const home = pool.get(setting.key) ?? pool.get('listen');
      const place = pool.places.find(({ section }) => home && section.settings.includes(home.setting));
      if (place) byPlace.set(place, [...(byPlace.get(place) ?? []), setting]);
    }
    for (const [{ file, section }, settings] of byPlace) {
      const tree = project?.fpm(file)?.tree;
      if (tree) edits.push(...setSettings(tree, section, settings).map((edit) => ({ file, ...edit })));
    }
    return edits;
  },
  apply: (_, { pool }) => [`systemctl restart ${poolService(pool)} && systemctl reload nginx`],
  confirm: (_, { pool }) => [`ls -la ${shellWord(pool.get('listen')?.value ?? '')}`],
});
