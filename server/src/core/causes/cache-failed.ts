/** The cache of responses cannot be used. */
import { dirname } from '../text/path';
import { shellWord } from '../text/shell';
import { defineCause } from './cause';
import { directiveEvidence } from './directives';
import { isCacheFile, isForRequest } from './phase';

/** The request goes on without the cache. */
const PASSED_OVER =
  /_buffer_size \d{1,12} is not enough for cache key|^cache (?:file|lock)|^(?:unlink|DeleteFile|rename|MoveFile)\(\)/;

export default defineCause({
  id: 'cache-failed',
  title: 'The cache of responses cannot be used',
  headline: ({ record }) => {
    const file = /^(?:open|CreateFile)\(\) "([^"]{1,400})"/.exec(record.message)?.[1];
    return file ? `nginx cannot read ${file} in its cache` : 'The cache of responses cannot be used';
  },
  status: [500],
  statusOf: ({ record }) => (PASSED_OVER.test(record.message) ? [] : [500]),
  pattern:
    /^(?:\w{1,20}_buffer_size \d{1,12} is not enough for cache key|cache "[^"]{1,200}" not found|cache file "[^"]{1,400}" |cache lock timeout|(?:open|CreateFile|read|pread|fstat|unlink|rename)\(\) "[^"]{1,400}")/,
  when: (record) => {
    if (!isForRequest(record) || record.client === null) return false;
    if (!record.message.includes('() "')) return true;
    // A file of a site may be named like that too: it is missing, or told at level error.
    return isCacheFile(record) && record.errno !== 2 && record.errno !== 20 && record.level !== 'error';
  },
  why: `\`proxy_cache\` and its kin look for a stored answer first. \`cache "x" not found\` means that a variable names a zone that no
\`*_cache_path\` defines; \`open() "…" failed (13)\` that nginx's workers may not read a file of the cache, as after a change of
\`user\`. Both end the request with **500**, although the backend may be well.

A file that is damaged or from another version, a key that is too long for the buffer and a lock that was waited for in vain **fail no
request**: nginx asks the backend as if there were no cache.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache'],
  checks: ({ record }) => {
    const path = /"(\/[^"]{1,400})"/.exec(record.message)?.[1];
    return [
      ...(path ? [{ title: 'May nginx read there?', command: `namei -l ${shellWord(dirname(path))}` }] : []),
      { title: 'Which caches are defined?', command: "nginx -T 2>/dev/null | grep -nE '_cache(_path)? '" },
      { title: 'Which user does nginx run as?', command: "nginx -T 2>/dev/null | grep -E '^\\s*user '" },
    ];
  },
  evidence: (incident) => directiveEvidence(incident, '*_cache', (value) => `The cache in force is ${value}.`),
  fixes: () => [],
});
