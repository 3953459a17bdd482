/** All children of a pool are busy. */
import poolSize from '../remedies/pool-size';
import { advise } from '../remedies/remedy';
import { defineCause } from './cause';
import { fpmChecks, fpmEvent, settingEvidence } from './fpm';
import { memoryChecks, poolSizeEvidence, poolSizeFixes } from './pool';

export default defineCause({
  id: 'fpm-max-children',
  title: 'All processes of a php-fpm pool are busy',
  headline: ({ record }) => {
    const count = /max_children setting \((\d{1,9})\)/.exec(record.message)?.[1];
    const pool = record.fpm?.pool;
    return count && pool
      ? `All ${count} processes of pool "${pool}" are busy`
      : 'All processes of a php-fpm pool are busy';
  },
  status: [504, 502],
  statusOf: ({ record }) => (/seems busy \(/.test(record.message) ? [] : [504, 502]),
  pattern: /^(?:\[pool [^\]\s]{1,100}\] )?(?:server reached |The maximum number of processes|seems busy \()/,
  when: (record) => fpmEvent(record) === 'fpm-max-children',
  why: `Every process that the pool may have is serving a request, so the next request **waits** in the queue of the socket. Most are only late. One
that waits longer than nginx's \`fastcgi_read_timeout\` gets **504**; when the queue (\`listen.backlog\`) is full too, nginx cannot
connect and the client gets **502** (errno 11). php-fpm writes this once, not for every request; a \`pm = static\` pool never does.

Two things make it happen: too few processes for the load, or processes that are held too long by something slow (a database, an API,
\`fastcgi_keep_conn\` with idle connections). Look at the slow log before you raise \`pm.max_children\`: each process takes memory, and
(memory for php-fpm - reserve) / memory of one process is the most there should be.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php#pm.max-children'],
  checks: (incident) => [
    ...memoryChecks(incident),
    { title: 'How many wait?', command: 'ss -xlp | grep -i php; ss -tlnp | grep -i php' },
    ...fpmChecks(incident),
  ],
  evidence: (incident) => [
    ...settingEvidence(incident, [
      'pm',
      'pm.max_children',
      'request_terminate_timeout',
      'request_slowlog_timeout',
      'listen.backlog',
    ]),
    ...poolSizeEvidence(incident),
  ],
  fixes: (incident) => (incident.backend.pool ? poolSizeFixes(incident, 'more') : [advise(poolSize, 'fastcgi')]),
});
