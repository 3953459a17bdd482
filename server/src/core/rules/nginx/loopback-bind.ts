/** Flags connections that are to leave from the loopback address and to reach another machine. */
import { FAMILIES } from '../../nginx/model';
import { isLoopback } from '../../project/address';
import { passesOf } from '../../project/links';
import { isLiteral } from '../../project/references';
import { inForce } from '../../project/settings';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/loopback-bind',
  language: 'nginx',
  severity: 'warning',
  title: 'From the loopback address nobody else can be reached',
  why: `\`proxy_bind 127.0.0.1\` makes connections to the upstream leave from the loopback address. Linux refuses to connect from there to any other
machine: \`connect() to 10.0.0.5:80 failed (22: Invalid argument)\`, and every request gets **502**. Name an address of this machine
in the upstream's network, or leave the directive out.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_bind'],
  *check(source, project) {
    if (!FAMILIES.some((family) => project.isUsed(`${family}_bind`))) return;
    let own: ReadonlySet<string> | null = null;
    for (const pass of passesOf(project, source)) {
      const bind = pass.target.dynamic ? null : inForce(project, pass, `${pass.target.family}_bind`);
      const from = bind?.directive.values[1] ?? '';
      if (!bind || !/^(?:127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/.test(from) || !isLiteral(project, bind)) continue;
      // A transparent address is the client's; what a name is looked up as nobody knows here.
      if (bind.directive.args.length > 1) continue;
      const isElsewhere = pass.endpoints.find(
        ({ address, server }) =>
          address.kind === 'tcp' &&
          !server?.flags.has('down') &&
          /^\d{1,3}(?:\.\d{1,3}){3}$/.test(address.host) &&
          !isLoopback(address) &&
          address.host !== '0.0.0.0',
      );
      if (isElsewhere?.address.kind !== 'tcp') continue;
      // An address of this machine is reached from its loopback address too.
      own ??= new Set(project.named('listen').map(({ directive }) => directive.values[1]?.split(':')[0] ?? ''));
      if (own.has(isElsewhere.address.host)) continue;
      yield {
        span: pass.addressSpan,
        message: `Connections leave from ${from} (${bind.directive.called}), from where ${isElsewhere.address.host} cannot be reached: requests get 502 "22: Invalid argument". Bind to an address of this machine's network, or to none.`,
        related: [{ file: bind.file, span: bind.directive, message: 'The address is set here.' }],
      };
    }
  },
});
