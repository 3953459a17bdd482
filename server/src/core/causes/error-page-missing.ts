/** After the upstream, nginx was to send a file of its own, and could not: mostly an error page. */
import { shellWord } from '../text/shell';
import { defineCause } from './cause';
import { directiveEvidence } from './directives';

export default defineCause({
  id: 'error-page-missing',
  title: 'The page to send instead of the backend’s answer is missing',
  headline: ({ record }) => {
    const path = pathIn(record.message);
    const lacking = record.errno === 13 ? 'nginx may not read' : 'There is no file';
    return path
      ? `${lacking} ${path}, which was to be sent instead of the backend’s answer`
      : 'The page to send instead of the backend’s answer is missing';
  },
  status: [404, 403],
  statusOf: ({ record }) => [record.errno === 13 ? 403 : 404],
  pattern: /^(?:open\(\) "[^"]{1,4096}" failed \(|"[^"]{1,4096}" is (?:not found|forbidden) \()/,
  // ngx_http_static_handler() and ngx_http_index_handler(): with an upstream, which the request had been to before.
  when: ({ upstream, phase, client, level, errno }) =>
    upstream !== null &&
    client !== null &&
    phase === null &&
    level === 'error' &&
    (errno === 2 || errno === 13 || errno === 20 || errno === 36),
  why: `The request had been to the backend before: the entry names an \`upstream\`. Then \`error_page\`, or the backend's own
\`X-Accel-Redirect\`, sent it to a file, and that file is missing (2) or may not be read (13). So the client gets **404** (or **403**)
instead of the 502, 503 or 504 that it is about, and whoever watches for 5xx sees nothing.

What went wrong with the backend is in the entry before this one, of the same connection (\`*5\`). Put the page there, with a location of
its own that is not proxied, or take the \`error_page\` line away: nginx has pages built in.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#error_page'],
  checks: ({ record }) => {
    const path = pathIn(record.message);
    return [
      ...(path ? [{ title: 'Is the file there, and may nginx read it?', command: `namei -l ${shellWord(path)}` }] : []),
      ...(record.connection === null
        ? []
        : [
            {
              title: 'What happened before on this connection?',
              command: `grep -F ': *${record.connection} ' /var/log/nginx/error.log`,
            },
          ]),
      { title: 'Which error pages are set?', command: "nginx -T 2>/dev/null | grep -n 'error_page'" },
    ];
  },
  evidence: (incident) =>
    directiveEvidence(incident, 'error_page', (value) => `error_page ${value} is in force there.`),
  fixes: () => [],
});

function pathIn(message: string): string | null {
  return /^(?:open\(\) )?"([^"]{1,4096})"/.exec(message)?.[1] ?? null;
}
