/** Flags `aio threads=name` where no thread pool has the name. */
import { instancesOf, isLiteral, isWhole, spanNginxNames } from '../../project/references';
import { closest } from '../../text/spelling';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'nginx/undefined-thread-pool',
  language: 'nginx',
  severity: 'error',
  title: 'No thread pool of this name',
  why: `\`aio threads=disk\` needs a \`thread_pool disk threads=…;\` at the top level, above or below: nginx refuses to start with
\`unknown thread pool "disk"\`. Capitals count. \`aio threads\` without a name uses the pool \`default\`, which is always there.`,
  references: ['https://nginx.org/en/docs/ngx_core_module.html#thread_pool'],
  *check(source, project) {
    const { file } = source;
    for (const directive of source.named('aio')) {
      const word = directive.args[0];
      if (!word?.value.startsWith('threads=') || word.value.includes('$')) continue;
      const name = word.value.slice('threads='.length);
      if (name === 'default' || !isLiteral(project, { file, directive }) || !isWhole(project, file)) continue;
      if (project.contextOf({ file, directive }) === null) continue;
      const pools = instancesOf(project, file).flatMap(({ root }) =>
        (project.children(root.file, null).get('thread_pool') ?? []).map((at) => at.directive.values[1] ?? ''),
      );
      if (pools.includes(name)) continue;
      const meant = name === '' ? undefined : closest(name, pools);
      yield {
        span: spanNginxNames(source, directive, word),
        message: `No thread pool is called "${name}": nginx refuses to start (unknown thread pool). Write "thread_pool ${name || 'name'} threads=32;" at the top level, or threads alone for the default one.`,
        fixes: meant
          ? [
              mend('nginx/undefined-thread-pool', `Use the thread pool "${meant}"`, [
                { file, span: word, newText: `threads=${meant}` },
              ]),
            ]
          : [],
      };
    }
  },
});
