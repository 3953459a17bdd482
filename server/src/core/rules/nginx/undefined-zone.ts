/** Flags the use of a shared memory zone that nothing declares. */

import { isPlaceholder } from '../../nginx/judge/values';
import type { Directive, Word } from '../../nginx/tree';
import { type Late, lateIn } from '../../project/closing';
import type { At, Project } from '../../project/project';
import { type Instance, instancesOf, isLiteral, isWhole, kindOf, zoneOf } from '../../project/references';
import { closest } from '../../text/spelling';
import { defineRule, mend } from '../rule';

const CACHES = ['proxy_cache', 'fastcgi_cache', 'uwsgi_cache', 'scgi_cache'];

/** What uses a zone, and what declares it. */
const USES: readonly (readonly [string, string])[] = [
  ['limit_req', 'limit_req_zone'],
  ['limit_conn', 'limit_conn_zone'],
  ...CACHES.map((cache) => [cache, `${cache}_path`] as const),
];

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
    for (const [name, declaration] of USES) {
      for (const directive of source.named(name)) {
        const used = undeclared(project, { file, directive });
        if (!used) continue;
        const { word } = used;
        const declared = zonesAround(project, file).flatMap(({ by }) => by.get(declaration) ?? []);
        const bare = used.name.replace(/^(?:keys_)?zone=/, '').replace(/:.*/s, '');
        const meant = declared.includes(bare) ? bare : closest(used.name, declared);
        const end = word.end - (word.quote ? 1 : 0);
        yield {
          span: { start: end - used.name.length, end },
          message: message(project, { file, directive }, used.name),
          fixes: meant
            ? [
                mend('nginx/undefined-zone', `Use the zone "${meant}"`, [
                  {
                    file,
                    span: word,
                    newText: source.text.slice(word.start, word.end).replace(used.name, () => meant),
                  },
                ]),
              ]
            : [],
        };
      }
    }
    if (source.named('http').length > 0) yield* lateIn(project, file, undeclaredCaches(project));
  },
});

/** For the unknown zone of a cache nginx names the end of http, for other zones no line. */
function* undeclaredCaches(project: Project): Generator<Late, undefined> {
  for (const name of CACHES) {
    for (const at of project.named(name)) {
      const used = undeclared(project, at);
      if (used) yield { at, message: message(project, at, used.name) };
    }
  }
}

/** The zone that `at` uses, where nothing declares it. */
function undeclared(project: Project, at: At): { name: string; word: Word } | null {
  const used = usedZone(at.directive);
  if (!used || !isLiteral(project, at) || !kindOf(project, at) || !isWhole(project, at.file)) return null;
  return zonesAround(project, at.file).some(({ all }) => all.has(used.name)) ? null : used;
}

function zonesAround(project: Project, file: string): Zones[] {
  return instancesOf(project, file).map((instance) => zonesOf(project, instance));
}

function message(project: Project, at: At, zone: string): string {
  const { value } = at.directive.name;
  const [, declaration] = USES.find(([name]) => name === value)!;
  const shape = CACHES.includes(value) ? `keys_zone=${zone}:10m` : `zone=${zone}:10m`;
  return `Nothing declares the zone "${zone}": nginx refuses to start. Declare it in the ${kindOf(project, at)} block: ${declaration} … ${shape}.`;
}

function usedZone({ name, args }: Directive): { name: string; word: Word } | null {
  const word = name.value === 'limit_req' ? args.find(({ value }) => value.startsWith('zone=')) : args[0];
  const zone = name.value === 'limit_req' ? word?.value.slice(5) : word?.value;
  if (!word || zone === undefined || isPlaceholder(word)) return null;
  const isCache = CACHES.includes(name.value);
  // Only a cache is chosen by variables; others take "$x" as a name. Odd characters may be a template's.
  if (!(isCache ? /^[\w.:=-]+$/ : /^[\w.:=-]*$|^\$[a-z_]+$/).test(zone) || (isCache && zone === 'off')) return null;
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
