/** Flags `allow` lines that allow what is allowed anyhow. */

import type { Directive } from '../../nginx/tree';
import { insertion } from '../../project/edit';
import type { Project } from '../../project/project';
import { isPlain } from '../../project/references';
import type { NginxSource } from '../../project/source';
import { defineRule, mend } from '../rule';

const TAKES_ACCESS = /^(?:http|stream|server|location|limit_except)$/;

export default defineRule({
  id: 'nginx/access-order',
  language: 'nginx',
  severity: 'information',
  title: 'Some are allowed and nobody is denied',
  why: `\`allow\` alone keeps nobody out: whoever matches no line is let in. And a block with lines of its own inherits none, so a
\`deny all\` of the server does not hold in a location that has an \`allow\`. End the list with \`deny all;\`. Not reported with
\`allow all\`, which opens a location on purpose, and with \`satisfy any\`, where the others have to log in.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_access_module.html'],
  *check(source, project) {
    for (const block of blocks(source)) {
      const here = project.children(source.file, block);
      const allow = here.get('allow') ?? [];
      const first = allow.find(({ file, directive }) => file === source.file && directive.parent === block);
      if (!first || here.has('deny') || allow.some(({ directive }) => directive.values[1] === 'all')) continue;
      if (!isPlain(project, source.file) || hasUnknown(project, source, block)) continue;
      const satisfy = here.get('satisfy') ?? project.effective({ file: source.file, directive: block }, 'satisfy');
      if (satisfy[satisfy.length - 1]?.directive.values[1] === 'any') continue;
      const outer = project.effective({ file: source.file, directive: block }, 'deny')[0];
      const last = allow[allow.length - 1]!;
      yield {
        span: first.directive,
        message: `"allow ${first.directive.values[1] ?? ''}" keeps nobody out: without "deny all" in the same block everyone else is let in too.`,
        related: outer
          ? [
              {
                file: outer.file,
                span: outer.directive,
                message: `Not inherited: this ${block.called} has lines of its own.`,
              },
            ]
          : [],
        fixes:
          last.file === source.file && last.directive.parent === block
            ? [
                {
                  ...mend('nginx/access-order', 'Deny everyone else: deny all', []),
                  edits: () => [
                    insertion(project, { file: source.file, directive: block }, ['deny all;'], last.directive),
                  ],
                },
              ]
            : [],
      };
    }
  },
});

function blocks(source: NginxSource): Set<Directive> {
  const parents = source.named('allow').flatMap(({ parent }) => parent ?? []);
  return new Set(parents.filter(({ called }) => TAKES_ACCESS.test(called)));
}

/** An include that is not in view may bring the `deny`. */
function hasUnknown(project: Project, source: NginxSource, block: Directive): boolean {
  return (project.children(source.file, block).get('include') ?? []).some(({ file, directive }) => {
    const resolved = project.resolved.get(project.includePattern(file, directive));
    return !resolved || resolved.error !== undefined || resolved.files.length === 0;
  });
}
