/** Points out a page for gateway errors that is asked from the very backend that has failed. */

import { isPass } from '../../nginx/model';
import { errorPages } from '../../project/error-pages';
import { passOf } from '../../project/links';
import type { At, Project } from '../../project/project';
import { mayBeSetOutOfView } from '../../project/settings';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/error-page-proxied',
  language: 'nginx',
  severity: 'information',
  title: 'The error page comes from the backend that failed',
  why: `\`error_page 502 /50x.html\` makes nginx look for the location of \`/50x.html\`. Where that is the one that is proxied, nginx asks the backend
for the page, which is down: the client gets nginx's bare **502** page, and the log a second line for each request. Give the page a
location of its own: \`location = /50x.html { root /usr/share/nginx/html; internal; }\`.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#error_page'],
  *check(source, project) {
    for (const { at, word: page, codes, server, location: chosen } of errorPages(project, source)) {
      if (!codes.some((code) => /^50[234]$/.test(code)) || codes.some((code) => code.startsWith('='))) continue;
      if (mayBeSetOutOfView(project, at)) continue;
      const target = chosen && onlyPass(project, chosen, at);
      if (!chosen || target === null || passesIn(project, server).some((other) => other !== target)) continue;
      yield {
        span: page,
        message: `When the backend is down, this page is asked from the same backend (${target}), so that the client gets nginx's bare 502 page. Add "location = ${page.value}" with a root.`,
        related: [{ file: chosen.file, span: chosen.directive.name, message: `${page.value} is looked for here.` }],
      };
    }
  },
});

/** Where everything in this location goes; null where it may find a file, or answer itself. */
function onlyPass(project: Project, location: At, page: At): string | null {
  const here = project.children(location.file, location.directive);
  if (
    ['try_files', 'rewrite', 'if', 'return', 'location', 'content_by_lua_block', 'recursive_error_pages'].some((name) =>
      here.has(name),
    ) ||
    here.get('error_page')?.some(({ directive }) => directive !== page.directive)
  )
    return null;
  for (const [name, found] of here) {
    if (!isPass(name)) continue;
    const pass = passOf(project, found[0]!);
    return pass && !pass.target.dynamic ? (found[0]!.directive.values[1] ?? null) : null;
  }
  return null;
}

/** What the passes of a server lead to. */
function passesIn(project: Project, server: At): string[] {
  const found: string[] = [];
  const open: At[] = [server];
  for (let block = open.pop(); block; block = open.pop()) {
    for (const [name, children] of project.children(block.file, block.directive)) {
      if (isPass(name)) found.push(...children.map(({ directive }) => directive.values[1] ?? ''));
      if (name === 'location' || name === 'if' || name === 'limit_except') open.push(...children);
    }
  }
  return found;
}
