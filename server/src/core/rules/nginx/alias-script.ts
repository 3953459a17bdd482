/** Flags a script path put together from an `alias` and the whole path of the request. */
import { locationMatch } from '../../nginx/model';
import { setDirectives } from '../../project/edit';
import { isForPhp, passesOf } from '../../project/links';
import { isPlain } from '../../project/references';
import { isBelowRoot, rootOf, scriptParameter } from '../../project/scripts';
import { inForce, mayBeSetOutOfView, settingsAnchor, settingsBlock } from '../../project/settings';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'nginx/alias-script',
  language: 'nginx',
  severity: 'warning',
  title: 'With alias the script is looked for at the wrong path',
  why: `Below \`alias\`, \`$document_root\` is the folder of the alias, and \`$fastcgi_script_name\` still has the part that the location
matches: \`/app/a.php\` under \`alias /srv/www/\` becomes \`/srv/www//app/a.php\`. PHP says \`Primary script unknown\`, the client gets
**404** "File not found.". \`$request_filename\` is the right path, with \`root\` too.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#alias'],
  *check(source, project) {
    if (!source.own.includes('alias')) return;
    for (const pass of passesOf(project, source, 'fastcgi')) {
      if (!isForPhp(project, pass) || !isPlain(project, source.file)) continue;
      const root = rootOf(project, pass);
      const script = scriptParameter(project, pass);
      if (root?.directive.called !== 'alias' || !script || !isBelowRoot(script)) continue;
      const holder = root.directive.parent;
      const match = holder && locationMatch(holder);
      // Of "/" nothing is left over, and an expression of one's own may cut the name.
      if (!match || match.pattern === '/' || (match.modifier !== '' && match.modifier !== '^~')) continue;
      const split = inForce(project, pass, 'fastcgi_split_path_info')?.directive.values[1];
      if (split !== undefined && !/^\^\(/.test(split)) continue;
      if (project.effective(pass.at, 'rewrite').length > 0 || mayBeSetOutOfView(project, pass.at)) continue;
      const folder = root.directive.values[1]!;
      const block = settingsBlock(project, pass);
      yield {
        span: pass.at.directive.name,
        message: `PHP is told to run ${folder.replace(/\/$/, '')}/${match.pattern.replace(/^\//, '')}… (alias and the whole path): "Primary script unknown", 404. Set SCRIPT_FILENAME $request_filename.`,
        related: [
          { file: root.file, span: root.directive, message: 'With alias, $document_root is this folder.' },
          { file: script.file, span: script.directive, message: 'The script is put together here.' },
        ],
        fixes: [
          {
            ...mend('nginx/alias-script', 'Run the file of the request (SCRIPT_FILENAME $request_filename)', []),
            edits: () =>
              script.file !== source.file || script.directive.parent !== block.directive
                ? []
                : setDirectives(
                    project,
                    block,
                    [{ name: 'fastcgi_param', args: ['SCRIPT_FILENAME', '$request_filename'], key: 1 }],
                    settingsAnchor(pass, block),
                  ),
          },
        ].filter((each) => each.edits().length > 0),
      };
    }
  },
});
