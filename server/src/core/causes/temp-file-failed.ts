/** nginx could not write a body to its temporary file, or read it back. */

import { dirname } from '../text/path';
import { shellWord } from '../text/shell';
import { defineCause } from './cause';
import { brokenOffStatus, isCacheFile, stageOf } from './phase';

/** Temporary files have names of ten digits, below folders of one to three (ngx_create_temp_file, ngx_create_path). */
const TEMPORARY = /\/\d{10}"(?: |$)|^(?:mkdir|CreateDirectory)\(\) |^thread pool /;

export default defineCause({
  id: 'temp-file-failed',
  title: 'nginx could not write a body to its temporary file',
  status: [200, 500],
  // A request body is read in no phase, or while the request is sent.
  statusOf: (incident) => (stageOf(incident.record) === 'body' ? brokenOffStatus(incident) : [500]),
  pattern:
    /^(?:(?:open|mkdir|pread|read|lseek|pwrite|pwritev|write|writev)\(\) "[^"]{1,400}" (?:failed|has written only)|(?:CreateFile|ReadFile|WriteFile|CreateDirectory)\(\) "[^"]{1,400}" failed|(?:pread|read)\(\) read only|thread pool "[^"]{1,100}" not found)/,
  when: (record) => {
    const stage = stageOf(record);
    // A file of a site may be named like that too: it is missing, or told at level error.
    if (!TEMPORARY.test(record.message) || isCacheFile(record) || record.errno === 2) return false;
    if (stage === 'body') return true;
    if (record.level === 'error' || record.client === null || record.message.startsWith('thread')) return false;
    return stage === 'unnamed' || stage === 'sending';
  },
  why: `A body was larger than the buffers, so nginx wanted to write the rest to a temporary file, and could not: no permission (13), no
space left (28). For a **response** the status had been sent: the client has **200 and a cut body**, which looks like a fault of the
backend. For a **request** (an upload) the client gets **500**, and the backend hears nothing of it.

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
