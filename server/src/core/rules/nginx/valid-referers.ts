/** Flags `valid_referers` that nginx refuses as a whole: no host among them, or the same one twice. */
import { wildcardKeys } from '../../nginx/wildcard';
import { directly } from '../../project/children';
import type { At, Project } from '../../project/project';
import { isLiteral, isWhole, spanNginxNames } from '../../project/references';
import { defineRule } from '../rule';

const WORDS = new Set(['none', 'blocked', 'server_names']);

export default defineRule({
  id: 'nginx/valid-referers',
  language: 'nginx',
  severity: 'error',
  title: 'valid_referers names no host, or one twice',
  why: `With \`none\` or \`blocked\` at least one host name must be given in the same block, by name or by \`server_names\`; regular
expressions do not count: \`the "none" or "blocked" referers are specified … without any valid referer\`. Each host may stand once
in a block: \`conflicting parameter "example.com"\`.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_referer_module.html#valid_referers'],
  *check(source, project) {
    const { file } = source;
    for (const directive of source.named('valid_referers')) {
      const at = { file, directive };
      const block = project.parent(at);
      if (!block || !isLiteral(project, at) || !project.contextOf(at)) continue;
      const all = directly(project, block, 'valid_referers');
      if (!all.every((each) => isLiteral(project, each))) continue;
      const twice = repeatedHost(all, at);
      if (twice) {
        yield {
          span: spanNginxNames(source, directive, twice),
          message: `"${twice.value}" stands here already: nginx refuses to start (conflicting parameter). Write it once.`,
        };
      }
      const words = all.flatMap((each) => each.directive.args.map(({ value }) => value));
      const first = all.find((each) =>
        each.directive.args.some(({ value }) => value === 'none' || value === 'blocked'),
      );
      if (first?.directive !== directive || hasHost(project, block, words) || !isWhole(project, file)) continue;
      yield {
        span: spanNginxNames(source, directive, directive.name),
        message: `No host is valid here, and "none" or "blocked" alone are not enough: nginx refuses to start. Add a host name or server_names${words.some((word) => word.startsWith('~')) ? '; regular expressions do not count' : ''}.`,
      };
    }
  },
});

function hasHost(project: Project, block: At, words: readonly string[]): boolean {
  if (words.some((word) => !WORDS.has(word) && !word.startsWith('~'))) return true;
  if (!words.includes('server_names')) return false;
  let server: At | null = block;
  while (server && server.directive.called !== 'server') server = project.parent(server);
  if (!server) return true;
  const names = directly(project, server, 'server_name');
  // Without any, a server has the empty name.
  return (
    names.length === 0 || names.some(({ directive }) => directive.args.some(({ value }) => !value.startsWith('~')))
  );
}

function repeatedHost(all: readonly At[], at: At) {
  const seen = new Set<string>();
  for (const each of all) {
    for (const word of each.directive.args) {
      if (WORDS.has(word.value) || word.value.startsWith('~')) continue;
      const keys = wildcardKeys(word.value.split('/')[0]!);
      if (keys.some((key) => seen.has(key))) {
        if (each.directive === at.directive) return word;
        continue;
      }
      for (const key of keys) seen.add(key);
    }
  }
  return null;
}
