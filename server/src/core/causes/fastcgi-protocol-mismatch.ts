/** What answers a FastCGI pass does not speak FastCGI. */
import { FASTCGI } from './answers';
import { defineCause } from './cause';
import { listenerChecks } from './checks';
import { listenerEvidence } from './fixes';
import { isForRequest } from './phase';

export default defineCause({
  id: 'fastcgi-protocol-mismatch',
  title: 'What answers there does not speak FastCGI',
  headline: ({ record }) =>
    record.message.includes('protocol version: 72')
      ? 'fastcgi_pass leads to an HTTP server'
      : 'What answers there does not speak FastCGI',
  status: [502],
  pattern: FASTCGI,
  when: isForRequest,
  why: `The first byte of every FastCGI record is its version, 1. Something else came: **72 is the letter H**, the beginning of
\`HTTP/1.1\`, so \`fastcgi_pass\` leads to an HTTP server. The client gets **502**.

Use \`proxy_pass\` for an HTTP server, or give \`fastcgi_pass\` the address on which php-fpm listens.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_pass'],
  checks: listenerChecks,
  evidence: listenerEvidence,
  fixes: () => [],
});
