/** Small projects for tests: files in a map, read as the editor and the command line read them. */
import type { Directive } from '../../../server/src/core/nginx/tree';
import { walk } from '../../../server/src/core/nginx/tree';
import { loadFolder } from '../../../server/src/core/project/discover';
import type { LoadRequest } from '../../../server/src/core/project/load';
import type { At, Project } from '../../../server/src/core/project/project';
import { mapFiles } from '../../../server/src/core/text/files';

/** `files` by path; relative paths lie in `/p`. */
export async function make(
  files: Readonly<Record<string, string>>,
  options: Partial<LoadRequest> = {},
): Promise<Project> {
  const map = new Map(Object.entries(files).map(([path, text]) => [path.startsWith('/') ? path : `/p/${path}`, text]));
  const folder = [...map.keys()].every((path) => path.startsWith('/p/')) ? '/p' : '/';
  return (await loadFolder(mapFiles(map), folder, options)).project;
}

/** The directive in `file` whose words, joined by a space, start with `words`. */
export function at(project: Project, file: string, words: string): At {
  const source = project.nginx(file);
  if (!source) throw new Error(`no ${file}`);
  const spelt = ({ name, args }: Directive): string => [name, ...args].map(({ value }) => value).join(' ');
  for (const directive of walk(source.tree.items)) if (spelt(directive).startsWith(words)) return { file, directive };
  throw new Error(`no "${words}" in ${file}`);
}
