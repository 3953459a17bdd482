/** What bounds a worker process: connections and open files. */
import type { At } from '../project/project';
import type { Fix } from '../remedies/remedy';
import workerLimits from '../remedies/worker-limits';
import type { Check, Evidence, Incident } from './cause';
import { offer, preferFirst } from './fixes';

export function limitChecks(): Check[] {
  return [
    {
      title: 'What may a worker open?',
      command: "grep 'open files' /proc/$(pgrep -f 'nginx: worker' | head -1)/limits",
    },
    {
      title: 'How many files has a worker open?',
      command: "ls /proc/$(pgrep -f 'nginx: worker' | head -1)/fd | wc -l",
    },
    { title: 'What is set?', command: "nginx -T 2>/dev/null | grep -E 'worker_(connections|rlimit_nofile|processes)'" },
    { title: 'What does the unit allow?', command: 'systemctl show nginx -p LimitNOFILE' },
    { title: 'How many connections are there?', command: 'ss -s' },
  ];
}

export function limitEvidence(incident: Incident): Evidence[] {
  const events = eventsBlock(incident);
  const { project } = incident;
  if (!project || !events) return [];
  const connections = project.children(events.file, events.directive).get('worker_connections')?.[0];
  const files = project.children(events.file, null).get('worker_rlimit_nofile')?.[0];
  return [
    connections
      ? {
          message: `Each worker may hold ${connections.directive.values[1]} connections, those to clients and upstreams together.`,
          file: connections.file,
          span: connections.directive,
        }
      : { message: 'worker_connections is not set: 512 for each worker, to clients and upstreams together.' },
    files
      ? {
          message: `Each worker may open ${files.directive.values[1]} files.`,
          file: files.file,
          span: files.directive,
        }
      : { message: 'worker_rlimit_nofile is not set: the limit is that of the process that started nginx.' },
  ];
}

export function limitFixes(incident: Incident): Fix[] {
  const events = eventsBlock(incident);
  const exhausted = Number(/^(\d{1,9}) worker_connections/.exec(incident.record.message)?.[1] ?? 0);
  return events ? preferFirst(offer(workerLimits, incident, { events, exhausted })) : [];
}

/** The only `events` block in view, or that of the main file the pass belongs to. */
function eventsBlock({ project, route }: Incident): At | null {
  const all = project?.named('events').filter(({ directive }) => directive.block && !directive.parent) ?? [];
  const near = route ? project?.together(route.pass.at.file) : null;
  return (near ? all.find(({ file }) => near.has(file)) : all.length === 1 ? all[0] : null) ?? null;
}
