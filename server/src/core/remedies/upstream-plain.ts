/** Speaks plain HTTP (or gRPC, uwsgi) to an upstream that knows no TLS. */
import type { Pass } from '../project/links';
import { defineRemedy, RELOAD } from './remedy';

const PLAIN: Readonly<Record<string, string>> = { https: 'http', grpcs: 'grpc', suwsgi: 'uwsgi' };

export default defineRemedy<{ readonly pass: Pass }>({
  id: 'upstream-plain',
  title: 'Speak to the upstream without TLS',
  when: 'The handshake fails with "wrong version number": the port answers, but not with TLS.',
  time: '5 min',
  risk: 'Low on the same host or a network you trust; elsewhere the traffic becomes readable',
  why: `Changes the scheme of the pass from \`https://\` to \`http://\` (\`grpcs\` to \`grpc\`, \`suwsgi\` to \`uwsgi\`). The port stays the
same: where none was written, \`:443\` is added, because \`http://\` alone would mean port 80.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass'],
  block: `proxy_pass http://backend;`,
  describe: (_, { pass }) =>
    `Speak ${PLAIN[pass.target.scheme] ?? 'plain HTTP'} to this upstream, without TLS (${pass.at.directive.called})`,
  edits: (_, { pass }) => {
    const { schemeSpan, addressSpan } = pass;
    const { scheme, address } = pass.target;
    const plain = PLAIN[scheme];
    if (!plain || !schemeSpan) return [];
    const { file } = pass.at;
    // A target with variables may bring its own port, and grpcs has the same default as grpc: none.
    const addsPort =
      scheme === 'https' && !pass.upstream && !pass.target.dynamic && address.kind === 'tcp' && address.port === null;
    return [
      { file, span: schemeSpan, newText: plain },
      ...(addsPort ? [{ file, span: { start: addressSpan.end, end: addressSpan.end }, newText: ':443' }] : []),
    ];
  },
  apply: () => [RELOAD],
});
