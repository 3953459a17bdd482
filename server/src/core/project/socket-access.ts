/** May nginx's user connect to the socket that a pool creates? */
import type { Pool, Value } from '../php-fpm/model';
import type { NginxUser } from './settings';

export interface Access {
  /**
   * closed: denied by what the pool says. closed-by-default: denied when php-fpm is started by root, as usual, because the
   * pool does not say who owns the socket. depends: open to members of a group that may or may not include the user.
   */
  readonly verdict: 'open' | 'closed' | 'closed-by-default' | 'depends';
  readonly reason: string;
  /** The setting that decides. */
  readonly place: Value | null;
}

const OPEN: Access = { verdict: 'open', reason: '', place: null };

/** php-fpm's fpm_unix.c: acl_users and acl_groups replace owner and group; the mode is 0660; unset ids stay those of the starter. */
export function socketAccess(pool: Pool, { user, group }: NginxUser): Access {
  const listen = pool.get('listen');
  const owner = pool.get('listen.owner');
  const ownerGroup = pool.get('listen.group');
  const modeSetting = pool.get('listen.mode');
  const mode = Number.parseInt(modeSetting?.value ?? '0660', 8);
  const settings = [listen, owner, ownerGroup, modeSetting];
  if (user === 'root' || !Number.isFinite(mode) || settings.some((value) => value && !value.known)) return OPEN;
  // Numbers and names of users cannot be compared without the host's user table.
  if ([owner?.value, ownerGroup?.value, user].some((name) => /^\d+$/.test(name ?? ''))) return OPEN;
  const socket = listen?.value ?? 'the socket';

  const acl = pool.get('listen.acl_users')?.value ? pool.get('listen.acl_users')! : null;
  const aclGroups = pool.get('listen.acl_groups')?.value ? pool.get('listen.acl_groups')! : null;
  if (acl || aclGroups) {
    if (acl?.value.split(',').includes(user) || aclGroups?.value.split(',').includes(group)) return OPEN;
    if (aclGroups)
      return {
        verdict: 'depends',
        reason: `Only the groups ${aclGroups.value} may open ${socket} (listen.acl_groups).`,
        place: aclGroups,
      };
    return { verdict: 'closed', reason: `Only ${acl!.value} may open ${socket} (listen.acl_users).`, place: acl };
  }

  const octal = `0${(mode & 0o777).toString(8)}`;
  if (mode & 0o002) return OPEN;
  if (owner?.value === user) {
    return mode & 0o200
      ? OPEN
      : {
          verdict: 'closed',
          reason: `${socket} has mode ${octal}, which lets not even its owner ${user} write.`,
          place: modeSetting ?? null,
        };
  }
  const groupCan = (mode & 0o020) !== 0;
  if (ownerGroup?.value === group && groupCan) return OPEN;
  if (!owner && !ownerGroup) {
    return {
      verdict: 'closed-by-default',
      reason: `${socket} belongs to the user that starts php-fpm (mostly root), because neither listen.owner nor listen.group is set, and has mode ${octal}.`,
      place: modeSetting ?? listen ?? null,
    };
  }
  const names = `${owner?.value ?? 'root'}:${ownerGroup?.value ?? 'root'}`;
  if (ownerGroup && ownerGroup.value !== 'root' && groupCan) {
    return {
      verdict: 'depends',
      reason: `${socket} is open to ${owner?.value ?? 'root'} and to the group ${ownerGroup.value} (mode ${octal}).`,
      place: ownerGroup,
    };
  }
  return {
    verdict: 'closed',
    reason: `${socket} belongs to ${names} with mode ${octal}.`,
    place: (groupCan ? owner : (modeSetting ?? owner)) ?? ownerGroup ?? null,
  };
}
