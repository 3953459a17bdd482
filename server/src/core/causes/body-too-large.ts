/** The client's request body is larger than nginx accepts. */
import { defineCause } from './cause';
import { directiveEvidence } from './directives';

export default defineCause({
  id: 'body-too-large',
  title: 'The request body is larger than nginx accepts',
  headline: ({ record }) => {
    const bytes = /: (\d{1,18}) bytes/.exec(record.message)?.[1];
    return bytes
      ? `The request body of ${bytes} bytes is larger than nginx accepts`
      : 'The request body is larger than nginx accepts';
  },
  status: [413],
  pattern: /^client intended to send too large (?:chunked )?body\b/,
  why: `The client announced more than \`client_max_body_size\` allows: **1 MB by default**. nginx answers **413** itself; the backend hears
nothing of it.

Raise it where uploads happen, not everywhere. The backend has limits of its own behind it: \`post_max_size\` and
\`upload_max_filesize\` in PHP.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size'],
  checks: () => [
    { title: 'Which limits are set, and where?', command: "nginx -T 2>/dev/null | grep -n 'client_max_body_size'" },
  ],
  evidence: (incident) =>
    directiveEvidence(
      incident,
      'client_max_body_size',
      (value) => `The limit in force is ${value}.`,
      (name) => `${name} is not set: nginx accepts 1m.`,
    ),
  fixes: () => [],
});
