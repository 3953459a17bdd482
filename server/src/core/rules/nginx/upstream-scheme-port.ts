/** Flags plain HTTP to port 443, and TLS to port 80. */
import { passesOf } from '../../project/links';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'nginx/upstream-scheme-port',
  language: 'nginx',
  severity: 'warning',
  title: 'Scheme and port do not fit each other',
  why: `A server on port 443 expects TLS: to plain HTTP another nginx answers **400** "The plain HTTP request was sent to HTTPS port", others
hang up (\`recv() failed (104: Connection reset by peer)\`, **502**). A server on port 80 knows no TLS:
\`SSL_do_handshake() failed (… wrong version number) while SSL handshaking to upstream\`, **502**.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass'],
  *check(source, project) {
    for (const pass of passesOf(project, source)) {
      const { scheme, dynamic } = pass.target;
      if (dynamic || (scheme !== 'http' && scheme !== 'https')) continue;
      const wrong = scheme === 'http' ? 443 : 80;
      const { endpoints } = pass;
      const first = endpoints[0]?.address;
      if (first?.kind !== 'tcp' || first.port !== wrong) continue;
      // A server line without a port means port 80, which says nothing about what was meant.
      const isWrong = ({ address, server }: (typeof endpoints)[number]): boolean =>
        address.kind === 'tcp' &&
        address.port === wrong &&
        (server === null || /:\d+$/.test(writtenOf(server.address)));
      const { schemeSpan } = pass;
      if (!schemeSpan || !endpoints.every(isWrong)) continue;
      const other = scheme === 'http' ? 'https' : 'http';
      yield {
        span: { start: schemeSpan.start, end: pass.addressSpan.end },
        message:
          scheme === 'http'
            ? 'Plain HTTP goes to port 443, where servers expect TLS: they answer 400 or hang up (502). Write https://, or the port for plain HTTP.'
            : 'TLS goes to port 80, where servers speak plain HTTP: the handshake fails with "wrong version number" (502). Write http://, or the port for TLS.',
        related: pass.upstream
          ? endpoints.slice(0, 3).map(({ at, span }) => ({ file: at.file, span, message: `Port ${wrong}.` }))
          : [],
        fixes: [
          mend(
            'nginx/upstream-scheme-port',
            `Speak ${other === 'https' ? 'TLS' : 'plain HTTP'} to this upstream (${other}://)`,
            [{ file: source.file, span: schemeSpan, newText: other }],
          ),
        ],
      };
    }
  },
});

function writtenOf(address: { kind: string; host?: string; port?: number | null }): string {
  return address.port === null || address.port === undefined ? '' : `:${address.port}`;
}
