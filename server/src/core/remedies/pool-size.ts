/** Gives a pool as many children as its memory holds. */
import { setSettings } from '../php-fpm/edit';
import type { Pool } from '../php-fpm/model';
import { countOf, poolSize } from '../project/memory';
import type { Project } from '../project/project';
import { poolService } from '../project/service';
import type { Edit } from '../text/edit';
import { defineRemedy } from './remedy';

export interface SizedPool {
  readonly pool: Pool;
  /** more: all children were busy. fewer: one was killed because memory ran out. */
  readonly towards: 'more' | 'fewer';
}

/** Average memory of php-fpm's processes, under the names that distributions give them. */
export function measure(service: string | null): string {
  const [, version] = /^php(\d\.\d)-fpm$/.exec(service ?? '') ?? [];
  const names = version ? `php-fpm${version},php-fpm` : 'php-fpm';
  return `ps -o rss= -C ${names} | awk '{ n++; kb += $1 } END { if (n) printf "%.0f MB each, %d processes\\n", kb / n / 1024, n }'`;
}

export default defineRemedy<SizedPool>({
  id: 'pool-size',
  title: 'Size the pool by its memory',
  when: 'All children of a pool are busy ("server reached pm.max_children"), or the kernel kills some because memory runs out.',
  time: '10 min',
  risk: 'Medium: each child takes memory; slow requests fill any number of children',
  why: `\`pm.max_children\` = (memory for php-fpm - reserve) / memory of one child. Where the memory is in view (\`mem_limit\` or
\`deploy.resources.limits.memory\` of a Compose service, \`MemoryMax=\` of the unit) and \`php_admin_value[memory_limit]\` says what a
script can take at most, the number is put in and the sum shown: it fits even when every child takes all it may, so that ordinary
ones may be more. 10 % of the memory, and 128 MB at least, are left for the master and for what children share (OPcache). Other
pools of the same php-fpm are taken off with all their children.

\`pm.start_servers\`, \`pm.min_spare_servers\` and \`pm.max_spare_servers\` are changed where php-fpm would refuse them beside the new
number. Where the memory is not in view nothing is put in: measure a child, and do the sum with your own numbers. More children help
when many requests come at once; when a database or an API is slow, they wait for it too.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php#pm.max-children'],
  block: `; memory of one child:  ps -o rss= -C php-fpm8.2,php-fpm | awk '{ n++; kb += $1 } END { print kb / n / 1024 " MB" }'
; pm.max_children = (memory for php-fpm - reserve) / memory of one child
;        for example (2048 MB - 256 MB) / 64 MB = 28
; and pm.min_spare_servers <= pm.start_servers <= pm.max_spare_servers <= pm.max_children`,
  applyBlock: ['php-fpm -t && systemctl reload php-fpm'],
  describe: (project, { pool, towards }) => {
    const size = project && poolSize(project, pool);
    return size
      ? `Let pool "${pool.name}" have ${size.children} children${towards === 'more' ? '' : ' at most'}: ${size.sum}`
      : `Size pool "${pool.name}" by its memory: (memory - reserve) / memory of one child`;
  },
  edits: (project, { pool, towards }) => {
    const size = project && poolSize(project, pool);
    const now = countOf(pool.get('pm.max_children'));
    if (!size || now === null || (towards === 'more' ? size.children <= now : size.children >= now)) return [];
    return edits(project, pool, settingsFor(pool, size.children));
  },
  apply: (_, { pool }) => {
    const service = poolService(pool);
    return [`${service.replace(/^php(\d\.\d)-fpm$/, 'php-fpm$1')} -t && systemctl reload ${service}`];
  },
  confirm: (_, { pool }) => [measure(poolService(pool)), 'free -m'],
});

/** `children`, and what php-fpm asks of the other numbers: min_spare <= start <= max_spare <= max_children, all above 0. */
function settingsFor(pool: Pool, children: number): { key: string; value: string }[] {
  const settings = [{ key: 'pm.max_children', value: String(children) }];
  if (pool.get('pm')?.value !== 'dynamic') return settings;
  const set = (key: string, least: number, most: number): number => {
    const now = countOf(pool.get(key));
    const value = Math.min(Math.max(now ?? least, least), most);
    // php-fpm finds a start by itself, and needs the two others.
    if (value !== now && (now !== null || key !== 'pm.start_servers')) settings.push({ key, value: String(value) });
    return value;
  };
  const max = set('pm.max_spare_servers', 1, children);
  const min = set('pm.min_spare_servers', 1, max);
  set('pm.start_servers', min, max);
  return settings;
}

/** A setting is changed where it is in force; new ones stand beside the number of children. */
function edits(project: Project, pool: Pool, settings: readonly { key: string; value: string }[]): Edit[] {
  const found: Edit[] = [];
  for (const place of pool.places) {
    const tree = project.fpm(place.file)?.tree;
    const own = settings.filter(({ key }) => {
      const home = pool.get(key) ?? pool.get('pm.max_children');
      return home !== undefined && place.section.settings.includes(home.setting);
    });
    if (tree && own.length > 0)
      found.push(...setSettings(tree, place.section, own).map((edit) => ({ file: place.file, ...edit })));
  }
  return found;
}
