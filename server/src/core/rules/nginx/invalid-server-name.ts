/** Flags server names with a wildcard that nginx cannot look up. */
import { isHostname } from '../../nginx/judge/parameters/maps';
import { isPlaceholder } from '../../nginx/judge/values';
import type { Directive, Word } from '../../nginx/tree';
import type { Project } from '../../project/project';
import { type Clash, clashesIn, type Instance, type Server, serversOf } from '../../project/references';
import { sharingAddress } from '../../project/sharing';
import { defineRule } from '../rule';

interface Odd extends Clash {
  readonly word: Word;
}

export default defineRule({
  id: 'nginx/invalid-server-name',
  language: 'nginx',
  severity: 'error',
  title: 'Server name with a wildcard in its middle',
  why: `A \`*\` may stand at the beginning or at the end of a server name, at a dot: \`*.example.com\`, \`www.example.*\`. Elsewhere nginx
refuses to start with \`invalid server name or wildcard\` as soon as several servers share an address, and names no line. For
anything else write a regular expression: \`~^www\\.(.+)\\.example\\.com$\`.`,
  references: ['https://nginx.org/en/docs/http/server_names.html#wildcard_names'],
  *check(source, project) {
    const isPossible = (): boolean => source.named('server_name').some((names) => oddWord(names) !== undefined);
    for (const { word } of clashesIn(
      project,
      source.file,
      'odd server names',
      (instance) => odd(project, instance),
      isPossible,
    )) {
      yield {
        span: word,
        message: `"${word.value.slice(0, 80)}" is no server name: a "*" may stand at the beginning or the end, with a dot beside it. nginx refuses to start. Write a regular expression, such as ~^www\\..+\\.example\\.com$.`,
      };
    }
  },
});

function* odd(project: Project, instance: Instance): Generator<Odd, undefined> {
  if (!instance.complete) return;
  const all = serversOf(project, instance, 'http');
  let shared: ReadonlySet<Server> | null = null;
  for (const server of all) {
    for (const again of server.names) {
      const word = oddWord(again.directive);
      if (!word) continue;
      shared ??= sharingAddress(all);
      if (shared.has(server)) yield { first: server.at, again, word };
    }
  }
}

const ODD = /\*|\.\./;

/** What cannot be right anywhere is spoken of as a value. */
function oddWord(directive: Directive): Word | undefined {
  if (!directive.values.some((value) => ODD.test(value))) return undefined;
  return directive.args.find(
    (each) => ODD.test(each.value) && !/^~|\$/.test(each.value) && !isPlaceholder(each) && !isHostname(each.value),
  );
}
