/** Flags an access log in a format that is not defined before it. */
import { instancesOf, isLiteral, isWhole, kindOf, spanNginxNames } from '../../project/references';
import { closest } from '../../text/spelling';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'nginx/undefined-log-format',
  language: 'nginx',
  severity: 'error',
  title: 'Log format is used but not defined',
  why: `The word behind the path of \`access_log\` is the name of a \`log_format\`, also where options follow. It must be defined
above: nginx reads from top to bottom and refuses to start with \`unknown log format "main"\`. In \`http\` the format
\`combined\` is always there.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_log_module.html#access_log'],
  *check(source, project) {
    const { file } = source;
    for (const directive of source.named('access_log')) {
      const at = { file, directive };
      const word = directive.args[1];
      if (!word || directive.values[1]! === 'off' || word.value.includes('$') || !isLiteral(project, at)) continue;
      const kind = kindOf(project, at);
      if (!kind || (kind === 'http' && word.value === 'combined') || !isWhole(project, file)) continue;
      const formats = instancesOf(project, file).flatMap((instance) => instance.inside(kind).get('log_format') ?? []);
      const defined = formats.filter((format) => format.directive.values[1] === word.value);
      // Further down is too late, as far as one file tells.
      if (defined.some((format) => format.file !== file || format.directive.start < directive.start)) continue;
      if (defined.length > 0 && project.includers(file).length > 1) continue;
      const late = defined[0];
      const names = formats.map((format) => format.directive.values[1] ?? '');
      const isOption = /^(?:buffer=|flush=|gzip\b|if=)/.test(word.value);
      const meant = late || isOption ? null : closest(word.value, kind === 'http' ? [...names, 'combined'] : names);
      const insert = isOption && kind === 'http';
      yield {
        span: spanNginxNames(source, directive, word),
        message: late
          ? `The log format "${word.value}" is defined further down: nginx reads from top to bottom and refuses to start (unknown log format "${word.value}"). Move the log_format up.`
          : isOption
            ? `The word behind the path is the name of a log format, so "${word.value}" is taken for one: nginx refuses to start (unknown log format). Write the format before the options.`
            : `Nothing defines the log format "${word.value}": nginx refuses to start (unknown log format "${word.value}"). Define it with log_format in the ${kind} block${kind === 'http' ? ', or use combined' : ''}.`,
        related: late ? [{ file: late.file, span: late.directive.name, message: 'It is defined here, too late.' }] : [],
        fixes: insert
          ? [
              mend('nginx/undefined-log-format', 'Write the format "combined" before the options', [
                { file, span: { start: word.start, end: word.start }, newText: 'combined ' },
              ]),
            ]
          : meant
            ? [
                mend('nginx/undefined-log-format', `Use the log format "${meant}"`, [
                  { file, span: word, newText: meant },
                ]),
              ]
            : [],
      };
    }
  },
});
