/** Lets a worker process hold more connections and files. */
import { setDirectives } from '../project/edit';
import type { At, Project } from '../project/project';
import { defineRemedy, RELOAD } from './remedy';

export interface Limits {
  /** The main file's `events` block. */
  readonly events: At;
  /** What the worker ran out of: as many connections or files as this were not enough. */
  readonly exhausted: number;
}

const LEAST = 4096;

export default defineRemedy<Limits>({
  id: 'worker-limits',
  title: 'Let nginx’s workers hold more connections',
  when: 'The error log shows "worker_connections are not enough" or "socket() failed (24: Too many open files)".',
  time: '5 min',
  risk: 'Low: more memory; a unit’s own LimitNOFILE has no say where worker_rlimit_nofile is set and nginx starts as root',
  why: `Sets \`worker_connections\` to at least ${LEAST}, and to twice what was not enough, and \`worker_rlimit_nofile\` to twice that: a proxied
request takes two connections, and each takes a file. A configuration that proxies to itself uses up any number: look for that
first.`,
  references: ['https://nginx.org/en/docs/ngx_core_module.html#worker_connections'],
  describe: (project, target) =>
    `Let each worker hold ${connections(project, target)} connections and ${files(project, target)} open files`,
  edits: (project, target) => {
    if (!project) return [];
    const { events } = target;
    const top = { file: events.file, directive: null };
    return [
      ...setDirectives(
        project,
        events,
        [{ name: 'worker_connections', args: [String(connections(project, target))] }],
        null,
      ),
      // Before the events block, beside the other settings of the main file.
      ...setDirectives(
        project,
        top,
        [{ name: 'worker_rlimit_nofile', args: [String(files(project, target))] }],
        before(project, events),
      ),
    ];
  },
  apply: () => [RELOAD],
  confirm: () => ["grep 'open files' /proc/$(pgrep -f 'nginx: worker' | head -1)/limits"],
});

function connections(project: Project | null, { events, exhausted }: Limits): number {
  const now = project?.children(events.file, events.directive).get('worker_connections')?.[0]?.directive.values[1];
  return Math.max(LEAST, exhausted * 2, Number(now) || 0);
}

function files(project: Project | null, target: Limits): number {
  const now = project?.children(target.events.file, null).get('worker_rlimit_nofile')?.[0]?.directive.values[1];
  return Math.max(connections(project, target) * 2, Number(now) || 0);
}

function before(project: Project, events: At) {
  const items = project.nginx(events.file)?.tree.items ?? [];
  return items[items.indexOf(events.directive) - 1] ?? null;
}
