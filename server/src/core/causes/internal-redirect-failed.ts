/** nginx was to go on in another location, and there is none. */
import { defineCause } from './cause';
import { directiveEvidence } from './directives';

export default defineCause({
  id: 'internal-redirect-failed',
  title: 'An internal redirect leads nowhere',
  headline: ({ record }) => {
    const name = /^could not find named location "([^"]{1,200})"/.exec(record.message)?.[1];
    return name ? `There is no location ${name}` : 'An internal redirect leads nowhere';
  },
  status: [500],
  pattern:
    /^(?:could not find named location "|empty URI in redirect to named location "|the rewritten URI has a zero length|"(?:alias|_)" cannot be used in location ")/,
  why: `\`error_page\`, \`try_files\`, \`rewrite\` or the upstream's \`X-Accel-Redirect\` sent the request to a place that this server block does not
have. The client gets **500**, whatever the upstream had answered.

A named location (\`location @name\`) belongs to its \`server\` block and is not found from another one.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#location'],
  checks: () => [{ title: 'Which named locations are there?', command: "nginx -T 2>/dev/null | grep -n '@'" }],
  evidence: (incident) => [
    ...directiveEvidence(incident, 'error_page', (value) => `error_page ${value} is in force there.`),
    ...directiveEvidence(incident, 'try_files', (value) => `try_files ${value} is in force there.`),
  ],
  fixes: () => [],
});
