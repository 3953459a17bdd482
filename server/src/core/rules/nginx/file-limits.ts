/** Flags a limit of open files that is reached before that of connections. */
import type { At, Project } from '../../project/project';
import { isPlain } from '../../project/references';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'nginx/file-limits',
  language: 'nginx',
  severity: 'information',
  title: 'Fewer open files than the connections may need',
  why: `Every connection is an open file, those to clients and those to upstreams, and \`worker_connections\` counts both. A file that is
sent, or a body that is written to disk, is one more. Below \`worker_connections\` a busy worker certainly runs out of files first (nginx
says so when it starts), below twice that number it may: \`socket() failed (24: Too many open files) while connecting to upstream\`
and 500, or \`accept4() failed (24: …)\`.`,
  references: [
    'https://nginx.org/en/docs/ngx_core_module.html#worker_rlimit_nofile',
    'https://nginx.org/en/docs/ngx_core_module.html#worker_connections',
  ],
  *check(source, project) {
    for (const directive of source.named('worker_rlimit_nofile')) {
      const at = { file: source.file, directive };
      const word = directive.args[0];
      const connections = directive.parent ? null : workerConnections(project, at);
      if (!word || !connections || !/^\d{1,9}$/.test(word.value) || !isPlain(project, source.file)) continue;
      const { count } = connections;
      if (Number(word.value) >= 2 * count) continue;
      const isLess = Number(word.value) <= count;
      const fails = isLess
        ? 'under load, requests fail with "Too many open files" (500)'
        : 'where connections send files, or write bodies to disk, requests can fail with "Too many open files" (500)';
      yield {
        span: word,
        severity: isLess ? 'warning' : 'information',
        message: `${word.value} open files for each worker, and ${count} worker_connections${connections.at ? '' : ' (the default)'}: ${fails}. Set at least ${2 * count}.`,
        related: connections.at
          ? [{ file: connections.at.file, span: connections.at.directive, message: 'The connections are set here.' }]
          : [],
        fixes: [
          mend('nginx/file-limits', `Allow ${2 * count} open files: two for each connection`, [
            { file: source.file, span: word, newText: String(2 * count) },
          ]),
        ],
      };
    }
  },
});

/** The connections of the configuration that `at` stands at the top of; null where it is not told. */
function workerConnections(project: Project, at: At): { count: number; at: At | null } | null {
  let file = at.file;
  const seen = new Set<string>();
  for (let include = project.includers(file)[0]; include && !seen.has(file); include = project.includers(file)[0]) {
    seen.add(file);
    file = include.file;
  }
  const events = project.children(file, null).get('events')?.[0];
  if (!events || !isPlain(project, events.file)) return null;
  const inside = project.children(events.file, events.directive);
  const set = inside.get('worker_connections')?.[0];
  if (!set) return inside.has('include') ? null : { count: 512, at: null };
  const value = set.directive.values[1] ?? '';
  return /^\d{1,9}$/.test(value) ? { count: Number(value), at: set } : null;
}
