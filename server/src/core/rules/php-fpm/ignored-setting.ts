/** Flags settings of the socket that another setting makes idle. */
import { parseListen } from '../../php-fpm/address';
import { isSaid, placeOf } from '../../php-fpm/judge/pool';
import { poolsIn } from '../../project/pools';
import { defineRule } from '../rule';

const OWNER = ['listen.owner', 'listen.group'];
const ACL = ['listen.acl_users', 'listen.acl_groups'];

export default defineRule({
  id: 'php-fpm/ignored-setting',
  language: 'php-fpm',
  severity: 'information',
  title: 'Setting without effect on this socket',
  why: `\`listen.owner\`, \`listen.group\`, \`listen.mode\` and the ACLs are about the file of a Unix socket: on a TCP port they do
nothing. With \`listen.acl_users\` or \`listen.acl_groups\` php-fpm ignores owner and group and says so in its log
(\`ACL set, listen.owner = … is ignored\`).`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php#listen-acl-users'],
  *check(source, project) {
    for (const pool of poolsIn(project, source.file)) {
      const listen = pool.get('listen');
      if (!listen || !isSaid(listen)) continue;
      const isPort = parseListen(listen.value).kind === 'tcp';
      const acl = ACL.map((key) => pool.get(key)).find((value) => value && isSaid(value) && value.value !== '');
      for (const key of isPort ? [...OWNER, 'listen.mode', ...ACL] : acl ? OWNER : []) {
        const value = pool.get(key);
        const because = isPort ? listen : acl!;
        if (!value || value.file !== source.file || because.file !== source.file || value.value === '') continue;
        yield {
          span: placeOf(value).span,
          message: isPort
            ? `${key} has no effect: the pool listens on the TCP address ${listen.value}, and only a Unix socket has an owner and a mode.`
            : `${key} has no effect: php-fpm goes by ${because.setting.key} and ignores the owner and group of the socket.`,
          related: [{ ...placeOf(because), message: `${because.setting.key} is set here.` }],
        };
      }
    }
  },
});
