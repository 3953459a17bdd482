/** Flags includes that lead back to their own file, or too deep. */
import { includes } from '../../php-fpm/model';
import { fpmPattern, type Project } from '../../project/project';
import { isAbsolute } from '../../text/path';
import { defineRule } from '../rule';

export default defineRule({
  id: 'php-fpm/include-cycle',
  language: 'php-fpm',
  severity: 'error',
  title: 'Include runs in a circle',
  why: `php-fpm follows includes five files deep and then refuses to start (\`failed to include more than 5 files recursively\`). A
pattern such as \`/etc/php-fpm.d/*.conf\` in a file of that very folder brings in the file itself.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php#include'],
  *check(source, project) {
    for (const { pattern, span, setting } of includes(source.tree)) {
      // A relative pattern starts from a folder that no file tells.
      if (!setting.known || !isAbsolute(pattern)) continue;
      const back = filesOf(project, source.file, pattern).find((file) => leadsTo(project, file, source.file));
      if (back === undefined) continue;
      yield {
        span,
        message:
          back === source.file
            ? `${pattern} brings in this file itself: php-fpm refuses to start.`
            : `${pattern} brings in ${back}, which leads back to this file: php-fpm refuses to start.`,
      };
    }
  },
});

function filesOf(project: Project, file: string, pattern: string): readonly string[] {
  return project.resolved.get(fpmPattern(file, pattern))?.files ?? [];
}

function leadsTo(project: Project, from: string, target: string): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (file === target) return true;
    const found = project.fpm(file);
    if (!found || seen.has(file)) continue;
    seen.add(file);
    for (const { pattern } of includes(found.tree)) open.push(...filesOf(project, file, pattern));
  }
  return false;
}
