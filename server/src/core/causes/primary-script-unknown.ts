/** php-fpm does not find the script that nginx names. */
import { shellWord } from '../text/shell';
import { defineCause } from './cause';
import { listenerChecks } from './checks';
import { directiveEvidence } from './directives';
import { stderrKind } from './stderr';

export default defineCause({
  id: 'primary-script-unknown',
  title: 'php-fpm does not find the script',
  status: [404],
  statusOf: ({ record }) => (/\(Permission denied\)/.test(record.stderr ?? '') ? [403] : [404]),
  pattern:
    /^(?:FastCGI sent in stderr: "|Primary script unknown|(?:\[pool [^\]\s]{1,100}\] )?child \d{1,10} said into std)/,
  when: (record) => stderrKind(record) === 'script-unknown',
  why: `nginx told php-fpm in \`SCRIPT_FILENAME\` which file to run, and php-fpm has no such file. The client gets **404** with "File not
found." It is no 502: php-fpm answered.

- The path is wrong: no \`root\` in that location, \`alias\` together with \`$document_root\`, or \`fastcgi_params\` where \`fastcgi.conf\` is
  needed (only the latter sets SCRIPT_FILENAME).
- php-fpm sees **other files** than nginx: another container without the same mount at the same path, or a chroot.
- php-fpm's user may not enter a folder on the way.
- The file really is not there: \`try_files $uri =404;\` lets nginx say so itself.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_param'],
  checks: (incident) => {
    const script = (incident.record.request ?? '').split(' ')[1]?.split('?')[0];
    const root =
      incident.project && incident.route
        ? incident.project.effective(incident.route.pass.at, 'root')[0]?.directive.args[0]
        : undefined;
    const path = root && !root.value.includes('$') && script?.startsWith('/') ? `${root.value}${script}` : null;
    return [
      ...(path
        ? [
            { title: 'Is the script there?', command: `ls -la ${shellWord(path)}` },
            { title: 'May php-fpm enter every folder above it?', command: `namei -l ${shellWord(path)}` },
          ]
        : []),
      {
        title: 'Which file does nginx name?',
        command: "nginx -T 2>/dev/null | grep -nE 'SCRIPT_FILENAME|root |alias '",
      },
      ...listenerChecks(incident),
    ];
  },
  evidence: (incident) => {
    const { project, route } = incident;
    const params = project && route ? project.effective(route.pass.at, 'fastcgi_param') : [];
    const script = params.find(({ directive }) => directive.values[1] === 'SCRIPT_FILENAME');
    return [
      ...(script
        ? [
            {
              message: `nginx names ${script.directive.values[2] ?? 'nothing'}.`,
              file: script.file,
              span: script.directive,
            },
          ]
        : params.length > 0
          ? [{ message: 'SCRIPT_FILENAME is not set among the parameters in view.' }]
          : []),
      ...directiveEvidence(
        incident,
        'root',
        (value) => `$document_root is ${value}.`,
        () => 'No root is set where the pass stands: $document_root is nginx’s own html folder.',
      ),
    ];
  },
  fixes: () => [],
});
