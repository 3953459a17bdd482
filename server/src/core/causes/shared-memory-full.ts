/** A zone of shared memory has no room for what this request needs. */
import { defineCause } from './cause';

export default defineCause({
  id: 'shared-memory-full',
  title: 'A zone of shared memory is full',
  headline: ({ record }) => {
    const zone = / in ([a-z_ ]{1,40} "[^"]{1,100}")/.exec(record.message.slice(0, 400))?.[1];
    return zone ? `There is no room in ${zone}` : 'A zone of shared memory is full';
  },
  status: [503, 500],
  statusOf: ({ record }) => {
    if (/ in limit_(?:req|conn)/.test(record.message)) return [503];
    if (record.message.includes(' in upstream ')) return [];
    // Before it gives up, nginx throws old entries away and asks again: only "could not allocate" means that it gave up.
    return record.message.startsWith('could not allocate node') ? [500] : [];
  },
  // Other zones, such as that of TLS sessions, do without.
  pattern:
    /^(?:could not allocate node|ngx_slab_alloc\(\) failed: no memory) in (?:limit_req zone|limit_conn_zone|cache keys zone|upstream zone)\b/,
  why: `Limits, caches and upstream groups keep what all workers must know in a zone of the size given in \`limit_req_zone\`, \`limit_conn_zone\`,
\`*_cache_path … keys_zone\` or \`zone\`. When a limit's zone is full even after old entries were dropped, nginx turns the request away
with **503**; when the keys of a cache are full, it answers **500**. The backend was not asked.

Make that zone larger: a megabyte holds some 16 000 addresses, or 8 000 keys of a cache.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_limit_req_module.html#limit_req_zone'],
  checks: () => [
    {
      title: 'Which zones are there, and how large?',
      command: "nginx -T 2>/dev/null | grep -nE '_zone|keys_zone|zone '",
    },
    { title: 'How often does it happen?', command: "grep -c 'no memory in' /var/log/nginx/error.log" },
  ],
  fixes: () => [],
});
