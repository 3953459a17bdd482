/** Flags a pass with variables that leads to a host name which nothing can resolve at run time. */
import { passesOf } from '../../project/links';
import { isWhole } from '../../project/references';
import { inForce } from '../../project/settings';
import { systemOf } from '../../project/system';
import { hostOf, isLookedUp, targetsOf } from '../../project/target';
import { fix } from '../../remedies/remedy';
import resolver from '../../remedies/resolver';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/no-resolver',
  language: 'nginx',
  severity: 'warning',
  title: 'A name to look up at run time, and no resolver',
  why: `A pass with a variable in it, be it only in the path, is read anew for each request. A host name in it is not looked up when
nginx starts, and nginx does not ask the system's resolver later: without a \`resolver\` each request gets 502 and
\`no resolver defined to resolve backend.internal\`. Names of \`upstream\` groups and IP addresses need none. In Docker the
resolver is \`127.0.0.11\`, elsewhere what \`/etc/resolv.conf\` names.`,
  references: [
    'https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver',
    'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass',
  ],
  *check(source, project) {
    for (const pass of passesOf(project, source, 'dynamic')) {
      const word = pass.at.directive.args[0]!;
      if (word.template) continue;
      if (!isWhole(project, source.file) && !systemOf(project).isInStockImage(source.file)) continue;
      if (inForce(project, pass, 'resolver')) continue;
      const found = targetsOf(project, pass).find(({ text }) => isLookedUp(project, source.file, hostOf(text)));
      if (!found) continue;
      const host = hostOf(found.text)!;
      const at = found.from[found.from.length - 1];
      const mend = fix(resolver, project, { pass }, true);
      yield {
        span: word,
        message: `"${host}" is looked up for each request, because there is a variable in this target, but no resolver is set: requests get 502 "no resolver defined to resolve ${host}". Set a resolver, or name an upstream group.`,
        related: at ? [{ file: at.file, span: at.directive, message: `The name "${host}" comes from here.` }] : [],
        fixes: mend.edits().length > 0 ? [mend] : [],
      };
    }
  },
});
