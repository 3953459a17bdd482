/** The location asks memcached, and does not say for what. */
import { defineCause } from './cause';
import { isForRequest } from './phase';

export default defineCause({
  id: 'memcached-key-missing',
  title: 'nginx does not know what to ask memcached for',
  status: [500],
  pattern: /^the "(?:\$memcached_key|_)" variable is not set/,
  when: isForRequest,
  why: `\`memcached_pass\` asks for what \`$memcached_key\` holds, and nothing in that location has set it, or it is empty. The client gets **500**; memcached
was not asked. Write \`set $memcached_key "$uri?$args";\` (or however the application names its keys) beside the pass.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_memcached_module.html#memcached_pass'],
  checks: () => [{ title: 'Where is the key set?', command: "nginx -T 2>/dev/null | grep -n 'memcached'" }],
  evidence: ({ route }) =>
    route
      ? [
          {
            message: 'The pass stands here; no key is set for it.',
            file: route.pass.at.file,
            span: route.pass.at.directive,
          },
        ]
      : [],
  fixes: () => [],
});
