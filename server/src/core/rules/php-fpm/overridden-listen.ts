/** Flags an address that another file sets anew for the same pool. */
import { overridden } from '../../php-fpm/judge/listen';
import { placeOf } from '../../php-fpm/judge/pool';
import { poolsIn } from '../../project/pools';
import { basename } from '../../text/path';
import { defineRule } from '../rule';

export default defineRule({
  id: 'php-fpm/overridden-listen',
  language: 'php-fpm',
  severity: 'warning',
  title: 'Another file sets this address anew',
  why: `Sections of one name are one pool, whichever files they stand in (case does not matter), and the last value counts.
Files are read in the order of their names. So \`zz-docker.conf\` of the official images (\`listen = 9000\`) beats a socket in
\`www.conf\`, and of two sites whose pools are both called \`www\` only the later one gets a socket. nginx finds nothing at the
other address: \`(2: No such file or directory)\` or \`(111: Connection refused)\`, and 502.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php#listen'],
  *check(source, project) {
    for (const pool of poolsIn(project, source.file)) {
      for (const { early, late, merged } of overridden(pool)) {
        if (early.file !== source.file) continue;
        const name = basename(late.file);
        yield {
          span: early.setting.span,
          severity: merged ? 'warning' : 'information',
          message: merged
            ? `${name} has a pool "${pool.name}" too, and php-fpm makes one of both: it listens on ${late.value} and nothing on ${early.value}. Give each a name of its own.`
            : `${name} is read later and sets listen = ${late.value} for the same pool: nothing listens on ${early.value}.`,
          related: [{ ...placeOf(late), message: 'This one counts.' }],
        };
      }
    }
  },
});
