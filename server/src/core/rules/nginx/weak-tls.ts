/** Flags TLS versions that no client should speak any more. */
import { isOlder } from '../../nginx/version';
import { isLiteral } from '../../project/references';
import { defineRule, mend } from '../rule';

const BROKEN = new Set(['SSLv2', 'SSLv3']);
const OLD = new Set(['TLSv1', 'TLSv1.1']);

export default defineRule({
  id: 'nginx/weak-tls',
  language: 'nginx',
  severity: 'information',
  title: 'Outdated TLS versions are offered',
  why: `SSLv2 and SSLv3 are broken (DROWN, POODLE); TLS 1.0 and 1.1 were withdrawn by RFC 8996, and browsers have not spoken them
since 2020. TLS 1.0 and 1.1, which Debian's own configuration lists and its OpenSSL refuses all the same, are only a hint.
Without the directive nginx offers TLS 1.2 and 1.3 (before 1.23.4 TLS 1.0 to 1.2).`,
  references: [
    'https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_protocols',
    'https://www.rfc-editor.org/rfc/rfc8996',
  ],
  *check(source, project) {
    for (const directive of source.named('ssl_protocols')) {
      const { args } = directive;
      const weak = args.filter(({ value }) => BROKEN.has(value) || OLD.has(value));
      if (weak.length === 0 || !isLiteral(project, { file: source.file, directive })) continue;
      const span = { start: args[0]!.start, end: args[args.length - 1]!.end };
      const { nginxVersion } = project.options;
      const current = nginxVersion && isOlder(nginxVersion, '1.13.0') ? 'TLSv1.2' : 'TLSv1.2 TLSv1.3';
      const names = weak.map(({ value }) => value).join(', ');
      yield {
        span,
        severity: weak.some(({ value }) => BROKEN.has(value)) ? 'information' : 'hint',
        message: `${names}: outdated ${weak.length === 1 ? 'version that is' : 'versions that are'} no longer safe, and that no current client needs. Write ${current}.`,
        fixes: [
          mend('nginx/weak-tls', `Offer current versions only: ${current}`, [
            { file: source.file, span, newText: current },
          ]),
        ],
      };
    }
  },
});
