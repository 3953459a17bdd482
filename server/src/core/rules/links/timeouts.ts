/** Points out limits of time in nginx and php-fpm that end a request in an order that nobody means. */

import { fpmSeconds, type Pool, type Value } from '../../php-fpm/model';
import { passesOf } from '../../project/links';
import { poolNear } from '../../project/meant';
import { inForce, timeInForce } from '../../project/settings';
import { defineRule } from '../rule';

export default defineRule({
  id: 'links/timeouts',
  language: 'nginx',
  severity: 'information',
  title: 'Limits of time that do not fit each other',
  why: `Three limits end a slow PHP request, and the first decides what the client sees. \`max_execution_time\`: PHP ends the script itself,
**500** and a message in its log. \`request_terminate_timeout\`: php-fpm kills the child, nginx logs
\`recv() failed (104: Connection reset by peer)\`, **502**. \`fastcgi_read_timeout\` (60 seconds where nothing is set): nginx gives up,
**504**, and the child works on for nobody, which a small pool feels. In good order each is a little longer than the one before:
\`max_execution_time\` < \`request_terminate_timeout\` < \`fastcgi_read_timeout\`.`,
  references: [
    'https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_read_timeout',
    'https://www.php.net/manual/en/install.fpm.configuration.php#request-terminate-timeout',
  ],
  *check(source, project) {
    if (project.pools.length === 0) return;
    const said = new Set<string>();
    for (const pass of passesOf(project, source, 'fastcgi')) {
      const pools = new Set(pass.endpoints.flatMap(({ address }) => poolNear(project, source.file, address) ?? []));
      if (pools.size !== 1) continue;
      const [pool] = pools;
      const read = timeInForce(project, pass, 'fastcgi_read_timeout', 60_000);
      const set = inForce(project, pass, 'fastcgi_read_timeout');
      if (read === null) continue;
      const report = judge(pool!, read / 1000, set !== null);
      const key = `${pool!.name} ${read} ${set?.file}`;
      if (!report || said.has(key)) continue;
      said.add(key);
      const here = set?.file === source.file ? set.directive.args[0] : undefined;
      yield {
        span: here ?? pass.at.directive.args[0]!,
        message: report.message,
        related: [
          ...report.values.map(({ file, setting }) => ({
            file,
            span: setting.span,
            message: `Pool "${pool!.name}" says so.`,
          })),
          ...(set && !here ? [{ file: set.file, span: set.directive, message: 'nginx’s limit is set here.' }] : []),
        ],
      };
    }
  },
});

/** `isSet`: somebody has chosen nginx's limit, which is 60 seconds else. */
function judge(pool: Pool, read: number, isSet: boolean): { message: string; values: readonly Value[] } | null {
  const terminate = pool.get('request_terminate_timeout');
  const execution = pool.php('max_execution_time');
  const kill = terminate?.known ? fpmSeconds(terminate.value) : terminate ? null : 0;
  const script = execution?.known ? Number(/^\d{1,9}$/.exec(execution.value)?.[0] ?? 0) : 0;
  if (kill === null) return null;
  const after = isSet ? `after ${read}s (fastcgi_read_timeout)` : `after ${read}s (fastcgi_read_timeout is not set)`;
  if (kill > read && terminate) {
    return {
      message: `nginx gives up ${after} and answers 504, while pool "${pool.name}" lets the request go on until ${kill}s (request_terminate_timeout): the child is busy for nobody.`,
      values: [terminate],
    };
  }
  if (script > read && kill === 0 && execution) {
    return {
      message: `nginx gives up ${after} and answers 504, while PHP may go on until ${script}s (max_execution_time of pool "${pool.name}"): the child is busy for nobody.`,
      values: [execution],
    };
  }
  if (kill > 0 && script >= kill && terminate && execution) {
    return {
      message: `php-fpm kills requests of pool "${pool.name}" after ${kill}s (request_terminate_timeout, 502), before PHP's own limit of ${script}s (max_execution_time) ends the script with a message.`,
      values: [terminate, execution],
    };
  }
  // A little earlier than nginx is as it should be, and so is any time after PHP has ended the script itself.
  if (kill > 0 && 2 * kill <= read && !(script > 0 && script < kill) && isSet && terminate) {
    return {
      message: `nginx would wait ${read}s, but php-fpm kills requests of pool "${pool.name}" after ${kill}s (request_terminate_timeout): slow requests get 502.`,
      values: [terminate],
    };
  }
  return null;
}
