/** Flags fewer connections than there are sockets to listen on. */
import type { Project } from '../../project/project';
import { type Clash, clashesIn, type Instance, isLiteral, serversOf } from '../../project/references';
import { defineRule } from '../rule';

interface Few extends Clash {
  readonly sockets: number;
}

export default defineRule({
  id: 'nginx/few-connections',
  language: 'nginx',
  severity: 'error',
  title: 'Fewer connections than listening sockets',
  why: `Each socket that nginx listens on takes one of the \`worker_connections\` of a process, and one more is needed at least. With fewer
nginx refuses to start: \`1 worker_connections are not enough for 2 listening sockets\`. Requests and upstreams take further ones,
so 1024 is a small number already.`,
  references: ['https://nginx.org/en/docs/ngx_core_module.html#worker_connections'],
  *check(source, project) {
    if (source.named('worker_connections').length === 0) return;
    for (const { again, sockets } of clashesIn(project, source.file, 'few connections', (instance) =>
      few(project, instance),
    )) {
      const word = again.directive.args[0]!;
      yield {
        span: word,
        message: `${word.value} worker_connections are not enough: nginx listens on ${sockets === 1 ? 'a socket' : `${sockets} sockets`} and refuses to start. Write 1024 or more.`,
      };
    }
  },
});

function* few(project: Project, instance: Instance): Generator<Few, undefined> {
  if (!instance.complete) return;
  for (const again of project.named('worker_connections')) {
    if (!instance.files.has(again.file) || !isLiteral(project, again)) continue;
    const value = again.directive.values[1] ?? '';
    // What is no number, or 0, is spoken of as a value.
    if (!/^[1-9]\d{0,3}$/.test(value)) continue;
    const sockets = socketsOf(project, instance);
    if (Number(value) <= sockets) yield { first: again, again, sockets };
  }
}

/** At least as many: addresses of one port may share a socket. */
function socketsOf(project: Project, instance: Instance): number {
  const ports = new Set<string>();
  for (const kind of ['http', 'stream'] as const) {
    for (const { listens } of serversOf(project, instance, kind)) {
      for (const { text, key } of listens)
        ports.add(text.startsWith('unix:') ? text : `${key.slice(0, 3)} ${text.slice(text.lastIndexOf(':'))}`);
    }
  }
  return ports.size;
}
