/** A real php-fpm on pool files of the test's own. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { type ProcessGroup, startGroup } from '../../scripts/process-group';
import { program, worker } from './programs';
import { type Scene, until } from './scene';

export interface PhpFpm {
  /** Stops it and starts it anew: `listen` and its kin are read at the start only. */
  restart(): Promise<void>;
  /** Asks it to end, which removes its sockets. */
  stop(): Promise<void>;
  /** Ends it at once, which leaves them behind. */
  kill(): Promise<void>;
}

export function mainFile({ folder }: Scene): string {
  return `[global]
error_log = ${folder}/php-fpm.log
daemonize = no
include = ${folder}/pool.d/*.conf
`;
}

/** A pool file with a comment to keep; `settings` are the lines that matter to the test. */
export function pool(name: string, settings: string): string {
  return `; Pool of the test.
[${name}]
user = ${worker.user}
group = ${worker.group}

${settings.trim()}

; Two children are enough.
pm = static
pm.max_children = 2
`;
}

/** Starts php-fpm on the scene's `php-fpm.conf`; it stops with the scene. */
export async function startFpm(scene: Scene): Promise<PhpFpm> {
  const log = scene.path('php-fpm.log');
  let group: ProcessGroup | null = null;
  const start = async (): Promise<void> => {
    rmSync(log, { force: true });
    // -n: without php.ini, whose extensions only take time.
    const running = startGroup(program('phpFpm'), ['-n', '-F', '-y', scene.path('php-fpm.conf')], { stdio: 'ignore' });
    group = running;
    await until('php-fpm to be ready', () => {
      const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
      if (running.child.exitCode !== null) throw new Error(`php-fpm ended at once:\n${text}`);
      return text.includes('ready to handle connections');
    });
  };
  scene.atEnd(() => group?.stop());
  await start();
  return {
    stop: async () => group?.stop(),
    async kill() {
      if (group?.child.pid) process.kill(-group.child.pid, 'SIGKILL');
      await group?.stop();
    },
    async restart() {
      await group?.stop();
      await start();
    },
  };
}
