/** Flags PHP that is not told which script to run. */
import { locationMatch } from '../../nginx/model';
import { directly } from '../../project/children';
import { setDirectives } from '../../project/edit';
import { bringsInstalled, isInstalled } from '../../project/includes';
import { isForPhp, type Pass, passesOf } from '../../project/links';
import type { At, Project } from '../../project/project';
import { isPlain, isWhole } from '../../project/references';
import { settingsAnchor, settingsBlock } from '../../project/settings';
import { basename } from '../../text/path';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'nginx/missing-script-filename',
  language: 'nginx',
  severity: 'warning',
  title: 'PHP is not told which script to run',
  why: `php-fpm runs the file that the parameter \`SCRIPT_FILENAME\` names. Without it the client gets **200** with an empty page, and nothing
is logged. nginx's file \`fastcgi_params\` does not set it, \`fastcgi.conf\` does; some distributions had it in \`fastcgi_params\` until
2014, so where that file is not in view this is only an information. A block with a \`fastcgi_param\` of its own inherits none
from further out.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_param'],
  *check(source, project, hints) {
    // Where nothing is set at all there are only hints to give.
    if (!hints && !project.isUsed('fastcgi_param') && !project.isUsed('include')) return;
    for (const pass of passesOf(project, source, 'fastcgi')) {
      if (!isForScripts(project, pass) || !isForPhp(project, pass)) continue;
      const found = parametersOf(project, pass);
      if (!found || found.hasScript || (!found.block && !hints)) continue;
      const block = settingsBlock(project, pass);
      yield {
        span: pass.at.directive.name,
        // Who writes none at all mostly shows how something else is done.
        severity: !found.block ? 'hint' : found.certain ? 'warning' : 'information',
        message: found.block
          ? `No SCRIPT_FILENAME is set for this fastcgi_pass${found.certain ? '' : ' (the usual fastcgi_params has none)'}: PHP answers 200 with an empty page. Add "fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;".`
          : 'No fastcgi_param is set for this fastcgi_pass: PHP is not told which script to run and answers 200 with an empty page. Include fastcgi.conf.',
        fixes:
          found.block?.directive === block.directive
            ? [
                mend(
                  'nginx/missing-script-filename',
                  'Tell PHP which script to run (SCRIPT_FILENAME)',
                  setDirectives(
                    project,
                    block,
                    [
                      {
                        name: 'fastcgi_param',
                        args: ['SCRIPT_FILENAME', '$document_root$fastcgi_script_name'],
                        key: 1,
                      },
                    ],
                    settingsAnchor(pass, block),
                  ),
                ),
              ]
            : [],
      };
    }
  },
});

/** A location for files that end in .php: status pages and single entry points name what they need in other ways. */
function isForScripts(project: Project, pass: Pass): boolean {
  const location = project.parent(pass.at);
  const match = location && locationMatch(location.directive);
  return match !== null && (match.modifier === '~' || match.modifier === '~*') && /\\\.php/.test(match.pattern);
}

interface Parameters {
  readonly hasScript: boolean;
  /** The block whose parameters count; null where none has any. */
  readonly block: At | null;
  /** All of them are in view. */
  readonly certain: boolean;
}

function isScript({ directive }: At): boolean {
  return /^(?:script_filename|path_translated)$/i.test(directive.values[1] ?? '');
}

/** Null where what is not in view decides. */
function parametersOf(project: Project, pass: Pass): Parameters | null {
  for (let block = project.parent(pass.at); block; block = project.parent(block)) {
    if (!isPlain(project, block.file)) return null;
    const set = directly(project, block, 'fastcgi_param');
    if (set.some(({ file }) => !isPlain(project, file))) return null;
    let usual = false;
    for (const { file, directive } of directly(project, block, 'include')) {
      const written = directive.values[1] ?? '';
      const resolved = project.resolved.get(project.includePattern(file, directive));
      if (resolved && !resolved.error && resolved.files.length > 0) {
        // This machine's file need not be the one that the checkout is for.
        usual ||= !isInstalled(pass.at.file) && bringsInstalled(resolved);
        continue;
      }
      if (basename(written) !== 'fastcgi_params') return null;
      usual = true;
    }
    if (set.length === 0 && !usual) continue;
    // Those of the blocks around are lost here, which is another rule's to say.
    const lost = set.length > 0 && project.effective(block, 'fastcgi_param').some(isScript);
    if (lost) return null;
    const hasScript = set.some(isScript);
    return { hasScript, block, certain: !usual };
  }
  return isWhole(project, pass.at.file) ? { hasScript: false, block: null, certain: true } : null;
}
