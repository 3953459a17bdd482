/** What is to be said of the size of a pool: how many children its memory holds, and the remedy that sets as many. */
import { countOf, poolSize } from '../project/memory';
import remedy, { measure, type SizedPool } from '../remedies/pool-size';
import { advise, type Fix, fix } from '../remedies/remedy';
import type { Check, Evidence, Incident } from './cause';

/** The sum, at the line that gives the memory. */
export function poolSizeEvidence({ project, backend: { pool } }: Incident): Evidence[] {
  const size = project && pool ? poolSize(project, pool) : null;
  const now = countOf(pool?.get('pm.max_children'));
  if (!size || !pool || now === null) return [];
  const { file, span, said } = size.memory;
  return [
    {
      message: `The memory of ${said} holds ${size.children} children of pool "${pool.name}" (${size.sum}), where each takes all that memory_limit = ${size.limit.value} allows; ${now} are set.`,
      file,
      span,
    },
  ];
}

/** The number, where the files tell the memory and it goes the way that helps; else how to find it. None without a pool. */
export function poolSizeFixes({ project, backend: { pool } }: Incident, towards: SizedPool['towards']): Fix[] {
  if (!project || !pool) return [];
  const made = fix(remedy, project, { pool, towards }, true);
  if (made.edits().length > 0) return [made];
  // The memory is known, and more children would not fit, or fewer would not help.
  if (poolSize(project, pool)) return [];
  return [{ ...advise(remedy, 'fastcgi'), title: made.title, apply: made.apply, confirm: made.confirm }];
}

/** How much memory a child takes, and how much there is. */
export function memoryChecks({ backend }: Incident): Check[] {
  return [
    { title: 'How much memory does a process take, on average?', command: measure(backend.name) },
    { title: 'How much is there?', command: 'free -m' },
  ];
}
