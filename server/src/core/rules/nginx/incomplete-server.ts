/** Flags servers of `stream` and `mail` that listen nowhere or do nothing. */
import { signatures } from '../../nginx/catalogue';
import { isOlder } from '../../nginx/version';
import { directly } from '../../project/children';
import { governing, serverBlocks } from '../../project/governing';
import type { At, Project } from '../../project/project';
import { type Clash, clashesIn, type Instance, spanNginxNames } from '../../project/references';
import { defineRule } from '../rule';

interface Lack extends Clash {
  readonly message: string;
}

export default defineRule({
  id: 'nginx/incomplete-server',
  language: 'nginx',
  severity: 'error',
  title: 'Server of stream or mail is incomplete',
  why: `Unlike in \`http\`, a \`server\` of \`stream\` or \`mail\` has no defaults to fall back on. Both need a \`listen\`. In \`stream\`
something must handle the connection, \`proxy_pass\` or \`return\` (until 1.27.1: \`no handler for server\`). In \`mail\` the protocol
must be told, by \`protocol\` or by a well-known port (\`unknown mail protocol for server\`), and where to ask for passwords
(\`no "auth_http" is defined for server\`).`,
  references: [
    'https://nginx.org/en/docs/stream/ngx_stream_core_module.html#server',
    'https://nginx.org/en/docs/mail/ngx_mail_core_module.html#protocol',
  ],
  *check(source, project) {
    if (source.named('server').length === 0) return;
    for (const { again, message } of clashesIn(project, source.file, 'incomplete', (instance) =>
      lacks(project, instance),
    )) {
      yield { span: spanNginxNames(source, again.directive, again.directive.name), message };
    }
  },
});

function* lacks(project: Project, instance: Instance): Generator<Lack, undefined> {
  if (!instance.complete) return;
  for (const server of serverBlocks(project, instance, 'stream')) {
    const message = streamLack(project, server);
    if (message) yield { first: server, again: server, message };
  }
  for (const server of serverBlocks(project, instance, 'mail')) {
    const message = mailLack(project, instance, server);
    if (message) yield { first: server, again: server, message };
  }
}

const HANDLERS = ['proxy_pass', 'return', 'pass'];

function streamLack(project: Project, server: At): string | null {
  const own = project.children(server.file, server.directive);
  if (!own.has('listen')) return 'This server has no listen: nginx refuses to start. Write listen with a port.';
  const version = project.options.nginxVersion;
  if (version === null || !isOlder(version, '1.27.1') || HANDLERS.some((name) => own.has(name))) return null;
  // A directive of another module may handle connections.
  if ([...own].some(([name]) => signatures(name).length === 0)) return null;
  return 'Nothing handles the connections of this server: nginx refuses to start (no handler for server). Write proxy_pass with an address, or return.';
}

/** Ports that tell the protocol: POP3, IMAP, SMTP. */
const PORTS = new Set([110, 995, 143, 993, 25, 465, 587]);

function mailLack(project: Project, instance: Instance, server: At): string | null {
  const listens = directly(project, server, 'listen');
  if (listens.length === 0) return 'This server has no listen: nginx refuses to start. Write listen with a port.';
  const isKnown = listens.some(({ directive }) => {
    const [, port] = /(?:^|:)(\d+)$/.exec(directive.values[1] ?? '') ?? [];
    return port === undefined ? !directive.values[1]?.startsWith('unix:') : PORTS.has(Number(port));
  });
  if (!isKnown && directly(project, server, 'protocol').length === 0) {
    return 'Nothing tells the protocol of this server: nginx refuses to start (unknown mail protocol). Write protocol imap, pop3 or smtp, or use a well-known port.';
  }
  return governing(project, instance, 'mail', server, 'auth_http').length > 0
    ? null
    : 'This server has no auth_http: nginx refuses to start. Write auth_http with the address that checks names and passwords.';
}
