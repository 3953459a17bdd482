/** A worker has no file descriptor left for a connection or a file. */
import type { LogRecord } from '../error-log/record';
import { defineCause } from './cause';
import { connectFailure } from './connecting';
import { limitChecks, limitEvidence, limitFixes } from './limits';
import { isCacheFile, isUpstreamPhase } from './phase';

export default defineCause({
  id: 'too-many-open-files',
  title: 'nginx has no file descriptor left',
  status: [500],
  // The connection of a client stays in the backlog until a file is free.
  statusOf: ({ record }) => (record.message.startsWith('accept') ? [] : [500]),
  pattern:
    /^(?:socket\(\) failed|(?:kevent\(\) reported that )?connect\(\) (?:to |failed)|the new socket has number \d{1,10}, but only|accept4?\(\) failed|open\(\) ")/,
  when: (record) =>
    connectFailure(record) === 'too-many-open-files' ||
    (isUpstreamPhase(record) && /^(?:the new|socket\(\) failed \((?:23|24|10024):)/.test(record.message)) ||
    /^accept4?\(\) failed \((?:23|24|10024):/.test(record.message) ||
    isSiteFile(record),
  why: `Every connection is a file, and a proxied request takes two: one to the client, one to the upstream. The worker has reached its
limit (\`worker_rlimit_nofile\`, or else the unit's \`LimitNOFILE\`, often 1024), so it cannot even begin to connect. The client gets
**500**, not 502: the backend was never asked. Where nginx cannot even accept (\`accept4() failed (24)\`), clients wait, and time out.

Raise the limit to at least twice \`worker_connections\`. \`fs.file-max\` matters only for errno 23, and \`ulimit\` in your shell not at
all. If the number of files only ever grows, something leaks: look at what they are first.`,
  references: ['https://nginx.org/en/docs/ngx_core_module.html#worker_rlimit_nofile'],
  checks: limitChecks,
  evidence: limitEvidence,
  fixes: limitFixes,
});

/** A file that a client asked for; temporary ones and those of a cache are told of elsewhere. */
function isSiteFile(record: LogRecord): boolean {
  const { message, client, phase } = record;
  if (client === null || phase !== null || isCacheFile(record)) return false;
  return /^open\(\) "[^"]{1,4096}" failed \((?:23|24):/.test(message) && !/\/\d{10}" failed/.test(message);
}
