/** Flags an include whose file cannot be read. */

import { isInstalled } from '../../project/includes';
import { PACKAGED } from '../../project/settings';
import { systemOf } from '../../project/system';
import { isTemplateFile } from '../../project/template-file';
import { isGlob } from '../../text/glob';
import { dirname } from '../../text/path';
import { defineRule } from '../rule';

/** What certbot, and what starts nginx, write on the server: no checkout has it. */
const GENERATED = /^\/(?:etc\/letsencrypt|run|var\/run|tmp)\//;

export default defineRule({
  id: 'nginx/include-missing',
  language: 'nginx',
  severity: 'error',
  title: 'Included file cannot be read',
  why: `nginx stops when an included file is not there: \`open() "…" failed (2: No such file or directory)\`. A pattern with \`*\` that
matches nothing is fine. Relative names start from the folder of the main \`nginx.conf\`, not from the file with the \`include\`.

An absolute path outside this project may exist on the server and not here: that is a warning.`,
  references: ['https://nginx.org/en/docs/ngx_core_module.html#include'],
  *check(source, project) {
    const root = project.nginxRoots.find(({ file }) => project.together(source.file).has(file));
    for (const include of source.includes) {
      const word = include.args[0]!;
      const pattern = project.includePattern(source.file, include);
      const error = project.resolved.get(pattern)?.error;
      if (!error) continue;
      if (word.value.includes('$')) {
        const [name] = /\$\{?[a-z_]\w*\}?/.exec(word.value) ?? [];
        if (!name || isTemplateFile(source.file) || isGlob(word.value)) continue;
        yield {
          span: word,
          message: `include knows no variables: nginx looks for a file with "${name}" in its name and does not start. Write the path out.`,
        };
        continue;
      }
      // A fragment alone does not know the folder its includes start from, nor the server its absolute paths are on.
      const isMain = project.contexts(source.file).includes('main') || project.includers(source.file).length > 0;
      const inside = root !== undefined && pattern.startsWith(`${dirname(root.file)}/`);
      if (!isMain && error.kind === 'missing') continue;
      // A template is filled in for another machine, and its conditions may leave the line out.
      const isTemplate = source.tree.templates.length > 0 || isTemplateFile(source.file);
      if (isTemplate && error.kind === 'missing') continue;
      // A checkout seldom holds what the package brings along.
      if (
        (PACKAGED.test(word.value) || GENERATED.test(word.value)) &&
        error.kind === 'missing' &&
        !isInstalled(root?.file ?? source.file)
      )
        continue;
      const system = systemOf(project);
      if (error.kind === 'missing' && system.isMade(word.value)) continue;
      // In its image there may be more beside it than in the checkout.
      const certain = error.kind === 'unreadable' || (inside && !system.isGiven(root.file));
      const what = isGlob(word.value) ? `A file that "${word.value}" matches` : `"${pattern}"`;
      yield {
        span: word,
        severity: certain ? 'error' : 'warning',
        message:
          certain && inside
            ? `${what} cannot be read: ${error.reason}. nginx does not start without it.`
            : `${what} cannot be read here: ${error.reason}. If the server does not have it either, nginx does not start.`,
      };
    }
  },
});
