/** Flags what may be defined once and is defined again: modules, thread pools, charset maps, folders of caches. */
import type { Word } from '../../nginx/tree';
import type { At, Project } from '../../project/project';
import { type Clash, clashesIn, type Instance, isLiteral, spanNginxNames } from '../../project/references';
import { defineRule } from '../rule';

interface Again extends Clash {
  readonly message: string;
}

export default defineRule({
  id: 'nginx/duplicate-definition',
  language: 'nginx',
  severity: 'error',
  title: 'Defined twice',
  why: `nginx refuses to start when a module is loaded twice (often once in \`nginx.conf\` and once in \`modules-enabled\`), when a
\`thread_pool\` or a \`charset_map\` is defined twice, in either direction, and when two caches keep their files in one folder.
Folders for temporary files may be shared as long as their levels are the same.`,
  references: [
    'https://nginx.org/en/docs/ngx_core_module.html#load_module',
    'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache_path',
  ],
  *check(source, project) {
    if (!Object.keys(DEFINES).some((name) => source.names.has(name))) return;
    for (const { first, again, message } of clashesIn(project, source.file, 'definition', (instance) =>
      secondOnes(project, instance),
    )) {
      yield {
        span: spanNginxNames(source, again.directive, again.directive.args[0] ?? again.directive.name),
        message,
        related: [{ file: first.file, span: first.directive, message: 'The first one is here.' }],
      };
    }
  },
});

interface Definition {
  readonly key: string;
  /** Two of one key that differ in this clash; null: two of one key clash. */
  readonly detail: string | null;
  readonly message: string;
}

type Define = (args: readonly Word[]) => Definition | null;

const cacheFolder: Define = ([folder]) => (folder ? path(folder, null) : null);

const temporaryFolder: Define = ([folder, ...levels]) =>
  folder ? path(folder, levels.map(({ value }) => value).join(':')) : null;

function path({ value }: Word, detail: string | null): Definition {
  const message =
    detail === null
      ? `Another cache or a directive for temporary files has the folder "${value}" already: nginx refuses to start. Each cache needs one of its own.`
      : `The folder "${value}" is in use with other levels already, or by a cache: nginx refuses to start. Write the same levels, or another folder.`;
  return { key: `path ${value.length > 1 ? value.replace(/\/$/, '') : value}`, detail, message };
}

const DEFINES: Readonly<Record<string, Define>> = {
  load_module: ([file]) => {
    const name = file && /([^/]+)\.so$/.exec(file.value)?.[1];
    return name
      ? {
          key: `module ${name}`,
          detail: null,
          message: `The module ${name} is loaded already: nginx refuses to start. Remove one of the two lines.`,
        }
      : null;
  },
  thread_pool: ([name]) =>
    name
      ? {
          key: `pool ${name.value}`,
          detail: null,
          message: `There is a thread pool "${name.value}" already: nginx refuses to start. Define it once.`,
        }
      : null,
  charset_map: ([from, to]) =>
    from && to
      ? {
          key: `charset ${[from.value.toLowerCase(), to.value.toLowerCase()].sort().join(' ')}`,
          detail: null,
          message: `There is a charset_map between "${from.value}" and "${to.value}" already, which serves both directions: nginx refuses to start.`,
        }
      : null,
  proxy_cache_path: cacheFolder,
  fastcgi_cache_path: cacheFolder,
  uwsgi_cache_path: cacheFolder,
  scgi_cache_path: cacheFolder,
  proxy_temp_path: temporaryFolder,
  fastcgi_temp_path: temporaryFolder,
  uwsgi_temp_path: temporaryFolder,
  scgi_temp_path: temporaryFolder,
  client_body_temp_path: temporaryFolder,
};

function* secondOnes(project: Project, instance: Instance): Generator<Again, undefined> {
  const seen = new Map<string, { at: At; detail: string | null }>();
  for (const [name, define] of Object.entries(DEFINES)) {
    for (const at of definitions(project, instance, name)) {
      const found = isLiteral(project, at) && project.contextOf(at) !== null ? define(at.directive.args) : null;
      if (!found) continue;
      const { key, detail, message } = found;
      const first = seen.get(key);
      // nginx compares a charset_map with the first one only.
      if (!first && (name !== 'charset_map' || ![...seen.keys()].some((each) => each.startsWith('charset ')))) {
        seen.set(key, { at, detail });
      }
      if (!first) continue;
      if (detail === null || detail !== first.detail) yield { ...inOrder(first.at, at), message };
    }
  }
}

/** In the order nginx reads them, where they stand in the outermost blocks alone. */
function definitions(project: Project, instance: Instance, name: string): readonly At[] {
  if (name === 'load_module' || name === 'thread_pool') {
    return project.children(instance.root.file, null).get(name) ?? [];
  }
  if (name === 'charset_map' || name.endsWith('_cache_path')) return instance.inside('http').get(name) ?? [];
  return [...instance.files].flatMap((file) =>
    project
      .nginx(file)!
      .named(name)
      .map((directive) => ({ file, directive })),
  );
}

function inOrder(a: At, b: At): Clash {
  return a.file === b.file && a.directive.start > b.directive.start ? { first: b, again: a } : { first: a, again: b };
}
