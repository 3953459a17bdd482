/** Flags a fallback to a PHP script in a server that runs no PHP: the script itself is sent. */
import { isPass } from '../../nginx/model';
import { byText } from '../../nginx/phrase';
import type { At, Project } from '../../project/project';
import { isLiteral, isPlain } from '../../project/references';
import { areLocationsRead, locationFor } from '../../project/request';
import { mayBeSetOutOfView } from '../../project/settings';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/unrun-php',
  language: 'nginx',
  severity: 'warning',
  title: 'Nothing runs the script of this fallback',
  why: `\`try_files … /index.php\` makes nginx look for the location of \`/index.php\`. Where none hands it to PHP, nginx sends the **script
itself**, passwords in it and all, with 200. Where the file is not on nginx's side it goes round in circles: \`rewrite or internal
redirection cycle while internally redirecting to "/index.php"\`, **500**. Add a \`location ~ \\.php$\` with \`fastcgi_pass\`.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files'],
  *check(source, project) {
    for (const directive of source.named('try_files')) {
      const at = { file: source.file, directive };
      const path = fallbackScript(directive);
      if (path === null || !isLiteral(project, at)) continue;
      let server: At | null = project.parent(at);
      while (server?.directive.called === 'location') server = project.parent(server);
      if (server?.directive.called !== 'server' || handsOnScripts(project, server)) continue;
      if (mayBeSetOutOfView(project, at)) continue;
      const location = locationFor(project, server, path);
      if (!areLocationsRead(project, server) || (location && !areLocationsRead(project, location))) continue;
      if (!sendsFiles(project, server, at) || (location && !sendsFiles(project, location, at))) continue;
      yield {
        span: directive.args[directive.args.length - 1]!,
        message: `No location of this server hands ${path} to PHP: clients get the script itself (200), or 500 where it is not there. Add a "location ~ \\.php$" with fastcgi_pass.`,
        related: location
          ? [{ file: location.file, span: location.directive.name, message: `${path} is looked for here.` }]
          : [],
      };
    }
  },
});

/** The script that `try_files` ends with; null where that is none, or none that is written out. */
const fallbackScript = byText(({ values }): string | null => {
  const last = values[values.length - 1]!;
  const query = last.indexOf('?');
  const path = query < 0 ? last : last.slice(0, query);
  return values.length > 1 && /^\/[^$]*\.php$/.test(path) ? path : null;
});

/** A location for scripts that passes them on, as nearly all servers with such a fallback have: told without reading its expression. */
function handsOnScripts(project: Project, { file, directive }: At): boolean {
  const locations = project.children(file, directive).get('location') ?? [];
  return locations.some(
    ({ directive: { values, block } }) =>
      values[1]?.startsWith('~') && values[2]?.endsWith('\\.php$') && block?.items.some(({ called }) => isPass(called)),
  );
}

/** What makes of a path something else than its file, in modules that stock nginx has not too. */
const ANSWERS =
  /^(?:rewrite|return|if|limit_except|perl|js_content|.*_by_lua.*|include|php.*|passenger.*|uwsgi_modifier.)$/;

/** `fallback`: the line that this is about. */
function sendsFiles(project: Project, block: At, fallback: At): boolean {
  if (!isPlain(project, block.file)) return false;
  for (const [name, found] of project.children(block.file, block.directive)) {
    if (name === 'include') {
      if (found.some(({ file, directive }) => !isInView(project, file, directive.values[1], directive))) return false;
    } else if (isPass(name) || ANSWERS.test(name)) return false;
    // Another fallback may lead to a named location that runs PHP.
    else if (name === 'try_files' && found.some(({ directive }) => directive !== fallback.directive)) return false;
    else if (
      name === 'error_page' &&
      found.some(({ directive }) => directive.args.some(({ value }) => value.startsWith('@')))
    )
      return false;
  }
  return true;
}

function isInView(project: Project, file: string, pattern: string | undefined, include: At['directive']): boolean {
  const resolved = project.resolved.get(project.includePattern(file, include));
  // A pattern that finds nothing here may find something on the server.
  return pattern !== undefined && resolved !== undefined && !resolved.error && resolved.files.length > 0;
}
