/** Flags a variable of nginx's own that a directive or a named group of a regular expression defines anew. */
import type { Directive, Word } from '../../nginx/tree';
import { since } from '../../nginx/variables';
import { fixed } from '../../nginx/variables.generated';
import { isOlder } from '../../nginx/version';
import type { Project } from '../../project/project';
import { kindOf, spanNginxNames } from '../../project/references';
import type { NginxSource } from '../../project/source';
import { defineRule } from '../rule';

// Whether the GeoIP module is there, which is built on demand, the files do not tell.
const names = (list: string): Set<string> => new Set(list.split(' ').filter((name) => !name.startsWith('geoip_')));
const FIXED = { http: names(fixed.http), stream: names(fixed.stream) };

/** Index of the argument that names the variable; -1: the last one. */
const DEFINES: Readonly<Record<string, number>> = { set: 0, auth_request_set: 0, map: 1, split_clients: 1, geo: -1 };

export default defineRule({
  id: 'nginx/reserved-variable',
  language: 'nginx',
  severity: 'error',
  title: 'This variable is nginx’s own',
  why: `Most of nginx's own variables (\`$uri\`, \`$host\`, \`$remote_addr\`, \`$status\` …) cannot be defined anew, by a directive or
by a named group of a regular expression: \`the duplicate "uri" variable\`. A few can (\`$args\`, \`$limit_rate\`). Choose another
name.`,
  references: ['https://nginx.org/en/docs/varindex.html'],
  *check(source, project) {
    for (const [name, index] of Object.entries(DEFINES)) {
      for (const directive of source.named(name)) {
        const word = directive.args.at(index);
        if (!word || word.template || !word.value.startsWith('$')) continue;
        if (!isFixed(project, source, directive, word.value.slice(1).toLowerCase())) continue;
        yield {
          span: spanNginxNames(source, directive, word),
          message: `"${word.value}" is a variable of nginx's own and cannot be defined anew: nginx refuses to load this file. Choose another name.`,
        };
      }
    }
    if (!/\(\?P?[<']/.test(source.own)) return;
    for (const { directive, word, block } of patterns(source)) {
      for (const [, , name] of word.value.matchAll(GROUP)) {
        if (!isFixed(project, source, block ?? directive, name!.toLowerCase())) continue;
        yield {
          span: spanNginxNames(source, directive, word),
          message: `The group "${name}" would define $${name!.toLowerCase()}, a variable of nginx's own: nginx refuses to load this file. Choose another name.`,
        };
        break;
      }
    }
  },
});

const GROUP = /(?<!\\)\(\?P?([<'])([A-Za-z_]\w*)[>']/g;

function isFixed(project: Project, source: NginxSource, directive: Directive, name: string): boolean {
  const kind = kindOf(project, { file: source.file, directive });
  if (!kind || !FIXED[kind].has(name)) return false;
  const { nginxVersion } = project.options;
  const brought = since(kind, name);
  return brought === null || (nginxVersion !== null && !isOlder(nginxVersion, brought));
}

/** The words of a file that nginx compiles as expressions whose groups become variables. */
function* patterns(
  source: NginxSource,
): Generator<{ directive: Directive; word: Word; block: Directive | null }, undefined> {
  const pick = (name: string, choose: (args: readonly Word[]) => readonly (Word | undefined)[]) =>
    source
      .named(name)
      .flatMap((directive) =>
        choose(directive.args).flatMap((word) => (word && !word.template ? [{ directive, word, block: null }] : [])),
      );
  yield* pick('location', ([first, second]) => (/^~\*?$/.test(first?.value ?? '') ? [second] : [tilde(first)]));
  yield* pick('if', (args) => args.filter((_, i) => /^!?~\*?$/.test(args[i - 1]?.value ?? '')));
  yield* pick('rewrite', ([first]) => [first]);
  yield* pick('server_name', (args) => args.map(tilde));
  for (const name of ['proxy_redirect', 'proxy_cookie_domain', 'proxy_cookie_path', 'proxy_cookie_flags']) {
    yield* pick(name, ([first]) => [tilde(first)]);
  }
  for (const block of source.named('map')) {
    for (const directive of block.block?.items ?? []) {
      if (tilde(directive.name) && !directive.name.template) yield { directive, word: directive.name, block };
    }
  }
}

function tilde(word: Word | undefined): Word | undefined {
  return word?.value.startsWith('~') ? word : undefined;
}
