/** A body did not fit into memory and went through a temporary file. */
import { defineCause } from './cause';
import { directiveEvidence } from './directives';

export default defineCause({
  id: 'buffered-to-disk',
  title: 'A body went through a temporary file',
  headline: ({ record }) =>
    record.message.startsWith('a client')
      ? 'A request body went through a temporary file'
      : 'A response went through a temporary file',
  status: [],
  pattern: /^an? (?:upstream response|client request body) is buffered to a temporary file\b/,
  why: `The body was larger than the buffers in memory (\`*_buffers\`, \`client_body_buffer_size\`), so nginx wrote it to disk on the way. That is how
it is meant to be, and **fails no request**: it lets the backend go early while a slow client reads.

It costs disk and some speed. Larger buffers help only when this is frequent and the memory is there.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_max_temp_file_size'],
  checks: () => [{ title: 'Is there room on the disk?', command: 'df -h /var/lib/nginx /var/cache/nginx' }],
  evidence: (incident) =>
    incident.record.message.startsWith('a client')
      ? directiveEvidence(
          incident,
          'client_body_buffer_size',
          (value) => `Up to ${value} stay in memory.`,
          (name) => `${name} is not set: 8k or 16k stay in memory.`,
        )
      : directiveEvidence(
          incident,
          '*_buffers',
          (value) => `The buffers in force are ${value}.`,
          (name) => `${name} is not set: 8 buffers of one memory page.`,
        ),
  fixes: () => [],
});
