/** Flags the use of a shared memory zone that nothing declares. */
import type { Directive, Word } from '../../nginx/tree';
import type { Project } from '../../project/project';
import { type Instance, instancesOf, isLiteral, isWhole, kindOf, zoneOf } from '../../project/references';
import { closest } from '../../text/spelling';
import { defineRule, mend } from '../rule';

const CACHES = ['proxy_cache', 'fastcgi_cache', 'uwsgi_cache', 'scgi_cache'];

export default defineRule({
  id: 'nginx/undefined-zone',
  language: 'nginx',
  severity: 'error',
  title: 'Zone is used but never declared',
  why: `\`limit_req zone=api\` needs a \`limit_req_zone … zone=api:10m …\` in the \`http\` block, \`limit_conn\` a \`limit_conn_zone\`,
\`proxy_cache\` a \`proxy_cache_path … keys_zone=…\`. Without it nginx refuses to start, and names no line:
\`zero size shared memory zone "api"\` or \`"proxy_cache" zone "api" is unknown\`.`,
  references: [
    'https://nginx.org/en/docs/http/ngx_http_limit_req_module.html#limit_req_zone',
    'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache_path',
  ],
  *check(source, project) {
    const { file } = source;
    for (const [name, declaration] of [
      ['limit_req', 'limit_req_zone'],
      ['limit_conn', 'limit_conn_zone'],
      ...CACHES.map((cache) => [cache, `${cache}_path`] as const),
    ] as const) {
      for (const directive of source.named(name)) {
        const at = { file, directive };
        const used = usedZone(directive);
        if (!used || !isLiteral(project, at) || !kindOf(project, at) || !isWhole(project, file)) continue;
        const zones = instancesOf(project, file).map((instance) => zonesOf(project, instance));
        if (zones.some(({ all }) => all.has(used.name))) continue;
        const meant = closest(
          used.name,
          zones.flatMap(({ by }) => by.get(declaration) ?? []),
        );
        const shape = name.endsWith('_cache') ? `keys_zone=${used.name}:10m` : `zone=${used.name}:10m`;
        yield {
          span: {
            start: used.word.end - used.name.length - (used.word.quote ? 1 : 0),
            end: used.word.end - (used.word.quote ? 1 : 0),
          },
          message: `Nothing declares the zone "${used.name}": nginx refuses to start. Declare it in the ${kindOf(project, at)} block: ${declaration} … ${shape}.`,
          fixes: meant
            ? [
                mend('nginx/undefined-zone', `Use the zone "${meant}"`, [
                  {
                    file,
                    span: used.word,
                    newText: source.text.slice(used.word.start, used.word.end).replace(used.name, () => meant),
                  },
                ]),
              ]
            : [],
        };
      }
    }
  },
});

function usedZone({ name, args }: Directive): { name: string; word: Word } | null {
  const word = name.value === 'limit_req' ? args.find(({ value }) => value.startsWith('zone=')) : args[0];
  const zone = name.value === 'limit_req' ? word?.value.slice(5) : word?.value;
  if (!word || !zone || !/^[\w.-]+$/.test(zone) || (name.value !== 'limit_req' && zone === 'off')) return null;
  return { name: zone, word };
}

interface Zones {
  readonly all: ReadonlySet<string>;
  /** By the directive that declares them. */
  readonly by: ReadonlyMap<string, readonly string[]>;
}

const known = new WeakMap<Instance, Zones>();

function zonesOf(project: Project, instance: Instance): Zones {
  let zones = known.get(instance);
  if (!zones) {
    const all = new Set<string>();
    const by = new Map<string, string[]>();
    for (const kind of ['http', 'stream'] as const) {
      for (const [name, list] of instance.inside(kind)) {
        if (name === 'server') continue;
        for (const at of list) {
          // A group can declare a zone too, and so can directives of other modules, in forms of their own.
          const inner = name === 'upstream' ? (project.children(at.file, at.directive).get('zone') ?? []) : [];
          for (const { directive } of inner) if (directive.args[0]) all.add(directive.args[0].value);
          const zone = zoneOf(at.directive);
          if (!zone) continue;
          all.add(zone.name);
          const same = by.get(name);
          if (same) same.push(zone.name);
          else by.set(name, [zone.name]);
        }
      }
    }
    zones = { all, by };
    known.set(instance, zones);
  }
  return zones;
}
