/** Which service stands behind an address: what to name in `systemctl`, `docker` and `pm2` commands. */
import type { Address } from '../nginx/model';
import type { Pool } from '../php-fpm/model';
import { meets } from './address';
import { poolAt } from './links';
import type { Project } from './project';
import { unitListeners } from './units';

export interface Backend {
  readonly kind: 'php-fpm' | 'app' | 'container';
  /** Name of the systemd unit or of the container; null when nothing in view tells. */
  readonly name: string | null;
  readonly pool: Pool | null;
}

/** What nginx talks to at `address`, as far as the address and the project tell. */
export function backendAt(project: Project | null, address: Address | null, scheme: string | null): Backend {
  const pool = project && address ? poolAt(project, address) : null;
  if (pool) return { kind: 'php-fpm', name: poolService(pool), pool };
  const unit = project && address ? unitAt(project, address) : null;
  if (unit !== null) return { kind: 'app', name: unit, pool: null };
  if (address?.kind === 'unix') {
    if (/php|fpm/i.test(address.path)) return { kind: 'php-fpm', name: phpService(address.path), pool: null };
    return { kind: 'app', name: socketService(address.path), pool: null };
  }
  if (scheme === 'fastcgi') return { kind: 'php-fpm', name: onlyService(project), pool: null };
  if (address && /^[a-z][a-z0-9_-]*$/i.test(address.host) && address.host !== 'localhost') {
    return { kind: 'container', name: address.host, pool: null };
  }
  return { kind: 'app', name: null, pool: null };
}

/** The unit whose command line or socket says that it listens there. */
function unitAt(project: Project, address: Address): string | null {
  const found = unitListeners(project).filter((each) => meets(address, each.address));
  return found.length === 1 ? found[0]!.unit.name.replace(/\.service$/, '') : null;
}

/** The systemd unit of a pool: Debian and Ubuntu keep a php-fpm for each version, others have one. */
export function poolService(pool: Pool): string {
  return phpService(
    [pool.get('listen')?.value ?? '', ...pool.places.map(({ file }) => file)].find((path) => VERSION.test(path)) ?? '',
  );
}

const VERSION = /php[/-]?(\d)\.?(\d{1,2})?/i;

function phpService(path: string): string {
  const [, major, minor] = VERSION.exec(path) ?? [];
  return major && minor !== undefined ? `php${major}.${minor}-fpm` : 'php-fpm';
}

/** The service of the project's pools when they all belong to one. */
function onlyService(project: Project | null): string {
  const names = new Set(project?.pools.map(poolService));
  return names.size === 1 ? [...names][0]! : 'php-fpm';
}

/** `/run/myapp/gunicorn.sock` is most likely the unit `myapp`, `/run/gunicorn.sock` the unit `gunicorn`. */
function socketService(path: string): string | null {
  const [folder, name] = path.split('/').slice(-2);
  const found =
    folder && !['run', 'tmp', 'var', 'shared', 'sockets'].includes(folder)
      ? folder
      : name?.replace(/\.(?:sock|socket)$/, '');
  return found && /^[A-Za-z0-9@_.-]+$/.test(found) ? found : null;
}
