/** Flags client certificates that are asked for without saying who may sign them. */
import { isOlder } from '../../nginx/version';
import { directly } from '../../project/children';
import { governing, type Outer, serverBlocks, valueIn } from '../../project/governing';
import type { At, Project } from '../../project/project';
import { type Clash, clashesIn, type Instance, spanNginxNames } from '../../project/references';
import { defineRule } from '../rule';

interface Lack extends Clash {
  readonly message: string;
}

export default defineRule({
  id: 'nginx/missing-client-ca',
  language: 'nginx',
  severity: 'error',
  title: 'Client certificates cannot be verified',
  why: `\`ssl_verify_client on\` or \`optional\` needs the authorities that sign the clients' certificates, in
\`ssl_client_certificate\` (since 1.27.2 \`ssl_trusted_certificate\` will do): nginx refuses to start with \`no ssl_client_certificate
for ssl_verify_client\`, and names no line. \`optional_no_ca\` needs none, and for that excludes \`ssl_ocsp\`.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_verify_client'],
  *check(source, project) {
    if (!source.names.has('ssl_verify_client') && !source.names.has('ssl_ocsp')) return;
    for (const { first, again, message } of clashesIn(project, source.file, 'client certificates', (instance) =>
      lacks(project, instance),
    )) {
      yield {
        span: spanNginxNames(source, again.directive, again.directive.args[0] ?? again.directive.name),
        message,
        related: [{ file: first.file, span: first.directive.name, message: 'In this server.' }],
      };
    }
  },
});

function* lacks(project: Project, instance: Instance): Generator<Lack, undefined> {
  if (!instance.complete) return;
  for (const outer of ['http', 'stream', 'mail'] as const) {
    for (const server of serverBlocks(project, instance, outer)) {
      const all = (name: string): readonly At[] => governing(project, instance, outer, server, name);
      const verify = all('ssl_verify_client').at(-1);
      const value = verify && valueIn([verify]);
      if (!value || value === 'off' || !speaksTls(project, instance, outer, server)) continue;
      const isGiven = (name: string): boolean => all(name).some(({ directive }) => directive.values[1] !== '');
      if (value === 'optional_no_ca') {
        const ocsp = all('ssl_ocsp').at(-1);
        if (ocsp && outer === 'http' && ['on', 'leaf'].includes(valueIn([ocsp]) ?? '')) {
          const message = `ssl_ocsp ${valueIn([ocsp])} checks certificates that "ssl_verify_client optional_no_ca" does not verify: nginx refuses to start. Use on or optional, or switch ssl_ocsp off.`;
          yield { first: server, again: ocsp, message };
        }
        continue;
      }
      if (value !== 'on' && value !== 'optional') continue;
      const isOld = project.options.nginxVersion !== null && isOlder(project.options.nginxVersion, '1.27.2');
      if (isGiven('ssl_client_certificate') || (!isOld && isGiven('ssl_trusted_certificate'))) continue;
      yield {
        first: server,
        again: verify,
        message: `ssl_verify_client is ${value}, but no ssl_client_certificate is set: nginx refuses to start. Name the file with the authorities that sign the clients' certificates.`,
      };
    }
  }
}

/** Does nginx set up TLS for the server at all? Elsewhere it does not look at the rest. */
function speaksTls(project: Project, instance: Instance, outer: Outer, server: At): boolean {
  const value = (name: string): string | null => valueIn(governing(project, instance, outer, server, name));
  const listens = directly(project, server, 'listen').some(({ directive }) =>
    directive.args.some((word) => word.value === 'ssl' || word.value === 'quic'),
  );
  if (outer === 'mail') return listens || value('ssl') === 'on' || !['off', null].includes(value('starttls'));
  const has = value('ssl_certificate') !== null || value('ssl_reject_handshake') === 'on';
  const old = outer === 'stream' && isOlder(project.options.nginxVersion, '1.25.5');
  return has && (listens || !old);
}
