/** Flags includes beside the file that bring nothing in. */
import { includes } from '../../php-fpm/model';
import { bringsNothing } from '../../project/pool-verdicts';
import { dirname } from '../../text/path';
import { defineRule, mend } from '../rule';

const ID = 'php-fpm/include-missing';

export default defineRule({
  id: ID,
  language: 'php-fpm',
  severity: 'warning',
  title: 'Include brings nothing in',
  why: `php-fpm only warns (\`Nothing matches the include pattern\`) and goes on without the pools that were meant; of a folder without
\`/*.conf\` it reads nothing and does not even warn; and it refuses to start where a pattern's folder does not exist. nginx finds no socket then, and answers 502. A relative pattern starts from
the prefix that php-fpm was built with or got by \`-p\`, which no file tells, so it is not judged.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php#include'],
  *check(source, project) {
    for (const include of includes(source.tree)) {
      if (!bringsNothing(project, source.file, include)) continue;
      const { pattern, span, setting } = include;
      const reason = project.resolved.get(pattern)?.error?.reason;
      const meant = `${pattern.replace(/\/+$/, '')}/*.conf`;
      if (reason === 'is a folder') {
        yield {
          span,
          message: `${pattern} is a folder, and php-fpm reads nothing of it: write ${meant}.`,
          fixes: [mend(ID, `Include ${meant}`, [{ file: source.file, span: setting.rawValueSpan, newText: meant }])],
        };
      } else if (reason === 'no such folder') {
        yield {
          span,
          severity: 'error',
          message: `There is no folder ${dirname(pattern)}: php-fpm refuses to start (Unable to globalize).`,
        };
      } else yield { span, message: `No file matches ${pattern}: php-fpm goes on without it.` };
    }
  },
});
