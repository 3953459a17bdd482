/** The request's parameters do not fit into one record of the backend's protocol. */
import { defineCause } from './cause';
import { isForRequest } from './phase';

export default defineCause({
  id: 'request-too-big',
  title: 'The request header does not fit into the backend’s protocol',
  status: [500],
  pattern: /^(?:fastcgi request record is too big|uwsgi request is too (?:big|little))\b/,
  when: isForRequest,
  why: `FastCGI and uwsgi carry the headers and parameters of a request in one record of at most 64 KB, and this request has more, mostly
because of cookies. The client gets **500**: no upstream was asked. Fewer cookies help; no buffer in nginx does.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#large_client_header_buffers'],
  checks: () => [
    {
      title: 'How large may request headers be?',
      command: "nginx -T 2>/dev/null | grep -n 'client_header_buffer'",
    },
  ],
  fixes: () => [],
});
