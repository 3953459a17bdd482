/** Flags a second upstream group of one name. */
import { clashesIn, sameKey, spanNginxNames } from '../../project/references';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/duplicate-upstream',
  language: 'nginx',
  severity: 'error',
  title: 'Two upstreams of one name',
  why: `The name of an \`upstream\` group is known in all of \`http\` (or \`stream\`), whichever file defines it, and case does not
matter. nginx refuses to start with \`duplicate upstream "app"\`. Two files that are switched on side by side are the usual
cause.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#upstream'],
  *check(source, project) {
    if (source.named('upstream').length === 0) return;
    const found = clashesIn(project, source.file, 'upstream', function* (instance) {
      for (const kind of ['http', 'stream'] as const) {
        yield* sameKey(project, instance.inside(kind).get('upstream') ?? [], ({ directive }) =>
          directive.block && directive.values.length === 2 ? directive.values[1]!.toLowerCase() : null,
        );
      }
    });
    for (const { first, again } of found) {
      const word = again.directive.args[0]!;
      yield {
        span: spanNginxNames(source, again.directive, word),
        message: `There is an upstream "${first.directive.values[1]!}" already: nginx refuses to start (duplicate upstream "${word.value}"). Rename or remove one of them.`,
        related: [{ file: first.file, span: first.directive.args[0]!, message: 'The first one is here.' }],
      };
    }
  },
});
