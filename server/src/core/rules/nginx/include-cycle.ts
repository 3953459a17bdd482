/** Flags an include that leads back to its own file. */
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/include-cycle',
  language: 'nginx',
  severity: 'error',
  title: 'Include leads back to this file',
  why: `nginx follows includes without looking back, so a file that includes itself, directly or through others, is opened again
and again until \`open() failed (24: Too many open files)\`.`,
  references: ['https://nginx.org/en/docs/ngx_core_module.html#include'],
  *check(source, project) {
    for (const include of source.includes) {
      const files = project.resolved.get(project.includePattern(source.file, include))?.files ?? [];
      const through = files.find((file) => leadsTo(file, source.file));
      if (through === undefined) continue;
      const word = include.args[0]!;
      yield {
        span: word,
        message:
          through === source.file
            ? `"${word.value}" includes this file itself: nginx opens it again and again and does not start.`
            : `"${word.value}" includes ${through}, which leads back to this file: nginx does not start.`,
      };
    }

    function leadsTo(from: string, target: string): boolean {
      const seen = new Set<string>();
      const open = [from];
      for (let file = open.pop(); file !== undefined; file = open.pop()) {
        if (file === target) return true;
        if (seen.has(file)) continue;
        seen.add(file);
        for (const include of project.nginx(file)?.includes ?? []) {
          open.push(...(project.resolved.get(project.includePattern(file, include))?.files ?? []));
        }
      }
      return false;
    }
  },
});
