/** A real nginx on files of the test's own: start, test, reload, read its error log. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { startGroup } from '../../scripts/process-group';
import { program, worker } from './programs';
import { type Scene, until } from './scene';

export interface Nginx {
  /** `nginx -t`; throws what it says where it refuses. */
  test(): void;
  /** `nginx -t`, then reload, then wait until no worker with the old configuration is left. */
  reload(): Promise<void>;
  errorLog(): string;
}

/** The main file, as packages lay it out: sites come by include. Workers are few so that balancing is predictable. */
export function mainFile({ folder }: Scene): string {
  return `# Written by the test: everything nginx touches is in this folder.
user ${worker.user === worker.group ? worker.user : `${worker.user} ${worker.group}`};
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log info;

events {
    worker_connections 128;
}

http {
    access_log off;
    client_body_temp_path ${folder}/temp/body;
    proxy_temp_path ${folder}/temp/proxy;
    fastcgi_temp_path ${folder}/temp/fastcgi;
    uwsgi_temp_path ${folder}/temp/uwsgi;
    scgi_temp_path ${folder}/temp/scgi;

    include sites-enabled/*.conf;
}
`;
}

/** `1.22.1` */
export function version(): string {
  const { stderr } = spawnSync(program('nginx'), ['-v'], { encoding: 'utf8' });
  return /\/(\d+\.\d+\.\d+)/.exec(stderr)![1]!;
}

/** Starts nginx on the scene's `nginx.conf`; it stops with the scene. */
export async function startNginx(scene: Scene): Promise<Nginx> {
  scene.write({ 'temp/.keep': '' });
  // -e: until it has read error_log, nginx would log to the path it was built with.
  const args = [
    ...['-p', scene.folder, '-c', scene.path('nginx.conf'), '-e', scene.path('error.log')],
    // In the foreground: a daemon would leave the process group by which it is stopped.
    ...['-g', 'daemon off;'],
  ];
  const errorLog = (): string => readFileSync(scene.path('error.log'), 'utf8');
  const run = (...more: string[]): void => {
    const { status, stderr, error } = spawnSync(program('nginx'), [...args, ...more], { encoding: 'utf8' });
    if (status !== 0) throw error ?? new Error(`nginx ${more.join(' ')} failed:\n${stderr}`);
  };

  run('-t');
  const group = startGroup(program('nginx'), args, { stdio: 'ignore' });
  scene.atEnd(() => group.stop());
  await until('nginx to start its worker', () => {
    if (group.child.exitCode !== null) throw new Error(`nginx ended at once:\n${errorLog()}`);
    return workers(errorLog()).running.length > 0;
  });
  return {
    errorLog,
    test: () => run('-t'),
    async reload() {
      run('-t');
      const old = workers(errorLog()).running;
      run('-s', 'reload');
      await until('nginx to replace its workers', () => {
        const { running } = workers(errorLog());
        return running.length > 0 && old.every((pid) => !running.includes(pid));
      });
    },
  };
}

/** Which workers run, as the master tells it in the log. */
function workers(log: string): { running: string[] } {
  const started = [...log.matchAll(/: start worker process (\d+)$/gm)].map(([, pid]) => pid!);
  const ended = new Set([...log.matchAll(/: worker process (\d+) exited/gm)].map(([, pid]) => pid!));
  return { running: started.filter((pid) => !ended.has(pid)) };
}
