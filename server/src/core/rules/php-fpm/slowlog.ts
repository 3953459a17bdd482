/** Flags slow logs that are half set up. */
import { fpmJudged } from '../judged-fpm';
import { defineRule } from '../rule';

const ID = 'php-fpm/slowlog';

export default defineRule({
  id: ID,
  language: 'php-fpm',
  severity: 'error',
  title: 'Slow log half set up',
  why: `\`request_slowlog_timeout\` and \`request_slowlog_trace_depth\` need \`slowlog\`, and no request can be slow after
\`request_terminate_timeout\` has ended it: php-fpm refuses to start when the file is missing or the slow log's time is the
longer one.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  check: (source, project) => fpmJudged(ID, source, project, ['slowlog']),
});
