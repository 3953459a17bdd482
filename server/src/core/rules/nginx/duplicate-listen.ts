/** Flags sockets that are listed twice: in one server, with two sets of options, or with two default servers. */

import { isOlder } from '../../nginx/version';
import type { Project } from '../../project/project';
import {
  type Clash,
  clashesIn,
  type Instance,
  type Kind,
  type Listen,
  type Server,
  serversOf,
  sharesKeys,
  spanNginxNames,
} from '../../project/references';
import { defineRule } from '../rule';

interface ListenClash extends Clash {
  readonly why: 'listen' | 'options' | 'default' | 'pair';
  readonly text: string;
}

export default defineRule({
  id: 'nginx/duplicate-listen',
  language: 'nginx',
  severity: 'error',
  title: 'Socket is listed twice',
  why: `A \`server\` may list a socket once: \`listen 80\`, \`listen *:80\` and \`listen 0.0.0.0:80\` are the same one, and nginx
refuses to start with \`a duplicate listen 0.0.0.0:80\`. Several servers may share a socket, but only one of them may be its
\`default_server\`, and only one may set its options (\`reuseport\`, \`backlog=\`, \`ipv6only=\`, \`so_keepalive=\` …).`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#listen'],
  *check(source, project) {
    if (source.named('listen').length === 0) return;
    const { file } = source;
    const found = clashesIn(
      project,
      file,
      'listen',
      (instance) => [...clashesOf(project, instance, 'http'), ...clashesOf(project, instance, 'stream')],
      (instance) =>
        KINDS.some((kind) =>
          sharesKeys(project, instance, kind, file, 'listens', (server) => claims(server, isAlone(project, kind))),
        ),
    );
    for (const { first, again, why, text } of found) {
      const said = {
        listen: `This server listens on ${text} already: nginx refuses to start (a duplicate listen ${text}). Remove one of the two lines.`,
        options: `Another listen sets options of the socket ${text} already: nginx refuses to start (duplicate listen options for ${text}). Write them once.`,
        default: `${text} has a default server already: nginx refuses to start (a duplicate default server for ${text}). Only one server may be the default.`,
        pair: `Another server listens on ${text} already, which stream servers could not share before nginx 1.25.5: nginx refuses to start.`,
      }[why];
      yield {
        span: spanNginxNames(source, again.directive, again.directive.args[0]!),
        message: said,
        related: [{ file: first.file, span: first.directive, message: 'The first one is here.' }],
      };
    }
  },
});

const KINDS = ['http', 'stream'] as const;

/** Newest where no version is known: since 1.25.5 stream servers share sockets. */
function isAlone({ options: { nginxVersion } }: Project, kind: Kind): boolean {
  return kind === 'stream' && nginxVersion !== null && isOlder(nginxVersion, '1.25.5');
}

/** What only one may have: the options and the default server of a socket, and within a server the socket itself. */
function* claims({ at, listens }: Server, alone: boolean): Generator<string, undefined> {
  for (const { key, options, isDefault } of listens) {
    if (options) yield `options ${key}`;
    if (isDefault) yield `default ${key}`;
    if (alone) yield key;
    else if (listens.length > 1) yield `${at.file} ${at.directive.start} ${key}`;
  }
}

function* clashesOf(project: Project, instance: Instance, kind: Kind): Generator<ListenClash, undefined> {
  const options = new Map<string, Listen>();
  const defaults = new Map<string, Listen>();
  const pairs = new Map<string, Listen>();
  const alone = isAlone(project, kind);
  for (const { listens } of serversOf(project, instance, kind)) {
    const own = listens.length > 1 ? new Map<string, Listen>() : null;
    for (const listen of listens) {
      const { key, text } = listen;
      const clash = (first: Listen, why: ListenClash['why']): ListenClash => ({
        first: first.at,
        again: listen.at,
        why,
        text,
      });
      const same = own?.get(key);
      const set = listen.options ? options.get(key) : undefined;
      const main = listen.isDefault ? defaults.get(key) : undefined;
      const pair = alone ? pairs.get(key) : undefined;
      if (same) yield clash(same, 'listen');
      else if (pair) yield clash(pair, 'pair');
      else if (set) yield clash(set, 'options');
      else if (main) yield clash(main, 'default');
      own?.set(key, listen);
      if (alone) pairs.set(key, listen);
      if (listen.options) options.set(key, listen);
      if (listen.isDefault) defaults.set(key, listen);
    }
  }
}
