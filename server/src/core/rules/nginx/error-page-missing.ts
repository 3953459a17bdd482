/** Flags a page for gateway errors whose file is not there: the client gets 404 instead of the 502. */
import { errorPages, pageFile } from '../../project/error-pages';
import { mayBeSetOutOfView } from '../../project/settings';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/error-page-missing',
  language: 'nginx',
  severity: 'warning',
  title: 'The error page is not there',
  why: `\`error_page 502 /50x.html\` makes nginx look for the file of \`/50x.html\` when the backend is down. Where it is missing, the client gets
**404** instead of 502, also with \`=503\`: monitors and caches take it for a page that does not exist, and the log has
\`open() "…/50x.html" failed (2: No such file or directory)\` behind the real reason. Put the file there, or remove the line: nginx has
a page of its own.

Told only of files in the folder that is open, in a folder that Compose mounts, or on the machine whose \`/etc/nginx\` is open, and
only where the folder of \`root\` or \`alias\` is there.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#error_page'],
  *check(source, project) {
    if (project.absent.size === 0) return;
    for (const page of errorPages(project, source)) {
      const code = ['502', '504', '503', '500'].find((each) => page.codes.includes(each));
      const found = code === undefined ? null : pageFile(project, page);
      if (!found || !project.absent.has(found.file) || mayBeSetOutOfView(project, page.at)) continue;
      const { file, directive } = found.at;
      yield {
        span: page.word,
        message: `There is no ${found.path}: where this page should answer, clients get 404 instead of ${code}. Put the file there, or remove this line.`,
        related: [{ file, span: directive, message: `${page.word.value} is looked for below this folder.` }],
      };
    }
  },
});
