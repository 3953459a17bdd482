/** memcached has nothing under the key. */
import { defineCause } from './cause';
import { directiveEvidence } from './directives';
import { isForRequest } from './phase';

export default defineCause({
  id: 'memcached-miss',
  title: 'memcached has nothing under this key',
  headline: ({ record }) => {
    const key = /^key: "([^"]{1,200})"/.exec(record.message)?.[1];
    return key ? `memcached has nothing under "${key}"` : 'memcached has nothing under this key';
  },
  status: [404],
  pattern: /^key: "[^"]{0,2000}" was not found by memcached/,
  when: isForRequest,
  why: `nginx asked memcached, and memcached answered that it has no such key. The client gets **404**. That is how \`memcached_pass\` is meant to
work: \`error_page 404 502 504 = @app;\` in the same location then asks the application, which fills the key.

When it is always so: the key that nginx builds (\`$memcached_key\`) is not the one under which the application stores.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_memcached_module.html'],
  checks: () => [
    { title: 'Which key does nginx ask for?', command: "nginx -T 2>/dev/null | grep -n 'memcached'" },
    {
      title: 'How many hits and misses are there?',
      command: "printf 'stats\\r\\nquit\\r\\n' | nc 127.0.0.1 11211 | grep get_",
    },
  ],
  evidence: (incident) =>
    directiveEvidence(
      incident,
      'error_page',
      (value) => `error_page ${value} is in force there.`,
      () => 'No error_page is set there: the client sees the 404.',
    ),
  fixes: () => [],
});
