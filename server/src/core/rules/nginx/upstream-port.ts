/** Flags a pass that gives a port to the name of an upstream group. */
import { isPass, passTarget } from '../../nginx/model';
import { passesOf } from '../../project/links';
import { instancesOf, isLiteral, kindOf, spanNginxNames } from '../../project/references';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'nginx/upstream-port',
  language: 'nginx',
  severity: 'error',
  title: 'Port behind the name of an upstream',
  why: `The servers of an \`upstream\` block have ports, the group has none. \`proxy_pass http://app:8080;\` beside
\`upstream app { … }\` makes nginx refuse to start: \`upstream "app" may not have port 8080\`. Drop the port where the group is
meant; give the group another name where the host is meant.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#upstream'],
  *check(source, project) {
    const { file } = source;
    for (const pass of passesOf(project, source, 'direct')) {
      const { at } = pass;
      const { address } = pass.target;
      if (address.kind !== 'tcp' || address.port === null || !isPass(at.directive.called)) continue;
      const found = project.upstream(address.host, file);
      if (!found || !isLiteral(project, found) || !isLiteral(project, at) || !passTarget(at.directive)) continue;
      const kind = kindOf(project, at);
      if (!kind || kindOf(project, found) !== kind) continue;
      if (!instancesOf(project, file).some(({ files }) => files.has(found.file))) continue;
      const name = address.host;
      const { addressSpan } = pass;
      yield {
        span: spanNginxNames(source, at.directive, addressSpan),
        message: `"${name}" is an upstream group, which has no port: nginx refuses to start (upstream "${name}" may not have port ${address.port}). The ports stand at the servers of the group.`,
        related: [{ file: found.file, span: found.directive.args[0]!, message: 'The group is defined here.' }],
        fixes: [
          mend('nginx/upstream-port', `Pass to the group: "${name}" without the port`, [
            { file, span: { start: addressSpan.start + name.length, end: addressSpan.end }, newText: '' },
          ]),
        ],
      };
    }
  },
});
