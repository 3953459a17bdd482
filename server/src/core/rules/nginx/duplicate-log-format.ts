/** Flags a second log format of one name. */
import type { At } from '../../project/project';
import { clashesIn, isLiteral, kindOf, sameKey, spanNginxNames } from '../../project/references';
import { defineRule, type Report } from '../rule';

export default defineRule({
  id: 'nginx/duplicate-log-format',
  language: 'nginx',
  severity: 'error',
  title: 'Two log formats of one name',
  why: `The name of a \`log_format\` may be given once in \`http\` (and once in \`stream\`). nginx refuses to start with
\`duplicate "log_format" name "main"\`. In \`http\` the name \`combined\` is taken: that format is built in.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format'],
  *check(source, project) {
    const { file } = source;
    if (source.named('log_format').length === 0) return;
    const report = (again: At, first: At | null): Report => {
      const word = again.directive.args[0]!;
      const what = first
        ? `There is a log format "${word.value}" already`
        : `The log format "${word.value}" is built in`;
      return {
        span: spanNginxNames(source, again.directive, word),
        message: `${what}: nginx refuses to start (duplicate "log_format" name "${word.value}"). Choose another name.`,
        related: first ? [{ file: first.file, span: first.directive.args[0]!, message: 'The first one is here.' }] : [],
      };
    };
    for (const directive of source.named('log_format')) {
      const at = { file, directive };
      if (directive.values[1] !== 'combined' || !isLiteral(project, at)) continue;
      if (project.contextOf(at) === 'http' && kindOf(project, at)) yield report(at, null);
    }
    const found = clashesIn(project, file, 'log_format', function* (instance) {
      for (const kind of ['http', 'stream'] as const) {
        yield* sameKey(project, instance.inside(kind).get('log_format') ?? [], ({ directive }) => {
          const name = directive.values[1];
          return name === undefined || (name === 'combined' && kind === 'http') ? null : name;
        });
      }
    });
    for (const { first, again } of found) yield report(again, first);
  },
});
