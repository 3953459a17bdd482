/** Flags a script path that nginx's container has and PHP's has not. */
import { isForPhp, passesOf } from '../../project/links';
import { isPlain } from '../../project/references';
import { isBelowRoot, rootOf, scriptParameter } from '../../project/scripts';
import { type Container, pathsNamed, systemOf } from '../../project/system';
import { dirname, resolve } from '../../text/path';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'links/script-path',
  language: 'nginx',
  severity: 'warning',
  title: 'PHP’s container has the scripts somewhere else',
  why: `php-fpm opens \`SCRIPT_FILENAME\` itself, in its own container. Where Compose mounts one folder at \`/usr/share/nginx/html\` for nginx and at
\`/var/www/html\` for PHP, the path that nginx names does not exist there: \`FastCGI sent in stderr: "Primary script unknown"\`, and
the client gets **404** "File not found.". Mount the folder at the same place in both, or name PHP's place in \`SCRIPT_FILENAME\`.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_param'],
  *check(source, project) {
    const system = systemOf(project);
    const own = system.containers.length > 0 ? system.containersOf(source.file) : [];
    if (own.length === 0 || !isPlain(project, source.file)) return;
    for (const pass of passesOf(project, source, 'fastcgi')) {
      const [endpoint] = pass.endpoints;
      if (pass.endpoints.length !== 1 || !isForPhp(project, pass)) continue;
      if (endpoint!.address.kind !== 'tcp') continue;
      const root = rootOf(project, pass);
      const script = scriptParameter(project, pass);
      if (root?.directive.called !== 'root' || !script || !isBelowRoot(script)) continue;
      const services = system.named(endpoint!.address.host, own).filter((each) => !own.includes(each));
      const path = root.directive.values[1]!.replace(/\/+$/, '');
      const here = own.flatMap((each) => hostFolder(each, path));
      const [php] = services;
      if (!php || services.length !== 1 || here.length !== 1 || mentions(php, path)) continue;
      const [there] = placeOf(php, here[0]!.folder);
      if (there === undefined) continue;
      const { args } = script.directive;
      const word = args[1]!;
      yield {
        span: script.file === source.file ? word : pass.at.directive.args[0]!,
        message: `PHP is told to run ${path}/…, but service "${php.service.name}" has this folder at ${there}: "Primary script unknown", 404. Mount it at the same place in both, or write ${there}$fastcgi_script_name.`,
        related: [
          { file: root.file, span: root.directive, message: 'The root, as nginx’s container has it.' },
          { file: php.file, span: php.service.span, message: `Here it is ${there}.` },
        ],
        fixes:
          script.file === source.file
            ? [
                mend('links/script-path', `Name the place that PHP has it at (${there}$fastcgi_script_name)`, [
                  {
                    file: source.file,
                    span: { start: word.start, end: word.end },
                    newText: `${there}$fastcgi_script_name`,
                  },
                ]),
              ]
            : [],
      };
    }
  },
});

/** What a container calls `path` is this folder beside the Compose file. */
function hostFolder({ file, service }: Container, path: string): { folder: string }[] {
  return service.mounts.flatMap(({ from, to }) => {
    const inside = to.replace(/\/+$/, '');
    if (path !== inside && !path.startsWith(`${inside}/`)) return [];
    return [{ folder: resolve(dirname(file), from) + path.slice(inside.length) }];
  });
}

/** Where a container has that folder. */
function placeOf({ file, service }: Container, folder: string): string[] {
  return service.mounts.flatMap(({ from, to }) => {
    const host = resolve(dirname(file), from);
    const inside = to.replace(/\/+$/, '');
    if (folder === host) return [inside];
    return folder.startsWith(`${host}/`) ? [inside + folder.slice(host.length)] : [];
  });
}

/** May something else bring the path into the container: a volume, a COPY, a link that a script makes? */
function mentions(container: Container, path: string): boolean {
  const { service, dockerfile } = container;
  if (service.extended || service.volumesFrom || (service.build !== null && dockerfile === null)) return true;
  if (pathsNamed(container).some((to) => path === to || path.startsWith(`${to}/`) || to.startsWith(`${path}/`)))
    return true;
  return dockerfile?.text.includes(path) ?? false;
}
