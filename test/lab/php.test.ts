/** php-fpm and PHP at fault: what nginx's log says of it, and what php-fpm's own log says of the same request. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { entries, explain } from '../../server/src/core/index';
import { mainFile, startFpm } from '../real/php-fpm';
import { describeReal, worker } from '../real/programs';
import { freePort, type Scene, until } from '../real/scene';
import { ask } from './client';
import { type Fault, type Lab, openLab, play } from './lab';

/** A script each, by the path of the request. */
const SCRIPTS: Readonly<Record<string, string>> = {
  'fatal.php': 'not_there();',
  'parse.php': 'if (',
  'uncaught.php': 'throw new RuntimeException("no luck");',
  'memory.php': 'ini_set("memory_limit", "4M"); $a = str_repeat("x", 50000000);',
  'time.php': 'set_time_limit(1); while (true) { $x = 1; }',
  'warning.php': 'echo $undefined; echo "hello\\n";',
  'error-log.php': 'error_log("just so"); echo "hello\\n";',
  'slow.php': 'usleep(900000); echo "hello\\n";',
  'late.php': 'sleep(4); echo "hello\\n";',
  'crash.php': 'function f() { return array_map("f", [1]); } f();',
  'header.php': 'header("X-Big: " . str_repeat("x", 20000)); echo "hello\\n";',
  'image.jpg': 'echo "hello\\n";',
};

const params =
  'fastcgi_param SCRIPT_FILENAME <folder>/www$fastcgi_script_name;\nfastcgi_param REQUEST_METHOD $request_method;\nfastcgi_param REQUEST_URI $request_uri;';
const php = (pool = 'www', more = ''): string =>
  `fastcgi_pass unix:<folder>/${pool}.sock;\n${params}\nfastcgi_read_timeout 5s;\n${more}`;

const faults: readonly (Fault & { readonly fpm?: string })[] = [
  { name: 'fatal.php', site: php(), cause: 'php-fatal-error', got: 500 },
  { name: 'parse.php', site: php(), cause: 'php-fatal-error', got: 500 },
  { name: 'uncaught.php', site: php(), cause: 'php-fatal-error', got: 500 },
  { name: 'memory.php', site: php(), cause: 'php-fatal-error', got: 500 },
  { name: 'time.php', site: php(), cause: 'php-fatal-error', got: 500 },
  { name: 'warning.php', site: php(), cause: 'php-message', got: 200, harmless: true },
  { name: 'error-log.php', site: php(), cause: 'php-message', got: 200, harmless: true },
  { name: 'nowhere.php', site: php(), cause: 'primary-script-unknown', got: 404 },
  { name: 'image.jpg', site: php(), cause: 'script-access-denied', got: 403 },
  { name: 'header.php', site: php(), cause: 'header-too-big', got: 502 },
  {
    name: 'slow.php',
    site: php('www', 'fastcgi_read_timeout 200ms;').replace('fastcgi_read_timeout 5s;\n', ''),
    cause: 'read-timed-out',
    got: 504,
  },
  { name: 'crash.php', site: php(), cause: 'connection-reset', got: 502, fpm: 'fpm-child-crashed' },
  { name: 'late.php', site: php('strict'), cause: 'connection-reset', got: 502, fpm: 'fpm-execution-timed-out' },
  {
    name: 'refused.php',
    site: `fastcgi_pass 127.0.0.1:<picky>;\n${params}`,
    cause: 'connection-reset',
    either: 'premature-close',
    got: 502,
    fpm: 'fpm-client-refused',
  },
  {
    name: 'http.php',
    site: 'proxy_pass http://unix:<folder>/www.sock;',
    cause: 'connection-reset',
    either: 'premature-close',
    got: 502,
  },
  {
    name: 'busy.php',
    site: php('small', 'fastcgi_read_timeout 300ms;')
      .replace('fastcgi_read_timeout 5s;\n', '')
      .replace('$fastcgi_script_name', '/slow.php'),
    cause: 'read-timed-out',
    got: 504,
    fpm: 'fpm-max-children',
    async ask(lab, at) {
      // One after the other: php-fpm looks at its children only when somebody comes.
      await ask(lab.port, at);
      await ask(lab.port, at);
      return ask(lab.port, at);
    },
  },
];

async function startPools(scene: Scene): Promise<Map<string, string>> {
  const picky = String(await freePort());
  const pool = (name: string, listen: string, more: string): string => `[${name}]
user = ${worker.user}
group = ${worker.group}
listen = ${listen}
listen.mode = 0666
php_admin_flag[log_errors] = on
php_admin_flag[display_errors] = off
${more}
`;
  const inFolder = (name: string): string => `${scene.folder}/${name}.sock`;
  scene.write({
    'php-fpm.conf': mainFile(scene),
    'pool.d/www.conf': pool('www', inFolder('www'), 'pm = static\npm.max_children = 3'),
    'pool.d/strict.conf': pool(
      'strict',
      inFolder('strict'),
      'pm = static\npm.max_children = 1\nrequest_terminate_timeout = 1s',
    ),
    'pool.d/small.conf': pool('small', inFolder('small'), 'pm = ondemand\npm.max_children = 1'),
    'pool.d/picky.conf': pool(
      'picky',
      `127.0.0.1:${picky}`,
      'listen.allowed_clients = 192.0.2.7\ncatch_workers_output = yes\npm = static\npm.max_children = 1',
    ),
    ...Object.fromEntries(Object.entries(SCRIPTS).map(([name, text]) => [`www/${name}`, `<?php ${text}\n`])),
  });
  await startFpm(scene);
  return new Map([
    ['folder', scene.folder],
    ['picky', picky],
  ]);
}

describeReal('faults of PHP', ['nginx', 'phpFpm'], () => {
  let lab: Lab;
  beforeAll(async () => {
    let close = async (): Promise<void> => {};
    lab = await openLab({ faults, places: startPools }, (end) => {
      close = end;
    });
    return close;
  });

  it.each(faults.map((fault) => [fault.name, fault] as const))('%s', async (_, fault) => {
    await play(lab, fault);
    if (fault.fpm) await told(lab, fault.fpm);
  });
});

/** What php-fpm's own log says, with the status that nginx's client got among those it can get. */
async function told({ scene, project }: Lab, cause: string): Promise<void> {
  const found = await until(`php-fpm to log ${cause}`, () => {
    const log = readFileSync(scene.path('php-fpm.log'), 'utf8');
    return (
      [...entries(log)].map(({ record }) => explain(record, project)).find((each) => each?.cause === cause) ?? null
    );
  });
  expect(found.status).toContain(cause === 'fpm-max-children' ? 504 : 502);
  expect(found.record.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  expect(found.record.fpm?.pool).toBeTruthy();
}
