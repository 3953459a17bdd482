/** A process of php-fpm died while it may have served a request. */
import { defineCause, type Incident } from './cause';
import { fpmChecks, fpmEvent, settingEvidence } from './fpm';
import { poolSizeEvidence, poolSizeFixes } from './pool';

const SIGNALS: Readonly<Record<string, string>> = {
  9: 'was killed (SIGKILL), as the kernel does when memory runs out',
  11: 'crashed (SIGSEGV)',
  7: 'crashed (SIGBUS)',
  6: 'aborted (SIGABRT)',
  15: 'was told to end (SIGTERM)',
};

export default defineCause({
  id: 'fpm-child-crashed',
  title: 'A php-fpm process died',
  headline: ({ record }) => {
    const signal = /exited on signal (\d{1,3})/.exec(record.message)?.[1];
    return `A php-fpm process ${(signal && SIGNALS[signal]) ?? 'died'}`;
  },
  status: [502],
  pattern:
    /^(?:\[pool [^\]\s]{1,100}\] )?(?:child \d{1,10} exited (?:on signal|with code) |failed processes threshold|fork\(\) failed)/,
  when: (record) => fpmEvent(record) === 'fpm-child-crashed',
  why: `The process ended in the middle of its work, and nginx wrote \`recv() failed (104)\` or "prematurely closed" for the request that it was serving:
the client got **502**. php-fpm starts another one by itself.

- **signal 9**: somebody killed it, mostly the kernel because memory ran out (\`dmesg\` says so);
- **signal 11** or **7**: a crash of PHP itself or of an extension; opcache and recursion without end are the usual ones;
- **signal 15** behind "execution timed out, terminating": \`request_terminate_timeout\`.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php#emergency-restart-threshold'],
  checks: (incident) => [
    {
      title: 'Did the kernel kill it, or did it crash?',
      command: "dmesg -T | grep -iE 'killed process|segfault|oom' | tail",
    },
    { title: 'Is there a core dump?', command: 'coredumpctl list php-fpm 2>/dev/null | tail' },
    ...fpmChecks(incident),
  ],
  evidence: (incident) => [
    ...settingEvidence(incident, ['pm.max_children', 'pm.max_requests', 'request_terminate_timeout']),
    ...(wasKilled(incident) ? poolSizeEvidence(incident) : []),
  ],
  fixes: (incident) => (wasKilled(incident) ? poolSizeFixes(incident, 'fewer') : []),
});

/** As the kernel does when memory runs out. */
function wasKilled({ record }: Incident): boolean {
  return /exited on signal 9\b/.test(record.message);
}
