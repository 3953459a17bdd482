/** Flags a limit of open files in nginx's unit below what the connections of a worker need. */
import { isPlain } from '../../project/references';
import { systemOf } from '../../project/system';
import { defineRule } from '../rule';

export default defineRule({
  id: 'links/unit-file-limit',
  language: 'nginx',
  severity: 'warning',
  title: 'nginx’s unit allows fewer files than the connections need',
  why: `A proxied request takes two connections, and each is an open file. \`LimitNOFILE=\` of nginx's unit holds for its workers unless
\`worker_rlimit_nofile\` sets another limit. Below twice \`worker_connections\` a busy worker runs out of files:
\`socket() failed (24: Too many open files) while connecting to upstream\` and 500.`,
  references: [
    'https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#LimitCPU=',
    'https://nginx.org/en/docs/ngx_core_module.html#worker_rlimit_nofile',
  ],
  *check(source, project) {
    const limit = systemOf(project).unit('nginx.service')?.get('Service', 'LimitNOFILE');
    // The soft limit stands in front of the colon.
    const [, digits] = /^(\d{1,9})(?::|$)/.exec(limit?.value ?? '') ?? [];
    if (!limit || digits === undefined || !isPlain(project, source.file)) return;
    const together = project.together(source.file);
    if (project.named('worker_rlimit_nofile').some(({ file }) => together.has(file) || file === source.file)) return;
    for (const directive of source.named('worker_connections')) {
      const word = directive.args[0];
      if (!word || !/^\d{1,9}$/.test(word.value) || Number(digits) >= 2 * Number(word.value)) continue;
      yield {
        span: word,
        message: `nginx.service allows ${digits} open files (LimitNOFILE), but ${word.value} worker_connections may need ${2 * Number(word.value)}: under load, proxied requests fail with "Too many open files" (500). Raise LimitNOFILE, or set worker_rlimit_nofile.`,
        related: [{ file: limit.file, span: limit.span, message: 'The limit of the unit.' }],
      };
    }
  },
});
