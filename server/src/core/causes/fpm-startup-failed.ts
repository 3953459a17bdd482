/** php-fpm did not start. */
import { defineCause } from './cause';
import { fpmChecks, fpmEvent } from './fpm';

export default defineCause({
  id: 'fpm-startup-failed',
  title: 'php-fpm did not start',
  headline: ({ record }) => {
    const at = /^\[([^\]]{1,300}:\d{1,7})\] (.{1,160})/.exec(record.message);
    if (at) return `php-fpm did not start: ${at[2]} (${at[1]})`;
    const text = record.message.replace(/^\[pool [^\]\s]{1,100}\] /, '').slice(0, 160);
    return /^(?:FPM init|failed to (?:load|post))/.test(text)
      ? 'php-fpm did not start'
      : `php-fpm did not start: ${text}`;
  },
  status: [502],
  pattern:
    /^(?:FPM initialization|failed to |No pool|\[|cannot |[Uu]nable to |user |no listen|pm\.|please specify|the |'|child failed)/,
  when: (record) => fpmEvent(record) === 'fpm-startup-failed',
  why: `php-fpm found something in its configuration, or on the host, with which it cannot start. Nothing listens then, and nginx answers every PHP request
with **502**. Of several such lines the first says what is wrong; "FPM initialization failed" is only the last.

\`php-fpm -t\` says the same without starting it. After a restart that failed the old processes are gone: mend it first, or
use \`systemctl reload\`, which keeps them when the configuration is wrong.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  checks: (incident) => [
    { title: 'What does it say of its configuration?', command: 'php-fpm -t || php-fpm8.2 -t' },
    ...fpmChecks(incident),
  ],
  evidence: ({ record, project }) => {
    const [, path, line] = /^\[([^\]]{1,400}):(\d{1,7})\] /.exec(record.message) ?? [];
    const source = path && project ? project.sources.get(path) : undefined;
    const row = Number(line) - 1;
    if (!source || row < 0 || row >= source.lines.lineCount) return [];
    return [
      {
        message: 'php-fpm stopped reading here.',
        file: path!,
        span: { start: source.lines.lineStart(row), end: source.lines.lineEnd(row) },
      },
    ];
  },
  fixes: () => [],
});
