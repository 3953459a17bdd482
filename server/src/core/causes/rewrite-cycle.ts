/** A request was redirected inside nginx again and again. */
import { defineCause } from './cause';
import { directiveEvidence } from './directives';

export default defineCause({
  id: 'rewrite-cycle',
  title: 'A request goes round in a circle inside nginx',
  headline: ({ record }) => {
    const uri = /"([^"]{1,200})"/.exec(record.message.slice(0, 400))?.[1];
    return uri
      ? `The request goes round in a circle: ${uri.slice(0, 60)}`
      : 'A request goes round in a circle inside nginx';
  },
  status: [500],
  pattern: /^rewrite or internal redirection cycle\b/,
  why: `\`try_files\`, \`rewrite\`, \`index\` or \`error_page\` sent the request to another URI, and that one back, ten times; then nginx gives up.
The client gets **500**, and no upstream was asked.

The classic: \`try_files $uri $uri/ /index.php;\` where **no location takes \`.php\`** or where /index.php does not exist, so the fallback
falls back to itself. A last argument \`=404\` ends every circle.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files'],
  checks: () => [
    {
      title: 'What redirects inside nginx?',
      command: "nginx -T 2>/dev/null | grep -nE '(try_files|rewrite|error_page|index) '",
    },
    {
      title: 'Where is the root, and is the fallback there?',
      command: "nginx -T 2>/dev/null | grep -nE '(root|alias) '",
    },
  ],
  evidence: (incident) => directiveEvidence(incident, 'try_files', (value) => `try_files ${value} is in force there.`),
  fixes: () => [],
});
