/** php-fpm ended a request because it took too long. */
import { shellWord } from '../text/shell';
import { defineCause } from './cause';
import { fpmChecks, fpmEvent, scriptIn, settingEvidence } from './fpm';

export default defineCause({
  id: 'fpm-execution-timed-out',
  title: 'php-fpm ended a request that took too long',
  headline: ({ record }) => {
    const seconds = /execution timed out \((\d{1,9})/.exec(record.message)?.[1];
    const script = scriptIn(record);
    return seconds && script
      ? `php-fpm ended ${script} after ${seconds} seconds`
      : 'php-fpm ended a request that took too long';
  },
  status: [502],
  pattern: /^(?:\[pool [^\]\s]{1,100}\] )?child \d{1,10}, script '/,
  when: (record) => fpmEvent(record) === 'fpm-execution-timed-out',
  why: `The request ran longer than the pool's \`request_terminate_timeout\`, so php-fpm killed the process. nginx saw the connection break (\`recv() failed
(104)\`), and the client got **502**, not 504: nginx would have waited longer.

Three clocks run at once: \`max_execution_time\` (PHP's own, without waiting for databases and sockets: 500), this one (502) and nginx's
\`fastcgi_read_timeout\` (504). In this order they give the clearest answer; what is slow shows the slow log.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php#request-terminate-timeout'],
  checks: (incident) => {
    const script = scriptIn(incident.record);
    return [
      ...(script ? [{ title: 'What is in the script?', command: `head -40 ${shellWord(script)}` }] : []),
      { title: 'What was it doing?', command: 'tail -40 /var/log/php*-fpm*slow.log' },
      ...fpmChecks(incident),
    ];
  },
  evidence: (incident) =>
    settingEvidence(incident, ['request_terminate_timeout', 'request_slowlog_timeout', 'slowlog']),
  fixes: () => [],
});
