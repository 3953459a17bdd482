/** Fixture cases as projects, and projects as folders for the real programs. */
import { loadDiscovered } from '../../server/src/core/project/discover';
import { isMainFile } from '../../server/src/core/project/language';
import type { Project } from '../../server/src/core/project/project';
import { applyEdits, type Edit } from '../../server/src/core/text/edit';
import { mapFiles } from '../../server/src/core/text/files';
import { resolve } from '../../server/src/core/text/path';
import type { FixtureCase } from './fixtures';

/** Where the relative paths of a fixture lie: no folder that an installed nginx uses. */
export const HOME = '/project';

export const placed = (path: string): string => resolve(HOME, path);

export async function projectOf(fixture: Pick<FixtureCase, 'files' | 'options'>): Promise<Project> {
  const files = new Map(fixture.files.map(({ path, text }) => [placed(path), text]));
  const of = (language: string) => fixture.files.filter((file) => file.language === language);
  const isMain = (file: { path: string; text: string }): boolean => isMainFile(placed(file.path), file.text);
  const nginx = of('nginx');
  const { project } = await loadDiscovered(
    mapFiles(files),
    {
      nginx: [...nginx.filter(isMain), ...nginx.filter((file) => !isMain(file))].map(({ path }) => placed(path)),
      fpm: of('php-fpm').map(({ path }) => placed(path)),
      around: ['systemd', 'compose', 'dockerfile'].flatMap(of).map(({ path }) => placed(path)),
    },
    {
      nginxVersion: fixture.options.get('version') ?? null,
      context: fixture.options.get('context')?.split(',') ?? null,
    },
  );
  return project;
}

/** The project after the edits; files they create are left out. */
export function edited(project: Project, edits: readonly Edit[]): Project {
  let result = project;
  const changes = edits.filter(({ create }) => !create);
  for (const file of new Set(changes.map((edit) => edit.file))) {
    const own = changes.filter((edit) => edit.file === file);
    result = result.withText(file, applyEdits(project.sources.get(file)!.text, own));
  }
  return result;
}

/** The texts of a project, by path. */
export function texts(project: Project): Map<string, string> {
  return new Map([...project.sources].map(([file, { text }]) => [file, text]));
}

/**
 * The nginx files as `nginx -t` can read them: a fragment is wrapped in the blocks it would be included in, names that only
 * the real network knows become addresses, certificates that are not there disappear.
 */
export function forNginx(project: Project): { files: Map<string, string>; main: string } {
  const files = new Map<string, string>();
  for (const { file, text } of project.nginxSources) files.set(file.slice(HOME.length + 1), local(text));
  const root = project.nginxRoots.find(
    ({ file }) => project.contexts(file).includes('main') && isMainFile(file, project.nginx(file)!.text),
  );
  if (root) return { files, main: root.file.slice(HOME.length + 1) };
  const around: Record<string, [string, string]> = {
    main: ['', ''],
    http: ['http {', '}'],
    server: ['http { server {', '} }'],
    location: ['http { server { location / {', '} } }'],
    upstream: ['http { upstream fixture {', '} }'],
  };
  const includes = project.nginxRoots.map(({ file }) => {
    const [before, after] = around[project.contexts(file)[0]!] ?? ['', ''];
    return `${before}\ninclude ${file.slice(HOME.length + 1)};\n${after}`;
  });
  files.set('fixture-main.conf', `events {}\n${includes.join('\n')}\n`);
  return { files, main: 'fixture-main.conf' };
}

/** Hosts as fixtures and people name them, which no resolver here knows. */
const FOREIGN = /\b(?:[a-z0-9-]+\.)+(?:example|internal|com|org|net)\b/g;

function local(text: string): string {
  return text
    .replace(/^(?!\s*(?:server_name|proxy_set_header|proxy_ssl_name)\b).*$/gm, (line) =>
      line.replace(FOREIGN, '127.0.0.1'),
    )
    .replace(/^[ \t]*user[ \t].*$/gm, '')
    .replace(
      /\b(server|proxy_pass|fastcgi_pass|uwsgi_pass|grpc_pass)(\s+(?:[a-z]+:\/\/)?)(app|api|web|backend|php|node)\d*:(\d+)/g,
      '$1$2127.0.0.1:$4',
    );
}
