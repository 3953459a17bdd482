/** Flags servers that speak TLS and have no certificate, and certificates without a key. */
import { signatures } from '../../nginx/catalogue';
import { byText } from '../../nginx/phrase';
import { type Directive, includesFiles } from '../../nginx/tree';
import { isOlder } from '../../nginx/version';
import { directly, remembered } from '../../project/children';
import { governing, insideOf, type Outer, serverBlocks, valueIn } from '../../project/governing';
import type { At, Project } from '../../project/project';
import {
  type Clash,
  clashesIn,
  type Instance,
  isLiteral,
  type Listen,
  type Server,
  serversOf,
  spanNginxNames,
} from '../../project/references';
import type { NginxSource } from '../../project/source';
import { defineRule } from '../rule';

/** `again`: where nginx stops, or the certificate; `first`: what asks for it. */
interface Lack extends Clash {
  readonly message: string;
  readonly asks: string;
}

export default defineRule({
  id: 'nginx/missing-certificate',
  language: 'nginx',
  severity: 'error',
  title: 'TLS without a certificate or its key',
  why: `A socket with \`listen … ssl\` needs a certificate in its default server, the first one that listens there unless another
is marked \`default_server\`: \`no "ssl_certificate" is defined for the "listen ... ssl" directive\`. In \`mail\`, \`starttls\` needs one
as well. Each \`ssl_certificate\` needs an \`ssl_certificate_key\` in the same block or the same one further out; a block that
sets certificates of its own inherits none.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_certificate'],
  *check(source, project) {
    if (source.named('server').length === 0 && !/ssl|starttls/.test(source.own)) return;
    for (const { first, again, message, asks } of clashesIn(project, source.file, 'certificate', (instance) =>
      lacks(project, instance),
    )) {
      const { directive } = again;
      yield {
        span: spanNginxNames(source, directive, directive.name),
        message,
        related: first.directive === directive ? [] : [{ file: first.file, span: first.directive.name, message: asks }],
      };
    }
  },
});

function* lacks(project: Project, instance: Instance): Generator<Lack, undefined> {
  if (!instance.complete || !speaksTls(project)) return;
  yield* certificatesIn(project, instance, 'http');
  const version = project.options.nginxVersion;
  if (version !== null && isOlder(version, '1.25.5')) yield* oldStream(project, instance);
  else yield* certificatesIn(project, instance, 'stream');
  yield* mailServers(project, instance);
}

/** Does any file mention TLS at all? */
function speaksTls(project: Project): boolean {
  const { rest, nginxSources } = project;
  const others = remembered(rest, 'speaks TLS', () =>
    nginxSources.some((source) => source.file !== rest.file && mentionsTls(source)),
  );
  const edited = rest.file === null ? null : project.nginx(rest.file);
  return others || (edited !== null && mentionsTls(edited));
}

function mentionsTls(source: NginxSource): boolean {
  return (
    ['ssl_certificate', 'ssl', 'starttls'].some((name) => source.named(name).length > 0) ||
    source.named('listen').some(asksForTls)
  );
}

/** Certificates and keys that govern a server; null where another module or a template may bring them. */
interface Keys {
  readonly certificates: readonly At[];
  readonly keys: readonly At[];
  /** It refuses to speak TLS, for which it needs no certificate. */
  readonly rejects: boolean;
}

const NAMES = ['ssl_certificate', 'ssl_certificate_key', 'ssl_reject_handshake', 'ssl'] as const;

/** What a server says itself, by name. */
interface Own {
  readonly by: ReadonlyMap<string, readonly At[]>;
  /** Another module may bring certificates. */
  readonly foreign: boolean;
}

/** The same in every snapshot that has the same text, unless files are included. */
const owns = new WeakMap<Directive, Own>();

function ownOf(project: Project, server: At): Own {
  const known = owns.get(server.directive);
  if (known) return known;
  const items = server.directive.block?.items ?? [];
  const own = {
    by: new Map(NAMES.map((name) => [name, directly(project, server, name)])),
    foreign: items.some(({ called }) => /ssl_|tls|cert|acme/.test(called) && signatures(called).length === 0),
  };
  if (!includesFiles(server.directive)) owns.set(server.directive, own);
  return own;
}

type Around = Readonly<Record<(typeof NAMES)[number], readonly At[]>>;

/** What the block around the servers says. */
function aroundOf(project: Project, instance: Instance, outer: Outer): Around {
  const inside = insideOf(project, instance, outer);
  const all = (name: string): readonly At[] => inside.get(name) ?? [];
  return {
    ssl_certificate: all('ssl_certificate'),
    ssl_certificate_key: all('ssl_certificate_key'),
    ssl_reject_handshake: all('ssl_reject_handshake'),
    ssl: all('ssl'),
  };
}

function inForceIn(project: Project, around: Around, server: At, name: (typeof NAMES)[number]): readonly At[] {
  const own = ownOf(project, server).by.get(name)!;
  return own.length > 0 ? own : around[name];
}

function keysOf(project: Project, around: Around, server: At): Keys | null {
  if (ownOf(project, server).foreign) return null;
  const certificates = inForceIn(project, around, server, 'ssl_certificate');
  const keys = inForceIn(project, around, server, 'ssl_certificate_key');
  const isTemplate = ({ directive }: At): boolean => directive.args.some(({ template }) => template);
  if (certificates.some(isTemplate) || keys.some(isTemplate)) return null;
  return {
    certificates,
    keys,
    rejects: valueIn(inForceIn(project, around, server, 'ssl_reject_handshake')) === 'on',
  };
}

/** What is known of an address and port. */
interface Socket {
  readonly servers: Server[];
  /** Its default server. */
  main: Server;
  /** The first `listen` that asks for TLS. */
  ssl: Listen | null;
}

/** `http`, and `stream` since 1.25.5: what a server lacks by itself, then what the default server of a socket lacks. */
function* certificatesIn(project: Project, instance: Instance, kind: 'http' | 'stream'): Generator<Lack, undefined> {
  const servers = serversOf(project, instance, kind);
  const around = aroundOf(project, instance, kind);
  const known = new Map<Server, Keys | null>();
  const sockets = new Map<string, Socket>();
  for (const server of servers) {
    const keys = keysOf(project, around, server.at);
    known.set(server, keys);
    if (keys) yield* ownLack(project, around, kind, server.at, keys);
    for (const listen of server.listens) {
      const socket = sockets.get(listen.key);
      const ssl = isTls(listen.at) ? listen : null;
      if (!socket) {
        sockets.set(listen.key, { servers: [server], main: server, ssl });
        continue;
      }
      socket.servers.push(server);
      if (listen.isDefault) socket.main = server;
      socket.ssl ??= ssl;
    }
    for (const at of vagueListens(project, server, servers)) {
      const listen = { at, key: '', text: at.directive.values[1]!, isDefault: true, options: false };
      sockets.set(listen.text, { servers: [server], main: server, ssl: listen });
    }
  }
  // A server without any listen takes port 80, or 8000 for those who are not root.
  const silent = servers.some(({ listens, vague }) => listens.length === 0 && !vague);
  for (const { main, ssl, servers: sharing } of sockets.values()) {
    if (!ssl || (silent && /:80(?:00)?$/.test(ssl.text))) continue;
    const keys = known.get(main);
    if (!keys || keys.certificates.length > 0) continue;
    const lacking = keys.rejects
      ? sharing.find((each) => {
          const its = known.get(each);
          return its && its.certificates.length === 0 && !its.rejects;
        })
      : main;
    if (!lacking) continue;
    const option = ssl.at.directive.args.some(({ value }) => value === 'quic') ? 'quic' : 'ssl';
    const role =
      lacking === main && sharing.length > 1 ? ` It is the default server of ${ssl.text}, so it needs one.` : '';
    yield {
      first: ssl.at,
      again: lacking.at,
      message: `This server has no ssl_certificate, and "listen ${ssl.at.directive.values[1]!} ${option}" needs one: nginx refuses to start.${role} Add ssl_certificate and ssl_certificate_key.`,
      asks: 'TLS is asked for here.',
    };
  }
}

/** With more servers than that, those with addresses to look up are not compared with all others. */
const MOST_SERVERS = 1000;

/** `listen` lines with `ssl` whose address only nginx can look up, on a port that no other server has. */
function vagueListens(project: Project, server: Server, all: readonly Server[]): At[] {
  if (!server.vague || all.length > MOST_SERVERS) return [];
  const port = ({ directive }: At): string => /:(\d+)$/.exec(directive.values[1] ?? '')?.[1] ?? '';
  const read = new Set(server.listens.map(({ at }) => at.directive));
  return directly(project, server.at, 'listen').filter(
    (at) =>
      !read.has(at.directive) &&
      isLiteral(project, at) &&
      isTls(at) &&
      port(at) !== '' &&
      all.every(
        (other) =>
          other === server ||
          directly(project, other.at, 'listen').every((its) => !its.directive.values[1]?.endsWith(port(at))),
      ) &&
      directly(project, server.at, 'listen').every(
        (its) => its === at || its.directive === at.directive || port(its) !== port(at),
      ),
  );
}

function isTls({ directive }: At): boolean {
  return asksForTls(directive);
}

const asksForTls = byText(({ args }) => args.some(({ value }, i) => i > 0 && (value === 'ssl' || value === 'quic')));

function* ownLack(
  project: Project,
  around: Around,
  kind: 'http' | 'stream',
  server: At,
  { certificates, keys, rejects }: Keys,
): Generator<Lack, undefined> {
  const ssl = kind === 'http' ? inForceIn(project, around, server, 'ssl') : [];
  if (valueIn(ssl) === 'on') {
    const again = ssl[ssl.length - 1]!;
    if (certificates.length === 0 && !rejects) {
      yield {
        first: server,
        again,
        message:
          '"ssl on" needs a certificate, and none is set: nginx refuses to start. Add ssl_certificate and ssl_certificate_key.',
        asks: 'In this server.',
      };
    } else if (keys.length < certificates.length) {
      yield { first: server, again, message: noKey(certificates, keys), asks: 'In this server.' };
    }
    return;
  }
  // Before 1.25.5 stream did not look at certificates that no socket uses.
  if (kind === 'stream' && project.options.nginxVersion === null && !directly(project, server, 'listen').some(isTls))
    return;
  if (keys.length < certificates.length) {
    const again = certificates[certificates.length - 1]!;
    yield { first: server, again, message: noKey(certificates, keys), asks: 'In this server.' };
  }
}

function noKey(certificates: readonly At[], keys: readonly At[]): string {
  const name = certificates[certificates.length - 1]!.directive.values[1]?.slice(0, 100) ?? '';
  return keys.length === 0
    ? `The certificate "${name}" has no ssl_certificate_key: nginx refuses to start. Add it in the same block.`
    : `There are ${certificates.length} certificates here, but ${keys.length} ssl_certificate_key: nginx refuses to start. Each needs its key, in the same order.`;
}

/** nginx stops at the last `listen … ssl` of the server. */
function* oldStream(project: Project, instance: Instance): Generator<Lack, undefined> {
  for (const server of serverBlocks(project, instance, 'stream')) {
    const listen = directly(project, server, 'listen').filter(isTls).at(-1);
    const keys = listen && keysOf(project, aroundOf(project, instance, 'stream'), server);
    if (keys) yield* asked(keys, listen, 'listen … ssl', server);
  }
}

function* mailServers(project: Project, instance: Instance): Generator<Lack, undefined> {
  for (const server of serverBlocks(project, instance, 'mail')) {
    const listen = directly(project, server, 'listen').filter(isTls).at(-1);
    const ssl = governing(project, instance, 'mail', server, 'ssl');
    const starttls = governing(project, instance, 'mail', server, 'starttls');
    const on = valueIn(ssl) === 'on';
    const start = valueIn(starttls);
    if (!listen && !on && start !== 'on' && start !== 'only') continue;
    const keys = keysOf(project, aroundOf(project, instance, 'mail'), server);
    if (!keys) continue;
    const name = listen ? 'listen … ssl' : on ? 'ssl on' : `starttls ${start}`;
    yield* asked(keys, listen ?? (on ? ssl : starttls).at(-1)!, name, server);
  }
}

function* asked({ certificates, keys }: Keys, again: At, name: string, first: At): Generator<Lack, undefined> {
  const asks = 'In this server.';
  if (certificates.length === 0) {
    const message = `"${name}" needs a certificate, and none is set: nginx refuses to start. Add ssl_certificate and ssl_certificate_key.`;
    yield { first, again, message, asks };
  } else if (keys.length < certificates.length) {
    yield { first, again, message: noKey(certificates, keys), asks };
  }
}
