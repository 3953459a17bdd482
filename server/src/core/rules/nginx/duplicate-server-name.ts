/** Flags a server name that another server of the same socket has already. */
import type { Directive, Word } from '../../nginx/tree';
import type { At, Project } from '../../project/project';
import { type Clash, clashesIn, type Instance, type Server, serversOf, sharesKeys } from '../../project/references';
import { plainSpan } from '../../text/span';
import { defineRule } from '../rule';

interface NameClash extends Clash {
  readonly word: Word;
  readonly firstWord: Word;
  readonly text: string;
  /** Neither server has a name: `word` is that of the block. */
  readonly nameless: boolean;
}

export default defineRule({
  id: 'nginx/duplicate-server-name',
  language: 'nginx',
  severity: 'warning',
  title: 'Two servers of one name on one socket',
  why: `nginx starts, but the second server never gets a request for that name:
\`conflicting server name "example.com" on 0.0.0.0:80, ignored\`. An old copy of a site file beside the new one is the usual
cause.`,
  references: ['https://nginx.org/en/docs/http/server_names.html'],
  *check(source, project) {
    if (source.named('server').length === 0 && source.named('server_name').length === 0) return;
    const { file } = source;
    const found = clashesIn(
      project,
      file,
      'server_name',
      (instance) => clashesOf(project, instance),
      (instance) =>
        sharesKeys(project, instance, 'http', file, `names, ${instance.complete}`, (server) => idsOf(server, instance)),
    );
    for (const { first, word, firstWord, text, nameless } of found) {
      yield {
        span: plainSpan(word),
        message: nameless
          ? `Another server on ${text} has no server_name either: one of them alone gets the requests without a known name (conflicting server name "" on ${text}, ignored).`
          : `Another server on ${text} is called "${word.value}" already: nginx ignores the name here (conflicting server name "${word.value}" on ${text}, ignored).`,
        related: [
          {
            file: first.file,
            span: firstWord,
            message: nameless ? 'This is the other server.' : 'Requests for this name are answered here.',
          },
        ],
      };
    }
  },
});

/** Each name on each socket; a server without a name has the empty one. */
function* idsOf(server: Server, instance: Instance): Generator<string, undefined> {
  for (const { key } of socketsOf(server)) {
    if (server.names.length === 0 && instance.complete && !server.vague) yield `${key} `;
    for (const at of server.names) {
      for (const value of at.directive.values.slice(1)) if (isComparable(value)) yield `${key} ${value.toLowerCase()}`;
    }
  }
}

function socketsOf({ listens, vague }: Server): readonly { readonly key: string; readonly text: string }[] {
  return listens.length > 0 || vague ? listens : ANY;
}

const ANY = [{ key: 'tcp 0.0.0.0:80', text: '0.0.0.0:80' }];

function isComparable(name: string): boolean {
  return name !== '' && !/[~$]/.test(name);
}

interface Taken {
  readonly server: Directive;
  readonly at: At;
  /** Which of the directive's words it is: 0 is its name. */
  readonly word: number;
}

function wordOf({ at: { directive }, word }: Pick<Taken, 'at' | 'word'>): Word {
  return word === 0 ? directive.name : directive.args[word - 1]!;
}

function* clashesOf(project: Project, instance: Instance): Generator<NameClash, undefined> {
  const taken = new Map<string, Taken>();
  for (const server of serversOf(project, instance, 'http')) {
    const sockets = socketsOf(server);
    if (sockets.length === 0) continue;
    if (server.names.length === 0 && instance.complete && !server.vague) {
      const { at } = server;
      for (const { key, text } of sockets) {
        const first = taken.get(`${key} `);
        if (first) {
          yield { first: first.at, again: at, word: at.directive.name, firstWord: wordOf(first), text, nameless: true };
          break;
        }
        taken.set(`${key} `, { server: at.directive, at, word: 0 });
      }
    }
    for (const at of server.names) {
      let reported = false;
      const { values } = at.directive;
      for (let i = 1; i < values.length; i++) {
        const name = values[i]!.toLowerCase();
        if (!isComparable(name)) continue;
        for (let j = 0; j < sockets.length; j++) {
          const { key, text } = sockets[j]!;
          const id = `${key} ${name}`;
          const first = taken.get(id);
          if (!first) taken.set(id, { server: server.at.directive, at, word: i });
          else if (first.server !== server.at.directive && !reported) {
            reported = true;
            const word = wordOf({ at, word: i });
            yield { first: first.at, again: at, word, firstWord: wordOf(first), text, nameless: false };
          }
        }
      }
    }
  }
}
