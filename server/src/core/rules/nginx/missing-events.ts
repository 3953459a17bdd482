/** Flags a main file without the events block that nginx insists on. */
import { signatures } from '../../nginx/catalogue';
import type { Directive } from '../../nginx/tree';
import type { Project } from '../../project/project';
import { isModuleFolder, isPlain } from '../../project/references';
import type { NginxSource } from '../../project/source';
import { basename } from '../../text/path';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'nginx/missing-events',
  language: 'nginx',
  severity: 'error',
  title: 'Main file without an events block',
  why: `nginx does not start without it: \`no "events" section in configuration\`, even where nothing needs to be set. An empty
\`events {}\` is enough. A file is taken for the main one when it is called \`nginx.conf\` or sets what only that can set, such as
\`worker_processes\`.`,
  references: ['https://nginx.org/en/docs/ngx_core_module.html#events'],
  *check(source, project) {
    const top = source.tree.items;
    // Cut off behind its first lines, nginx.conf is still the main file; "load_module" alone may be a package's snippet.
    const setting = basename(source.file) === 'nginx.conf' ? top.find(isForMainOnly) : undefined;
    const first = top.find(({ called, block }) => block && BLOCKS.has(called)) ?? setting;
    if (!first || source.cut || !isMain(source, project) || !isPlain(project, source.file)) return;
    if (project.children(source.file, null).has('events') || !isAllInView(source, project)) return;
    const { name, start } = first;
    const newline = source.text.includes('\r\n') ? '\r\n' : '\n';
    yield {
      span: { start: name.start, end: name.end },
      message:
        'There is no "events" block: nginx refuses to start (no "events" section in configuration). Write "events {}".',
      fixes: [
        mend('nginx/missing-events', 'Insert events {}', [
          { file: source.file, span: { start, end: start }, newText: `events {}${newline}${newline}` },
        ]),
      ],
    };
  },
});

const BLOCKS = new Set(['http', 'stream', 'mail']);

function isMain(source: NginxSource, project: Project): boolean {
  if (project.includers(source.file).length > 0 || !project.contexts(source.file).includes('main')) return false;
  return basename(source.file) === 'nginx.conf' || source.tree.items.some(isForMainOnly);
}

/** A setting, such as `worker_processes`, that may stand nowhere else. */
function isForMainOnly({ name, block }: Directive): boolean {
  const known = signatures(name.value);
  return !block && known.length > 0 && known.every(({ contexts }) => contexts.every((context) => context === 'main'));
}

/** Can every file be read that may hold the block? */
function isAllInView(source: NginxSource, project: Project): boolean {
  return source.includes.every((include) => {
    if (include.parent || isModuleFolder(include)) return true;
    const found = project.resolved.get(project.includePattern(source.file, include));
    if (!found || found.error || found.files.length === 0) return false;
    return found.files.every(
      (file) => isPlain(project, file) && project.nginx(file)!.includes.every((each) => each.parent),
    );
  });
}
