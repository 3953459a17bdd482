/** Flags a second shared memory zone of one name. */
import type { At } from '../../project/project';
import { clashesIn, sameKey, spanNginxNames, zoneOf } from '../../project/references';
import { defineRule } from '../rule';

const DECLARATIONS = [
  'limit_req_zone',
  'limit_conn_zone',
  'proxy_cache_path',
  'fastcgi_cache_path',
  'uwsgi_cache_path',
  'scgi_cache_path',
];

export default defineRule({
  id: 'nginx/duplicate-zone',
  language: 'nginx',
  severity: 'error',
  title: 'Two zones of one name',
  why: `All shared memory zones of a configuration have names of their own, whatever they are for. nginx refuses to start with
\`limit_req_zone "api" is already bound to key …\`, \`duplicate zone "api"\` or
\`the shared memory zone "api" is already declared for a different use\`.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_limit_req_module.html#limit_req_zone'],
  *check(source, project) {
    if (DECLARATIONS.every((name) => source.named(name).length === 0)) return;
    const found = clashesIn(project, source.file, 'zone', function* (instance) {
      for (const kind of ['http', 'stream'] as const) {
        const children = instance.inside(kind);
        // Which of two directives of different names comes first is plain within one file only.
        const all = DECLARATIONS.flatMap((name) => children.get(name) ?? []);
        for (const clash of sameKey(project, all, ({ directive }) => zoneOf(directive)?.name ?? null)) {
          yield inOrder(clash.first, clash.again);
        }
      }
    });
    for (const { first, again } of found) {
      const zone = zoneOf(again.directive)!;
      yield {
        span: spanNginxNames(source, again.directive, zone.word),
        message: `There is a zone "${zone.name}" already (${first.directive.called}): nginx refuses to start. Give one of the two another name.`,
        related: [{ file: first.file, span: first.directive, message: 'The first one is here.' }],
      };
    }
  },
});

function inOrder(a: At, b: At): { first: At; again: At } {
  return a.file === b.file && a.directive.start > b.directive.start ? { first: b, again: a } : { first: a, again: b };
}
