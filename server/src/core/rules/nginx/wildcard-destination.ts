/** Points out the address of all interfaces used as one to connect to. */
import { addressesIn } from '../../project/links';
import { defineRule, mend } from '../rule';

/** Not in 10.0.0.0. */
const WILDCARD = /(?<![\d.])0\.0\.0\.0|\[::\]/;

export default defineRule({
  id: 'nginx/wildcard-destination',
  language: 'nginx',
  severity: 'information',
  title: 'An address to listen on, used to connect to',
  why: `\`0.0.0.0\` and \`[::]\` mean "all addresses" to a program that listens. As a destination they mean nothing: Linux takes them for the
loopback address, and where IPv6 is missing, as in many containers, \`[::]\` fails with
\`connect() to [::]:9000 failed (99: Cannot assign requested address)\` and **502**. Write the loopback address.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server'],
  *check(source, project) {
    if (!WILDCARD.test(source.own)) return;
    for (const { endpoint } of addressesIn(project, source)) {
      const { address, span } = endpoint;
      if (address.kind !== 'tcp' || (address.host !== '0.0.0.0' && address.host !== '[::]')) continue;
      const loopback = address.host === '0.0.0.0' ? '127.0.0.1' : '[::1]';
      const host = { start: span.start, end: span.start + address.host.length };
      yield {
        span,
        message: `${address.host} is an address to listen on, not to connect to: it leads to this machine on Linux only, and ${address.host === '[::]' ? 'nowhere without IPv6 (502)' : 'nowhere else'}. Write ${loopback}.`,
        fixes: [
          mend('nginx/wildcard-destination', `Connect to ${loopback}`, [
            { file: source.file, span: host, newText: loopback },
          ]),
        ],
      };
    }
  },
});
