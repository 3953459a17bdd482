/** connect() to a unix socket whose queue of waiting connections is full. */
import { defineCause } from './cause';
import { listenerChecks } from './checks';
import { connectFailure } from './connecting';
import { failoverEvidence } from './directives';
import { failoverFixes, preferFirst, restartFixes } from './fixes';
import { poolSizeEvidence, poolSizeFixes } from './pool';

export default defineCause({
  id: 'socket-backlog-full',
  title: 'The backend’s queue is full',
  headline: ({ address }) =>
    address?.kind === 'unix' ? `The queue of ${address.path} is full` : 'The backend’s queue is full',
  status: [502],
  pattern: /^(?:kevent\(\) reported that )?connect\(\) (?:to |failed)/,
  when: (record) => connectFailure(record) === 'socket-backlog-full',
  why: `The backend is alive, but all its workers are busy and so many connections wait that the socket takes no more: Linux
answers \`EAGAIN\` for a unix socket. The client gets **502** at once. Before this line appeared, requests had already been
waiting, and some got 504.

A larger \`listen.backlog\` (and \`net.core.somaxconn\`) only lets more of them wait. What helps is more workers
(\`pm.max_children\`, as far as the memory goes) or faster requests: php-fpm's slow log shows which ones hold the workers.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  checks: (incident) => [
    { title: 'How many connections wait (Recv-Q), and how many may (Send-Q)?', command: 'ss -xlp' },
    { title: 'What does the system allow at most?', command: 'sysctl net.core.somaxconn' },
    ...listenerChecks(incident).slice(2),
  ],
  evidence: (incident) => {
    const { pool } = incident.backend;
    const settings = ['pm.max_children', 'listen.backlog', 'request_terminate_timeout'];
    return [
      ...settings.flatMap((key) => {
        const value = pool?.get(key);
        return value
          ? [
              {
                message: `Pool "${pool!.name}" has ${key} = ${value.value}.`,
                file: value.file,
                span: value.setting.span,
              },
            ]
          : [];
      }),
      ...poolSizeEvidence(incident),
      ...failoverEvidence(incident),
    ];
  },
  fixes: (incident) =>
    preferFirst([
      ...failoverFixes(incident),
      ...poolSizeFixes(incident, 'more'),
      ...restartFixes(incident).slice(0, 1),
    ]),
});
