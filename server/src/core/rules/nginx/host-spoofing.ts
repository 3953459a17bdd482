/** Points out that the backend gets the Host header exactly as the client wrote it. */
import { isLiteral } from '../../project/references';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'nginx/host-spoofing',
  language: 'nginx',
  severity: 'hint',
  title: 'The Host header is handed on unchecked',
  why: `\`$http_host\` is the header as the client wrote it, which need not be the name nginx chose the server by: with an absolute
request line (\`GET http://shop.example/\`) the two differ, and an application that builds links from it (password mails)
builds them for an attacker. \`$host\` is the name nginx used, in lower case and without the port. Where the backend needs
the port, \`$host:$server_port\` has it. Some set-ups need the header as it is, so it is only a hint.`,
  references: [
    'https://nginx.org/en/docs/http/ngx_http_core_module.html#var_host',
    'https://github.com/yandex/gixy/blob/master/docs/en/plugins/hostspoofing.md',
  ],
  *check(source, project) {
    for (const name of ['proxy_set_header', 'grpc_set_header']) {
      for (const directive of source.named(name)) {
        const [header, value] = directive.args;
        if (header?.value.toLowerCase() !== 'host' || !value || !/^\$\{?http_host\}?$/i.test(value.value)) continue;
        if (!isLiteral(project, { file: source.file, directive })) continue;
        yield {
          span: value,
          message: `$http_host is the Host header as the client wrote it, not the name nginx chose this server by: links that the backend builds from it can be forged. $host is the checked name, without the port.`,
          fixes: [
            mend('nginx/host-spoofing', 'Hand on the name that nginx used: $host', [
              { file: source.file, span: value, newText: '$host' },
            ]),
          ],
        };
      }
    }
  },
});
