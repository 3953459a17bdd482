/** Points out a page for gateway errors that is asked from the very backend that has failed. */

import { isPass } from '../../nginx/model';
import { passOf } from '../../project/links';
import type { At, Project } from '../../project/project';
import { isPlain } from '../../project/references';
import { locationFor } from '../../project/request';
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
    const asked = new Set<string>();
    for (const directive of source.named('error_page')) {
      const { args } = directive;
      const page = args[args.length - 1];
      const codes = args.slice(0, -1).map(({ value }) => value);
      if (!page || page.template || !/^\/[^$?]*$/.test(page.value) || !isPlain(project, source.file)) continue;
      if (!codes.some((code) => /^50[234]$/.test(code)) || codes.some((code) => code.startsWith('='))) continue;
      const at = { file: source.file, directive };
      const server = project.parent(at);
      if (server?.directive.name.value !== 'server' || mayBeSetOutOfView(project, at)) continue;
      // One page of a server is like another here.
      const key = `${server.file} ${server.directive.start} ${page.value}`;
      if (asked.has(key) || asked.size > 500) continue;
      asked.add(key);
      const chosen = locationFor(project, server, page.value);
      const target = chosen && onlyPass(project, chosen);
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
function onlyPass(project: Project, location: At): string | null {
  const here = project.children(location.file, location.directive);
  if (
    ['try_files', 'rewrite', 'if', 'return', 'error_page', 'location', 'content_by_lua_block'].some((name) =>
      here.has(name),
    )
  )
    return null;
  for (const [name, found] of here) {
    if (!isPass(name)) continue;
    const pass = passOf(project, found[0]!);
    return pass && !pass.target.dynamic ? (found[0]!.directive.args[0]?.value ?? null) : null;
  }
  return null;
}

/** What the passes of a server lead to. */
function passesIn(project: Project, server: At): string[] {
  const found: string[] = [];
  const open: At[] = [server];
  for (let block = open.pop(); block; block = open.pop()) {
    for (const [name, children] of project.children(block.file, block.directive)) {
      if (isPass(name)) found.push(...children.map(({ directive }) => directive.args[0]?.value ?? ''));
      if (name === 'location' || name === 'if' || name === 'limit_except') open.push(...children);
    }
  }
  return found;
}
