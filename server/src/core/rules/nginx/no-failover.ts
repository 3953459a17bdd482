/** Flags a group of several servers whose failures all reach the client, and offers the documented block elsewhere. */
import { passesOf } from '../../project/links';
import { inForce, setsFailover } from '../../project/settings';
import failover from '../../remedies/failover';
import { fix } from '../../remedies/remedy';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/no-failover',
  language: 'nginx',
  severity: 'warning',
  title: 'Several servers and no failover',
  why: `With \`*_next_upstream off\`, or one try, a request that meets a dead server of the group fails although others are alive:
one server of two being down makes half of the requests 502. Where nothing is set nginx does retry on \`error\` and \`timeout\`;
there the documented block is only an offer.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream'],
  *check(source, project, hints) {
    if (!hints && !setsFailover(project)) return;
    for (const pass of passesOf(project, source)) {
      if (pass.upstream === null || pass.target.scheme === 'tcp') continue;
      const name = `${pass.target.family}_next_upstream`;
      const off = inForce(project, pass, name);
      const tries = inForce(project, pass, `${name}_tries`);
      const isOff = off?.directive.args.some(({ value }) => value === 'off') ?? false;
      const once = tries?.directive.values[1] === '1';
      if ((!isOff && !once && (off || !hints)) || pass.endpoints.length < 2) continue;
      const fixes = [fix(failover, project, { pass }, true)];
      const group = pass.upstream?.directive.values[1];
      if (isOff || once) {
        const at = isOff ? off! : tries!;
        const said = isOff ? `${name} off` : `${name}_tries 1`;
        const here = at.file === source.file;
        yield {
          span: pass.at.directive.args[0]!,
          message: `"${group}" has ${pass.endpoints.length} servers, but "${said}" lets each failure of one of them reach the client as 502 or 504.`,
          related: [
            {
              file: at.file,
              span: at.directive,
              message: here ? 'Failover is switched off here.' : 'Failover is switched off here, in another file.',
            },
          ],
          fixes,
        };
      } else {
        yield {
          span: pass.at.directive.name,
          severity: 'hint',
          message: `nginx retries the servers of "${group}" on error and timeout. The documented failover block adds 502 and 503 answers and limits the tries.`,
          fixes,
        };
      }
    }
  },
});
