/** Flags numbers of workers that do not fit together. */
import { fpmJudged } from '../judged-fpm';
import { defineRule } from '../rule';

const ID = 'php-fpm/process-counts';

export default defineRule({
  id: ID,
  language: 'php-fpm',
  severity: 'error',
  title: 'Numbers of workers do not fit together',
  why: `With \`pm = dynamic\` php-fpm wants 1 ≤ \`pm.min_spare_servers\` ≤ \`pm.start_servers\` ≤ \`pm.max_spare_servers\` ≤
\`pm.max_children\`, with \`pm = ondemand\` an idle timeout above 0, and always at least one child. It refuses to start
otherwise. Lowering \`pm.max_children\` alone is how it happens most.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  check: (source, project) => fpmJudged(ID, source, project, ['process-counts']),
});
