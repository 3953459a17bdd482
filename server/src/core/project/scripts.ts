/** How PHP is told which script to run. */

import type { Pass } from './links';
import type { At, Project } from './project';
import { isLiteral } from './references';

/** The SCRIPT_FILENAME in force for a pass; null where none is, or a template decides. */
export function scriptParameter(project: Project, pass: Pass): At | null {
  const found = project
    .effective(pass.at, 'fastcgi_param')
    .filter(({ directive }) => directive.values[1]?.toUpperCase() === 'SCRIPT_FILENAME');
  const at = found[found.length - 1];
  return at && isLiteral(project, at) ? at : null;
}

/** Is the script the path of the request below `root`, as nginx's own `fastcgi.conf` says it? */
export function isBelowRoot(at: At): boolean {
  return /^\$\{?(?:document_root|realpath_root)\}?\/?\$\{?fastcgi_script_name\}?$/.test(at.directive.values[2] ?? '');
}

/** The `root` or `alias` that governs a pass; null where neither is written out in full. */
export function rootOf(project: Project, pass: Pass): At | null {
  for (let block = project.parent(pass.at); block; block = project.parent(block)) {
    const here = project.children(block.file, block.directive);
    const at = here.get('alias')?.[0] ?? here.get('root')?.[0];
    if (!at) continue;
    return isLiteral(project, at) && /^\/[^$]*$/.test(at.directive.values[1] ?? '') ? at : null;
  }
  return null;
}
