/** nginx could not write a response to its temporary file. */

import { dirname } from '../text/path';
import { shellWord } from '../text/shell';
import { defineCause } from './cause';
import { brokenOffStatus, stageOf } from './phase';

export default defineCause({
  id: 'temp-file-failed',
  title: 'nginx could not write a response to its temporary file',
  status: [200],
  statusOf: brokenOffStatus,
  pattern: /^(?:open|mkdir|pwrite|pwritev|write|writev)\(\) "[^"]{1,400}" (?:failed|has written only)\b/,
  when: (record) => stageOf(record) === 'body',
  why: `The response was larger than the buffers, so nginx wanted to write the rest to a temporary file, and could not: no permission (13), no
space left (28). The status had been sent: the client has **200 and a cut body**, which looks like a fault of the backend.

The folder must belong to the user that nginx's workers run as; a changed \`user\` or a copied folder is the usual reason.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_temp_path'],
  checks: ({ record }) => {
    const path = /"([^"]{1,400})"/.exec(record.message)?.[1];
    return [
      ...(path ? [{ title: 'May nginx write there?', command: `namei -l ${shellWord(dirname(path))}` }] : []),
      { title: 'Is there room?', command: `df -h ${shellWord(path ? dirname(path) : '/var/lib/nginx')}` },
      { title: 'Which user does nginx run as?', command: "nginx -T 2>/dev/null | grep -E '^\\s*user '" },
    ];
  },
  fixes: () => [],
});
