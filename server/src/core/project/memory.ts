/** How many children of a pool the memory holds, as far as the files around php-fpm tell how much there is. */
import type { Pool, Value } from '../php-fpm/model';
import type { Place } from '../text/span';
import type { Project } from './project';
import { poolService } from './service';
import { systemOf } from './system';

const MB = 1024 * 1024;

/** What php-fpm's master and the memory that its children share (OPcache: 128 MB unless set) need beside the children. */
const LEAST_RESERVE = 128 * MB;

export interface Memory extends Place {
  readonly bytes: number;
  /** Whose it is: `service "php"`, `php8.2-fpm.service`. */
  readonly said: string;
}

export interface PoolSize {
  readonly memory: Memory;
  /** `memory_limit`, which a child's script cannot go beyond. */
  readonly limit: Value;
  /** How many children fit, even when each takes all that it may; at least one. */
  readonly children: number;
  /** `(2048 MB - 205 MB) / 128 MB = 14`. */
  readonly sum: string;
}

/** Null where the files do not tell the memory, or what a child may take of it. */
export function poolSize(project: Project, pool: Pool): PoolSize | null {
  const memory = memoryOf(project, pool);
  const limit = pool.php('memory_limit');
  const each = limit && mostOf(pool);
  if (!memory || !limit || each === null || each === undefined) return null;
  const instance = project.fpmInstances.find(({ pools }) => pools.includes(pool));
  let others = 0;
  for (const other of instance?.pools ?? []) {
    if (other === pool) continue;
    const most = mostOf(other);
    const count = countOf(other.get('pm.max_children'));
    if (most === null || count === null) return null;
    others += most * count;
  }
  const reserve = Math.max(LEAST_RESERVE, memory.bytes * 0.1);
  const children = Math.floor((memory.bytes - reserve - others) / each);
  if (children < 1) return null;
  const taken = [reserve, ...(others > 0 ? [others] : [])].map((bytes) => ` - ${inMegabytes(bytes)}`).join('');
  return {
    memory,
    limit,
    children,
    sum: `(${inMegabytes(memory.bytes)}${taken}) / ${inMegabytes(each)} = ${children}`,
  };
}

/** A whole number above 0 that the file tells; null for any other. */
export function countOf(value: Value | undefined): number | null {
  return value?.known && /^[1-9]\d{0,5}$/.test(value.value) ? Number(value.value) : null;
}

/** What one child may take: a script can raise `php_value[memory_limit]` itself, so that it is no bound. */
function mostOf(pool: Pool): number | null {
  const limit = pool.php('memory_limit');
  if (!limit?.known || limit.setting.key !== 'php_admin_value' || !/^\d{1,12}[kmg]?$/i.test(limit.value)) return null;
  const bytes = bytesOf(limit.value);
  return bytes !== null && bytes >= MB ? bytes : null;
}

/** What php-fpm of this pool may take in all. */
function memoryOf(project: Project, pool: Pool): Memory | null {
  const file = pool.get('listen')?.file ?? pool.places[0]?.file;
  const system = systemOf(project);
  const containers = file === undefined ? [] : system.poolContainersOf(file);
  const limited = containers.flatMap(({ file: compose, service }) => {
    const bytes = service.memory && bytesOf(service.memory.value);
    return service.memory && bytes
      ? [{ bytes, file: compose, span: service.memory.span, said: `service "${service.name}"` }]
      : [];
  });
  const [first] = limited;
  if (containers.length > 0) {
    // Two services of different sizes with one file: neither is meant.
    return first && limited.every(({ bytes }) => bytes === first.bytes) ? first : null;
  }
  const unit = system.unit(`${poolService(pool)}.service`);
  const most = unit?.get('Service', 'MemoryMax') ?? unit?.get('Service', 'MemoryLimit');
  const bytes = most && bytesOf(most.value);
  return most && bytes ? { bytes, file: most.file, span: most.span, said: unit!.name } : null;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, m: MB, g: 1024 * MB, t: 1024 * 1024 * MB };

/** `512M`, `1.5g`, `512mb`, `536870912`; null for others (`50%`, `infinity`). All of them count in steps of 1024. */
function bytesOf(value: string): number | null {
  const [, digits, unit = ''] = /^(\d{1,15}(?:\.\d{1,3})?)\s?([kmgt]?)(?:i?b)?$/i.exec(value.trim()) ?? [];
  return digits === undefined ? null : Math.floor(Number(digits) * UNITS[unit.toLowerCase()]!);
}

function inMegabytes(bytes: number): string {
  return `${Math.round(bytes / MB)} MB`;
}
