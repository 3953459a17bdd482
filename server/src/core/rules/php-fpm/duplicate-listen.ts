/** Flags two pools on one address. */
import { fpmJudged } from '../judged-fpm';
import { defineRule } from '../rule';

const ID = 'php-fpm/duplicate-listen';

export default defineRule({
  id: ID,
  language: 'php-fpm',
  severity: 'error',
  title: 'Two pools on one address',
  why: `Every pool needs an address of its own. Two that are written alike stop \`php-fpm -t\`; \`9000\` beside \`127.0.0.1:9000\`
passes it, and fails when the second one is bound (\`Address already in use\`). Copying a pool's file and changing only its
name is the usual cause.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  check: (source, project) => fpmJudged(ID, source, project, ['duplicate-listen']),
});
