/** Flags `localhost` as an upstream where a failed connection is not tried on the other address. */
import { addressesIn } from '../../project/links';
import { inForce, setsFailover } from '../../project/settings';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'nginx/localhost-without-retry',
  language: 'nginx',
  severity: 'warning',
  title: 'localhost has two addresses, and only one is tried',
  why: `\`localhost\` is \`127.0.0.1\` and \`::1\`, and nginx takes turns with the two. Most programs listen on one of them. As long as nginx
tries the next address nobody notices; with \`*_next_upstream off\` or one try every second request gets **502**:
\`connect() failed (111: Connection refused) … upstream: "http://[::1]:3000/"\`. Measured: exactly half of them.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream'],
  *check(source, project) {
    if (!setsFailover(project) || !/localhost/i.test(source.own)) return;
    for (const { endpoint, pass } of addressesIn(project, source)) {
      const { address, span } = endpoint;
      if (address.kind !== 'tcp' || address.host.toLowerCase() !== 'localhost') continue;
      const name = `${pass.target.family}_next_upstream`;
      const next = inForce(project, pass, name);
      const tries = inForce(project, pass, `${name}_tries`);
      const isOff = next?.directive.args.some(({ value }) => value === 'off') ?? false;
      const at = isOff ? next : tries?.directive.values[1] === '1' ? tries : null;
      if (!at) continue;
      const host = { start: span.start, end: span.start + address.host.length };
      yield {
        span,
        message: `localhost is 127.0.0.1 and ::1 in turn, and "${isOff ? `${name} off` : `${name}_tries 1`}" lets a refused connection reach the client: where the backend listens on one of them only, half of the requests get 502. Write 127.0.0.1.`,
        related: [{ file: at.file, span: at.directive, message: 'Only one address is tried.' }],
        fixes: [
          mend('nginx/localhost-without-retry', 'Connect to 127.0.0.1 only', [
            { file: source.file, span: host, newText: '127.0.0.1' },
          ]),
        ],
      };
    }
  },
});
