/** php-fpm notes a request that takes long. */
import { defineCause } from './cause';
import { fpmChecks, fpmEvent, scriptIn, settingEvidence } from './fpm';

export default defineCause({
  id: 'fpm-slow-request',
  title: 'A PHP script is slow',
  headline: ({ record }) => {
    const script = scriptIn(record);
    return script ? `${script} is slow` : 'A PHP script is slow';
  },
  status: [],
  pattern: /^(?:\[pool [^\]\s]{1,100}\] )?child \d{1,10}, script '/,
  when: (record) => fpmEvent(record) === 'fpm-slow-request',
  why: `The request takes longer than the pool's \`request_slowlog_timeout\`, so php-fpm writes to the slow log **where the script is just now**: line by line, with
the function on top. The request goes on, and this entry **fails nothing**. But it is often the reason of a 504 a little later,
or of a pool whose processes are all busy.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php#request-slowlog-timeout'],
  checks: (incident) => [
    { title: 'Where was it?', command: 'tail -40 /var/log/php*-fpm*slow.log' },
    ...fpmChecks(incident),
  ],
  evidence: (incident) =>
    settingEvidence(incident, ['request_slowlog_timeout', 'slowlog', 'request_terminate_timeout']),
  fixes: () => [],
});
