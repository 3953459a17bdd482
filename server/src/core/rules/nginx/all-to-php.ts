/** Points out a location for all paths that hands each to PHP as a script. */
import { locationMatch } from '../../nginx/model';
import { isForPhp, passesOf } from '../../project/links';
import { isPlain } from '../../project/references';
import { isBelowRoot, scriptParameter } from '../../project/scripts';
import { mayBeSetOutOfView } from '../../project/settings';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/all-to-php',
  language: 'nginx',
  severity: 'information',
  title: 'Every file is handed to PHP as a script',
  why: `\`location /\` with a \`fastcgi_pass\` and \`SCRIPT_FILENAME $document_root$fastcgi_script_name\` asks php-fpm for each path: images and
styles get **403** \`Access to the script … has been denied (see security.limit_extensions)\`, paths without a file **404** "File not
found.". Hand over what ends in \`.php\` (\`location ~ \\.php$\`) and let \`try_files $uri $uri/ /index.php\` do the rest, or name the one
script that serves everything in \`SCRIPT_FILENAME\`.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php#security-limit-extensions'],
  *check(source, project) {
    for (const pass of passesOf(project, source, 'fastcgi')) {
      if (!isPlain(project, source.file)) continue;
      const location = project.parent(pass.at);
      const match = location && locationMatch(location.directive);
      if (match?.pattern !== '/' || (match.modifier !== '' && match.modifier !== '^~')) continue;
      const here = project.children(location!.file, location!.directive);
      if (['try_files', 'rewrite', 'if', 'fastcgi_split_path_info'].some((name) => here.has(name))) continue;
      const server = project.parent(location!);
      if (!server || project.children(server.file, server.directive).has('rewrite')) continue;
      const script = scriptParameter(project, pass);
      if (!script || !isBelowRoot(script) || !isForPhp(project, pass) || mayBeSetOutOfView(project, pass.at)) continue;
      yield {
        span: pass.at.directive.name,
        message:
          'Each path is handed to PHP as a script: files that do not end in .php get 403, and paths without a file 404. Hand over "location ~ \\.php$" only, or name one script in SCRIPT_FILENAME.',
        related: [{ file: script.file, span: script.directive, message: 'The script is the path of the request.' }],
      };
    }
  },
});
