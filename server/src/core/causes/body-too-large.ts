/** The client's request body is larger than nginx accepts. */
import bodySize from '../remedies/body-size';
import { defineCause, type Incident } from './cause';
import { directiveEvidence } from './directives';
import { offer, preferFirst } from './fixes';

export default defineCause({
  id: 'body-too-large',
  title: 'The request body is larger than nginx accepts',
  headline: ({ record }) => {
    const bytes = size({ record });
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
  fixes: (incident) => {
    const { route } = incident;
    const bytes = Number(size(incident));
    return route && bytes > 0 ? preferFirst(offer(bodySize, incident, { pass: route.pass, bytes })) : [];
  },
  advice: [bodySize],
});

/** What the client announced; a body in chunks has no announced size. */
function size({ record }: Pick<Incident, 'record'>): string | undefined {
  return /: (\d{1,18}) bytes/.exec(record.message)?.[1];
}
