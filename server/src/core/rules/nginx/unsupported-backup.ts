/** Flags backup servers in a group whose balancing method knows none. */
import { signatures } from '../../nginx/catalogue';
import { isPlain, isWritten, kindOf, spanNginxNames } from '../../project/references';
import { defineRule, mend } from '../rule';

const WITHOUT = new Set(['hash', 'ip_hash', 'random']);
const WITH = new Set(['least_conn', 'least_time']);

export default defineRule({
  id: 'nginx/unsupported-backup',
  language: 'nginx',
  severity: 'error',
  title: 'This balancing method knows no backup servers',
  why: `\`hash\`, \`ip_hash\` and \`random\` spread requests over all servers and know no backups: nginx refuses to start with
\`balancing method does not support parameter "backup"\`. It reads from top to bottom, so the method must stand above the servers
for that to be noticed; below them, the backups would be forgotten silently. Round robin and \`least_conn\` know backups.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server'],
  *check(source, project) {
    // Without a method there is nothing to do for a thousand groups.
    if (![...WITHOUT].some((name) => source.names.has(name)) || !isPlain(project, source.file)) return;
    for (const upstream of source.named('upstream')) {
      if (!upstream.block || !isWritten(upstream)) continue;
      if (!kindOf(project, { file: source.file, directive: upstream })) continue;
      let method: string | null = null;
      for (const directive of upstream.block.items) {
        const name = directive.called;
        if (WITHOUT.has(name)) method = name;
        // An included file or another module may choose a method too.
        else if (WITH.has(name) || name === 'include' || signatures(name).length === 0) method = null;
        else if (name === 'server' && method) {
          const word = directive.args.slice(1).find(({ value, template }) => value === 'backup' && !template);
          if (!word) continue;
          yield {
            span: spanNginxNames(source, directive, word),
            message: `"${method}" knows no backup servers: nginx refuses to start (balancing method does not support parameter "backup"). Leave backup out, or use least_conn.`,
            fixes: [
              mend('nginx/unsupported-backup', 'Remove "backup"', [
                { file: source.file, span: { start: word.start - 1, end: word.end }, newText: '' },
              ]),
            ],
          };
        }
      }
    }
  },
});
