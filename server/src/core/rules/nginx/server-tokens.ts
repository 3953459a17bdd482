/** Offers to keep nginx's version to itself where the configuration says to show it. */
import { isLiteral } from '../../project/references';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'nginx/server-tokens',
  language: 'nginx',
  severity: 'hint',
  title: 'The version of nginx is shown',
  why: `\`server_tokens on\` or \`build\` writes nginx's version on error pages and in the \`Server\` header of every response, the 502 page
included: scanners look for it. \`off\` leaves the bare name. A matter of taste, so only a hint, and only where the
configuration says so itself.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#server_tokens'],
  *check(source, project) {
    for (const directive of source.named('server_tokens')) {
      const word = directive.args[0];
      if (!word || (word.value !== 'on' && word.value !== 'build')) continue;
      if (!isLiteral(project, { file: source.file, directive })) continue;
      yield {
        span: word,
        message: `"server_tokens ${word.value}" shows nginx's version in every response and on error pages; "off" leaves the bare name.`,
        fixes: [
          mend('nginx/server-tokens', 'Keep the version to itself: server_tokens off', [
            { file: source.file, span: word, newText: 'off' },
          ]),
        ],
      };
    }
  },
});
