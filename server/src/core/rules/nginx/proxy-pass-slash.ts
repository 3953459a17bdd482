/** Flags a location and a pass whose slashes make another path of the request than the one that was meant. */
import { locationMatch } from '../../nginx/model';
import { passesOf } from '../../project/links';
import { isPlain } from '../../project/references';
import { defineRule, mend } from '../rule';

/** Single addresses: nothing is asked for below them. */
const SINGLE = /(?:\.\w+|\/(?:healthz?|healthcheck|readyz?|livez?|status|ping|metrics|version|login|logout|callback))$/;

export default defineRule({
  id: 'nginx/proxy-pass-slash',
  language: 'nginx',
  severity: 'information',
  title: 'The slashes of location and pass do not fit',
  why: `A pass with a path replaces what the location matched, character by character. \`location /api/\` with
\`proxy_pass http://app/v1\` makes \`/v1users\` of \`/api/users\`; \`location /api\` with \`proxy_pass http://app/\` makes \`//users\` of
it. The backend answers 404, 403 or with a redirect. Both end with a slash, or the pass has no path at all.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass'],
  *check(source, project) {
    for (const { at, target } of passesOf(project, source)) {
      const { uri } = target;
      if (target.family !== 'proxy' || target.dynamic || !uri?.startsWith('/') || /[?#=]/.test(uri)) continue;
      const location = project.parent(at);
      const match = location && locationMatch(location.directive);
      if (!match || (match.modifier !== '' && match.modifier !== '^~') || !match.pattern.startsWith('/')) continue;
      const here = project.children(location.file, location.directive);
      if (here.has('rewrite') || here.has('if') || !isPlain(project, at.file)) continue;
      const { pattern } = match;
      const word = at.directive.args[0]!;
      const name = location.directive.args[location.directive.args.length - 1]!;
      if (name.template || pattern.endsWith('/') === uri.endsWith('/')) continue;
      const related = [{ file: location.file, span: name, message: 'What this matches is replaced.' }];
      if (pattern.endsWith('/')) {
        if (SINGLE.test(uri) || !/[a-z0-9]$/i.test(uri)) continue;
        const end = word.quote ? word.end - 1 : word.end;
        yield {
          span: word,
          message: `"location ${pattern}" ends with a slash, the path "${uri}" does not: ${pattern}x reaches the backend as ${uri}x, and gets 404. Write ${uri}/.`,
          related,
          fixes: [
            mend('nginx/proxy-pass-slash', `Keep the slash: ${pattern}x reaches the backend as ${uri}/x`, [
              { file: at.file, span: { start: end, end }, newText: '/' },
            ]),
          ],
        };
      } else if (!SINGLE.test(pattern)) {
        yield {
          span: word,
          message: `"location ${pattern}" has no slash at its end, the path "${uri}" has one: ${pattern}/x reaches the backend as ${uri}/x, with two slashes. Write location ${pattern}/, or no path here.`,
          related,
        };
      }
    }
  },
});
